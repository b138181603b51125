"""What is left of another program's syntax is a warning at its place; what is meant is none."""

from __future__ import annotations

import pytest
from library import entries, note

LEFT = [
    ("本文 [* 太字] です", 4, "`[* 太字]` is Scrapbox's, and is shown as text"),
    ("[*/ x] a", 1, "`[*/ x]` is Scrapbox's, and is shown as text"),
    ("式 [$ x^2] は", 3, "`[$ x^2]` is Scrapbox's, and is shown as text"),
    ("[nishio.icon*3] は", 1, "`[nishio.icon*3]` is Scrapbox's, and is shown as text"),
    ("see [/villagepump/井戸端]", 5, "`[/villagepump/井戸端]` is Scrapbox's, and is shown as text"),
    ("code:main.py", 1, "`code:main.py` is Scrapbox's, and is shown as text"),
    ("- {% highlight py %}", 3, "`{% highlight py %}` is Liquid's, and is shown as text"),
    ("{%- endif -%}", 1, "`{%- endif -%}` is Liquid's, and is shown as text"),
    ("a {{ site.baseurl }}", 3, "`{{ site.baseurl }}` is Liquid's, and is shown as text"),
]
MEANT = [
    "`[* x]` and `{% if x %}`",
    "```\n[* x]\n{% if x %}\n```",
    r"\[* x] and \{% if x %}",
    "[*] and [x] and [a](b.com) and [1, 2]",
    "- [ ] task\n- [x] done",
    "[*強調*する](https://example.org/)",
    "50 {% } and {{ x }}",
    "code: see below",
    "the set [/ a path ] and [a/b]",
]


@pytest.mark.parametrize(("text", "column", "said"), LEFT)
def test_what_was_left_is_told_at_its_place(text: str, column: int, said: str) -> None:
    [entry] = entries({"a.md": note("T", f"一行目。\n\n{text}\n")})
    (problem,) = entry.problems
    place = problem.location
    assert (problem.level, place.column, problem.message) == ("warning", column, said)
    assert "notesite import" in problem.hint


@pytest.mark.parametrize("text", MEANT)
def test_what_is_meant_is_no_problem(text: str) -> None:
    [entry] = entries({"a.md": note("T", text)})
    assert entry.problems == ()
