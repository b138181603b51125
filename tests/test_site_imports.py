"""`notesite import hugo` and `jekyll`: fixtures of what is translated, and whole sites.

A case of tests/imports is a title, the body of a page, and the Markdown of it.
"""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from crawl import build
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it.utils import read_fixture_file
from test_imports import run_in, state

from notesite.imports import hugo, jekyll
from notesite.imports.places import Code
from notesite.imports.sites import Page

FOLDER = Path(__file__).parent / "imports"
CALLOUTS = {"notice": "note", "hint": "tip"}
HUGO = [
    "posts/a.md",
    "posts/b/index.md",
    "posts/_index.md",
    "about.md",
    "x/c.md",
    "y/c.md",
    "日本 語.md",
]
JEKYLL = ["_posts/2024-01-02-a.md", "assets/x.png"]


def translated(kind: str, body: str) -> tuple[str, list[str]]:
    """The note of a page, and what is told of it as line:column: message."""
    paths = HUGO if kind == "hugo" else JEKYLL
    pages = {path: Page(Path(path) if path.endswith(".png") else b"", path) for path in paths}
    pages["posts/x.md"] = Page(b"---\ntitle: X\n---\n" + body.encode(), "x.md")
    made = hugo.notes(pages, CALLOUTS) if kind == "hugo" else jekyll.notes(pages)
    content = next(file.content for file in made.files if file.path == "posts/x.md")
    assert isinstance(content, bytes)
    told = [
        f"{p.location.line - 3}:{p.location.column}: {p.message}"
        for p in made.problems
        if p.location.path == "x.md"
    ]
    return content.decode().removeprefix("---\ntitle: X\n---\n"), told


@pytest.fixture
def site(tmp_path: Path) -> Path:
    (tmp_path / "site/notes").mkdir(parents=True)
    (tmp_path / "site/notesite.yaml").write_text(
        "imports: {callouts: {notice: note}}\nbase_url: https://example.org/\n"
    )
    return tmp_path / "site"


@pytest.mark.parametrize(
    ("kind", "body", "markdown"),
    [
        pytest.param(kind, body.removesuffix("\n"), markdown, id=f"{kind}: {title}")
        for kind in ("hugo", "jekyll")
        for _, title, body, markdown in read_fixture_file(FOLDER / f"{kind}.md")
    ],
)
def test_fixture(kind: str, body: str, markdown: str) -> None:
    assert translated(kind, body)[0] + "\n" == markdown


@pytest.mark.parametrize(
    ("kind", "body", "told"),
    [
        ("hugo", 'a {{< z 1 >}}\n{{< tabs >}}\n{{< /tabs >}} {{< /y >}}',
         ["1:3: the shortcode `z` has no equal, and stays as it is",
          "2:1: the shortcode `tabs` has no equal, and stays as it is",
          "3:15: the shortcode `/y` has no equal, and stays as it is"]),
        ("hugo", '{{< hint >}}\n{{< z >}}\n{{< /hint >}}\n[a]({{< ref "none" >}})',
         ["2:1: the shortcode `z` has no equal, and stays as it is",
          "4:5: `ref` names no page that is imported: `none`"]),
        ("jekyll", "{% highlight c %}\nx\n{% endhighlight %}\n{% include y %} {{ z }}\n{:toc}",
         ["4:1: `{% include y %}` has no equal, and stays as it is",
          "4:17: `{{ z }}` has no equal, and stays as it is",
          "5:1: `{:toc}` has no equal, and stays as it is"]),
        ("jekyll", "{% raw %}\nx", ["1:1: `{% raw %}` has no equal, and stays as it is"]),
    ],
)  # fmt: skip
def test_what_has_no_equal_is_listed_with_its_place(kind: str, body: str, told: list[str]) -> None:
    assert translated(kind, body)[1] == told


def test_a_hugo_site_is_imported_with_its_bundles_and_static_files(
    site: Path, tmp_path: Path
) -> None:
    for name, text in {
        "content/_index.md": "---\ntitle: Home\n---\n",
        "content/posts/a/index.md": (
            "+++\ntitle = 'A'\ndate = 2024-01-02\n+++\n![x](x.svg) ![y](/img/y.svg)\n"
            '[b]({{< ref "b" >}}) {{% notice tip %}}N{{% /notice %}}\n'
        ),
        "content/posts/a/x.svg": "<svg/>",
        "content/posts/b.md": "---\ntitle: B\n---\n{{< figure src=\"/img/y.svg\" alt=y >}}\n",
        "static/img/y.svg": "<svg/>",
        "content/old.org": "* x",
        "content/page.html": "---\n---\n<p>x</p>",
        "config.toml": "",
    }.items():  # fmt: skip
        (tmp_path / "hugo" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "hugo" / name).write_text(text)
    result = run_in(site, "import", "hugo", "../hugo")
    assert (result.code, result.out) == (0, "5 files written to notes, 0 unchanged\n")
    for name, reason in (
        ("old.org", "it is not written in Markdown"),
        ("page.html", "only its own generator can make a page of it"),
    ):
        assert f"hugo/content/{name}: warning: this is left out: {reason}" in result.err
    html = (
        build(site, "https://example.org/", "--strict").folder / "posts/a/index.html"
    ).read_text()
    for part in ('src="/posts/a/x.svg"', 'src="/img/y.svg"', 'href="/posts/b/"', "callout"):
        assert part in html
    before = state(str(site / "notes"))
    assert "0 files written to notes, 5 unchanged" in run_in(site, "import", "hugo", "../hugo").out
    assert state(str(site / "notes")) == before


