"""`python -m notesite` is the command `notesite`."""

import sys

from notesite.cli import main

if __name__ == "__main__":
    sys.exit(main())
