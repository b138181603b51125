"""`python -m notesite` is the command `notesite`."""

from notesite.cli import process

if __name__ == "__main__":
    process()
