"""A folder -> a blog of Material for MkDocs with the pages that notesite makes, but a listing of
the section; formulas are left to the browser."""

from __future__ import annotations

import re
from functools import partial

from benchmarks.program import (
    FOOT,
    TOOLS,
    Program,
    has_module,
    version_of,
    write_files,
)

SETTINGS = """site_name: Bench
site_url: https://example.org/
site_dir: public
docs_dir: content
theme: {name: material, language: ja, font: false, custom_dir: templates}
plugins:
  - blog:
      blog_dir: .
      post_url_format: "posts/{file}"
      archive: false
      pagination_per_page: 10
      categories_url_format: "tags/{slug}"
markdown_extensions:
  - pymdownx.arithmatex: {generic: true}
  - pymdownx.highlight
  - pymdownx.superfences
  - tables
"""

TEMPLATE = f"""{{% extends "base.html" %}}
{{% block footer %}}<p>{FOOT}</p>{{% endblock %}}
"""


def _adapt(text: str) -> str:
    """Tags are its categories, which have listings; the first paragraph is the excerpt."""
    text = re.sub(r"^tags: ", "categories: ", text, count=1, flags=re.MULTILINE)
    front, _, body = text.partition("\n---\n\n")
    first, _, rest = body.partition("\n\n")
    return f"{front}\n---\n\n{first}\n\n<!-- more -->\n\n{rest}"


PROGRAMS = (
    Program(
        name="mkdocs",
        label="Material for MkDocs, no math",
        write=partial(
            write_files,
            files={
                "mkdocs.yml": SETTINGS,
                "content/index.md": "# Bench\n",
                "templates/main.html": TEMPLATE,
            },
        ),
        command=(str(TOOLS / "venv" / "bin" / "mkdocs"), "--quiet", "build"),
        foot="templates/main.html",
        adapt=_adapt,
        formula=re.compile('class="arithmatex"'),
        version=version_of("mkdocs-material"),
        installed=has_module("material"),
        env={"NO_MKDOCS_2_WARNING": "1"},
    ),
)
