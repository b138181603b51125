"""A folder and notes -> a Hugo site that shows them as notesite does: pages, a paged listing with
summaries, tags, formulas by KaTeX when it is built (`transform.ToMath`) or left to the browser."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

CONFIG = """baseURL = "https://example.org/"
title = "Bench"
languageCode = "ja"
hasCJKLanguage = true
[pagination]
pagerSize = 10
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

LAYOUTS = {
    "single.html": HEAD
    + """<article><h1>{{ .Title }}</h1><p>{{ .Date.Format "2006/1/2" }} {{ .ReadingTime }}</p>
{{ range .GetTerms "tags" }}<a href="{{ .RelPermalink }}">{{ .LinkTitle }}</a>{{ end }}
{{ .TableOfContents }}{{ .Content }}</article>
{{ with .PrevInSection }}<a href="{{ .RelPermalink }}">{{ .Title }}</a>{{ end }}
{{ with .NextInSection }}<a href="{{ .RelPermalink }}">{{ .Title }}</a>{{ end }}</body></html>""",
    "list.html": HEAD
    + """<h1>{{ .Title }}</h1>{{ $p := .Paginate .RegularPagesRecursive }}{{ range $p.Pages }}
<article><h2><a href="{{ .RelPermalink }}">{{ .Title }}</a></h2>
<p>{{ .Date.Format "2006/1/2" }} {{ .ReadingTime }}</p>{{ .Summary }}
{{ range .GetTerms "tags" }}<a href="{{ .RelPermalink }}">{{ .LinkTitle }}</a>{{ end }}</article>{{
end }} {{ template "_internal/pagination.html" . }}</body></html>""",
    "terms.html": HEAD
    + """{{ range .Data.Terms.Alphabetical }}<a href="{{ .Page.RelPermalink }}">{{ .Page.Title
    }}</a>{{ end }}
</body></html>""",
}

TO_MATH = (
    '{{ $o := dict "output" "htmlAndMathml" "displayMode" (eq .Type "block") }}'
    "{{ with try (transform.ToMath .Inner $o) }}{{ with .Err }}<code>{{ . }}</code>"
    "{{ else }}{{ .Value }}{{ end }}{{ end }}"
)


def write(site: Path, notes: Iterable[tuple[str, str]], *, katex: bool) -> None:
    """The site; without `katex`, formulas go into the page as they stand."""
    layouts = site / "layouts" / "_default"
    (layouts / "_markup").mkdir(parents=True)
    (site / "hugo.toml").write_text(CONFIG, "utf-8")
    for name, text in LAYOUTS.items():
        (layouts / name).write_text(text, "utf-8")
    if katex:
        (layouts / "_markup" / "render-passthrough.html").write_text(TO_MATH, "utf-8")
    content = site / "content" / "posts"
    content.mkdir(parents=True)
    for name, text in notes:
        (content / name).write_text(text, "utf-8")
