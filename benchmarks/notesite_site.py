"""A folder -> a site of notesite, as `notesite init` sets it up, with a template of its own."""

from __future__ import annotations

import sys
from functools import partial

from benchmarks.program import CACHES, FOOT, OUTPUT, Program, write_files

FILES = {
    "notesite.yaml": "title: Bench\nlanguage: ja\nbase_url: https://example.org/\n",
    "templates/partials/after_content.html": f"<p>{FOOT}</p>\n",
}

_FULL = Program(
    name="notesite",
    label="notesite",
    write=partial(write_files, files=FILES),
    command=(sys.executable, "-m", "notesite", "-q", "build"),
    notes="notes/posts",
    foot="templates/partials/after_content.html",
    built=(OUTPUT, ".notesite", CACHES),
    version=(sys.executable, "-m", "notesite", "--version"),
    installed=True,
)
PROGRAMS = (
    _FULL,
    # As in a workflow that keeps the cache between two runs.
    _FULL._replace(
        name="notesite-cached",
        label="notesite, cache kept",
        built=(OUTPUT,),
        scenarios=("cold",),
    ),
)
