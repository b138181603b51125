"""A folder -> a Pelican site with the pages that notesite makes; formulas are left to the
browser."""

from __future__ import annotations

import re
from functools import partial

from benchmarks.program import (
    FOOT,
    IN_TEX,
    OUTPUT,
    TOOLS,
    Program,
    has_module,
    version_of,
    write_files,
)

SETTINGS = """SITENAME = "Bench"
SITEURL = "https://example.org"
PATH = "content"
OUTPUT_PATH = "public"
TIMEZONE = "UTC"
DEFAULT_LANG = "ja"
DEFAULT_PAGINATION = 10
PAGINATION_PATTERNS = (
    (1, "{url}", "{save_as}"),
    (2, "{base_name}/page/{number}/", "{base_name}/page/{number}/index.html"),
)
FEED_MAX_ITEMS = 20
THEME = "simple"
THEME_TEMPLATES_OVERRIDES = ["templates"]
SLUGIFY_SOURCE = "basename"
SLUGIFY_USE_UNICODE = True
ARTICLE_URL = "posts/{slug}/"
ARTICLE_SAVE_AS = "posts/{slug}/index.html"
CATEGORY_URL = "{slug}/"
CATEGORY_SAVE_AS = "{slug}/index.html"
TAG_URL = "tags/{slug}/"
TAG_SAVE_AS = "tags/{slug}/index.html"
AUTHOR_SAVE_AS = ""
"""

TEMPLATE = f"""{{% extends "!simple/base.html" %}}
{{% block footer %}}<p>{FOOT}</p>{{% endblock %}}
"""


def _adapt(text: str) -> str:
    """Its front matter is no YAML: a list has no brackets."""
    return re.sub(r"^tags: \[(.*)\]$", r"tags: \1", text, count=1, flags=re.MULTILINE)


PROGRAMS = (
    Program(
        name="pelican",
        label="Pelican, no math",
        write=partial(
            write_files, files={"pelicanconf.py": SETTINGS, "templates/base.html": TEMPLATE}
        ),
        command=(str(TOOLS / "venv" / "bin" / "pelican"), "--quiet"),
        foot="templates/base.html",
        built=(OUTPUT, "cache", "__pycache__"),
        adapt=_adapt,
        formula=IN_TEX,
        version=version_of("pelican"),
        installed=has_module("pelican"),
    ),
)