def test_a_jekyll_site_is_imported_with_its_posts_drafts_and_assets(
    site: Path, tmp_path: Path
) -> None:
    for name, text in {
        "_config.yml": "x: y",
        "_layouts/post.html": "",
        "_posts/2024-01-02-a.md": (
            "---\nlayout: post\ntitle: A\ntags: [t]\n---\n"
            "[b]({% post_url 2024-01-03-b %}) $$x^2$$ です\n\n"
            "![p]({{ site.baseurl }}/assets/p.svg){: width=\"3\"}\n"
        ),
        "_posts/2024-01-03-b.md": "---\ntitle: B\n---\n{% raw %}{{ x }}{% endraw %}\n",
        "_drafts/c.md": "---\ntitle: C\n---\nx\n",
        "assets/p.svg": "<svg/>",
        "Gemfile": "",
        ".git/config": "",
    }.items():  # fmt: skip
        (tmp_path / "jekyll" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "jekyll" / name).write_text(text)
    result = run_in(site, "import", "jekyll", str(tmp_path / "jekyll"))
    assert (result.code, result.out) == (0, "4 files written to notes, 0 unchanged\n")
    assert "_layouts: warning: this is left out: a name that begins with `_`" in result.err
    folder = build(site, "https://example.org/", "--strict").folder
    html = (folder / "posts/a/index.html").read_text()
    for part in ('href="/posts/b/"', 'src="/assets/p.svg"', 'width="3"', "katex"):
        assert part in html
    assert "katex-display" not in html
    assert not (folder / "drafts").exists()


def test_an_edited_note_is_left_alone_and_one_that_cannot_be_read_is_told(
    site: Path, tmp_path: Path
) -> None:
    (tmp_path / "hugo/content").mkdir(parents=True)
    (tmp_path / "hugo/content/a.md").write_text("old")
    (tmp_path / "hugo/content/b.md").write_bytes(b"\xff\xfea\0")
    (tmp_path / "hugo/content/link.md").symlink_to(tmp_path / "hugo/content/a.md")
    result = run_in(site, "import", "hugo", "../hugo")
    assert result.code == 1
    assert "../hugo/content/b.md:1:1: error: this file is UTF-16, not UTF-8" in result.err
    assert "link.md: warning: this is left out: it is a link" in result.err
    (site / "notes/a.md").write_text("mine")
    (tmp_path / "hugo/content/a.md").write_text("new")
    assert "1 left as you have them" in run_in(site, "import", "hugo", "../hugo").out
    assert (site / "notes/a.md").read_text() == "mine"


@pytest.mark.parametrize("kind", ["hugo", "jekyll"])
@pytest.mark.parametrize("folder", ["none", "notesite.yaml", "."])
def test_a_folder_that_is_none_or_holds_the_notes_is_wrong_usage(
    site: Path, kind: str, folder: str
) -> None:
    assert run_in(site, "import", kind, folder).code == 2


PARTS = [
    "{{<", ">}}", "{{%", "%}}", "{{</*", "*/>}}", " ref ", '"a.md"', "/hint ", "hint ", "{:", ".x}",
    "{% raw %}", "{% endraw %}", "{%", "%}", "{{", "}}", "}", "$$", "x", "\n", "\n\n", "`", "```",
    "highlight ", "~~~\n", "> ", "- ", "  ", "figure src=a.png ", "{% highlight c %}",
    "{% endhighlight %}", "[", "# ", "{{< hint >}}",
]  # fmt: skip


@pytest.mark.parametrize("kind", ["hugo", "jekyll"])
@settings(max_examples=200, deadline=None)
@given(st.lists(st.sampled_from(PARTS), max_size=30).map("".join))
def test_any_page_is_translated_and_what_is_code_stays(kind: str, body: str) -> None:
    translated(kind, body)
    fenced = f"```\n{body.replace('`', '').replace('raw', '').replace('/*', '')}\n```"
    assert translated(kind, fenced) == (fenced, [])


@pytest.mark.parametrize("kind", ["hugo", "jekyll"])
@pytest.mark.parametrize("sign", [part for part in PARTS if part.strip()])
def test_a_long_page_takes_no_longer_than_it_is_long(kind: str, sign: str) -> None:
    for body in (sign * (50_000 // len(sign)), (sign + "\n") * (50_000 // len(sign))):
        began = time.process_time()
        translated(kind, body)
        assert time.process_time() - began < 5  # what is quadratic takes a minute


def test_code_is_fences_and_spans_and_nothing_else() -> None:
    text = "a `b` ``c ` d`` `e\n\nf \\`g `h`\n- ```x\n  `h\n  ```\n~~~\n```\n"
    assert [text[start:stop] for start, stop in Code(text).ranges] == [
        "`b`", "``c ` d``", "`h`", "- ```x\n  `h\n  ```\n", "~~~\n```\n"
    ]  # fmt: skip
