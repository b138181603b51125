"""The HTML of a note, as its page shows it -> HTML that can be read elsewhere, in a feed.

Every URL is whole, every formula stands there once, as MathML, and what only the page has a use for
(the links of headings to themselves, the places of footnotes beside it) is gone. One pass over the
text, whatever stands in it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import escape, unescape
from urllib.parse import urljoin

_FORMULA = re.compile(
    r"<span class=\"katex\"><span class=\"katex-mathml\">"
    r"(<math(?:[^<]++|<(?!/math>|span))*+</math>)</span>"
)
_TEX = re.compile(r"<annotation encoding=\"application/x-tex\">[^<]*</annotation>")
_ENDS = re.compile(r"(?:</span>)+")
_OF_THE_PAGE = re.compile(r'<a class="anchor" [^<>]*></a>| style="--(?:ref|fn):[^"<>]*"(?=>)')
# A tag with a URL in it. No `<` in a value: so a broken tag ends where the next one begins.
_TAG = re.compile(
    r"<(?:a|area|audio|blockquote|del|embed|form|iframe|image|img|input|ins|link|object|q|source"
    r"|track|use|video)\s(?:[^<>\"']|\"[^<\"]*\"|'[^<']*')*+>",
    re.I,
)
_ATTRIBUTE = re.compile(r"(\s)([\w:.-]+)(\s*=\s*)(\"[^\"]*\"|'[^']*'|[^\s\"'>]+)")
_URLS = frozenset(("action", "cite", "data", "href", "poster", "src", "xlink:href"))
_CANDIDATE = re.compile(r"([^\s,]\S*[^\s,]|[^\s,])([^,]*)")  # of srcset: URL, width


def standalone(html: str, url: str) -> str:
    """The HTML as it can stand anywhere; `url` is that of its page, with the host."""
    html = "".join(_formulas_once(html))
    return _TAG.sub(lambda tag: _with_whole_urls(tag[0], url), _OF_THE_PAGE.sub("", html))


def _formulas_once(html: str) -> Iterator[str]:
    """KaTeX writes a formula as MathML and as HTML that needs its style sheet, and its TeX besides:
    readers that know neither would show it three times."""
    position = 0
    while formula := _FORMULA.search(html, position):
        yield html[position : formula.start()]
        yield _TEX.sub("", formula[1])
        position = _end(html, formula.end())
    yield html[position:]


def _end(html: str, position: int) -> int:
    """Where the span ends in which `position` stands."""
    depth = 1
    for ends in _ENDS.finditer(html, position):
        depth += html.count("<span", position, ends.start())
        position = ends.end()
        depth -= (position - ends.start()) // len("</span>")
        if depth <= 0:
            return position + depth * len("</span>")
    return len(html)


def _with_whole_urls(tag: str, base: str) -> str:
    def attribute(found: re.Match[str]) -> str:
        space, name, equals, value = found.groups()
        if name.lower() not in _URLS and name.lower() != "srcset":
            return found[0]
        text = unescape(value[1:-1] if value[0] in "\"'" else value)
        whole = _candidates(text, base) if name.lower() == "srcset" else _whole(text.strip(), base)
        return f'{space}{name}{equals}"{escape(whole)}"'

    return _ATTRIBUTE.sub(attribute, tag)


def _candidates(srcset: str, base: str) -> str:
    return _CANDIDATE.sub(lambda one: _whole(one[1], base) + one[2], srcset)


def _whole(url: str, base: str) -> str:
    try:
        return urljoin(base, url)
    except ValueError:  # no URL at all: `http://[`
        return url
