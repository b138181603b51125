"""CommonMark 0.31.2 and GFM with all of notesite's rules on.

Compared is what is parsed, not how it is dressed: code, headings and task boxes are shown by the
stock renderer, ids of headings are left out, and so are two spellings of the same HTML (an empty
quote's line end; `<del>` for `<s>`, `align` for `text-align`).
"""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML

from notesite.markdown.gathered import Gathered
from notesite.markdown.parser import make_parser

# Cases that a rule of ours is about: example -> rule. Nothing else may differ.
COMMONMARK = {604: "bare URLs", 610: "bare URLs", 613: "bare URLs"}
CJK_FRIENDLY = {602: "bare URLs", 608: "bare URLs", 611: "bare URLs"}  # numbered as in 0.31.1
_HOSTS = "bare URLs: only with http:// or https://, not www., ftp:// or mail addresses"
_COMMENT = "HTML comments as CommonMark 0.31 has them"
_FILTER = "raw HTML is trusted, or escaped as a whole"
GFM = {
    610: "bare URLs", 616: "bare URLs", 619: "bare URLs",
    **dict.fromkeys([*range(621, 632)], _HOSTS),
    645: _COMMENT, 646: _COMMENT, 653: _FILTER,
}  # fmt: skip
_TILDE = "strikethrough takes two tildes: one is a range (3~5日)"
GFM_EXTENSIONS = {
    17: _TILDE, 18: _TILDE, 19: _HOSTS, 20: "only says that it must not crash", 22: _FILTER,
    23: "footnotes have other ids and accessible links", 24: _HOSTS, 25: _HOSTS,
}  # fmt: skip


@pytest.fixture(scope="module")
def parser() -> MarkdownIt:
    md = make_parser(html=True, typographer=False, soft_breaks="cjk")
    md.options["xhtmlOut"] = True
    assert isinstance(md.renderer, RendererHTML)
    rules = md.renderer.rules
    stock = RendererHTML(md).rules
    for name in ("fence", "code_block", "list_item_open"):
        rules[name] = stock[name]
    for name in ("heading_close", "bullet_list_open", "ordered_list_open"):
        del rules[name]
    return md


@pytest.mark.parametrize(
    ("file", "exceptions"),
    [
        ("commonmark/spec.json", COMMONMARK),
        ("markdown-cjk-friendly/testcases/commonmark.json", CJK_FRIENDLY),
        ("gfm/spec.json", GFM),
        ("gfm/extensions.json", GFM_EXTENSIONS),
    ],
)
def test_the_suite_passes_but_for_what_a_rule_is_about(
    shared: Path, parser: MarkdownIt, file: str, exceptions: dict[int, str]
) -> None:
    examples = json.loads((shared / "conformance" / file).read_text(encoding="utf-8"))
    differ = [
        example["example"]
        for example in examples
        if rendered(parser, example["markdown"]) != alike(example["html"])
    ]
    assert len(examples) > 20
    assert differ == list(exceptions)


@pytest.mark.parametrize("soft_breaks", ["keep", "break"])
def test_other_soft_breaks_change_nothing_else(
    shared: Path, parser: MarkdownIt, soft_breaks: str
) -> None:
    other = make_parser(html=True, typographer=False, soft_breaks=soft_breaks)
    one = make_parser(html=True, typographer=False, soft_breaks="cjk")
    examples = json.loads((shared / "conformance/commonmark/spec.json").read_text(encoding="utf-8"))
    for example in examples:
        got, expected = rendered(other, example["markdown"]), rendered(one, example["markdown"])
        if soft_breaks == "break":
            got, expected = (re.sub(r"(<br>)?\n", " ", html) for html in (got, expected))
        assert got == expected


def rendered(parser: MarkdownIt, markdown: str) -> str:
    html = parser.render(markdown, {"note": Gathered("a.md", markdown.split("\n"))})
    return alike(re.sub(r'(<h[1-6]) id="[^"]*"', r"\1", html))


def alike(html: str) -> str:
    html = html.replace("<blockquote>\n</blockquote>", "<blockquote></blockquote>")
    html = re.sub(r"<(/?)del>", r"<\1s>", html)
    html = re.sub(r' align="(\w+)"', r' style="text-align:\1"', html)
    html = re.sub(r' class="(contains-task-list|task-list-item)"', "", html)
    return re.sub(r"<input[^>]*>", lambda m: "[x]" if "checked" in m[0] else "[ ]", html)
