"""Feeds: Atom, RSS and JSON Feed, by an independent parser and by the rules of their formats."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any
from urllib.parse import quote
from xml.etree.ElementTree import fromstring

import feedparser
import pytest
from feed_rules import ATOM, CONTENT, atom_problems, html_problems, rss_problems
from histories import built
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from library import library, note
from msgspec import structs
from rendering import BASE, Rendered, config, rendered

from notesite.config import Config, Feeds, Language

SCHEMA = Draft202012Validator(
    json.loads((Path(__file__).parent / "json_feed.schema.json").read_text("utf-8"))
)
NOTES = {
    "posts/_index.md": note("Posts"),
    "posts/a.md": note(
        "A & <b>", 'Text ]]> [b](b.md) ![](i.png)\n\n<img src="x.png" srcset="y.png 2x">',
        date="2025-01-05 10:20", updated="2025-03-01", tags="[情報, x y]", categories="[c]",
    ),
    "posts/b.md": note("B", "## H\n\n[h](#h)", date="2025-01-06", author="佐藤", lang="ja"),
    "posts/undated.md": note("Undated", tags="[only undated]"),
    "manual/_index.md": note("Manual", listed="false"),
    "manual/m.md": note("M", date="2025-02-01", tags="[x y]"),
    "away.md": note("Away", date="2025-02-02", tags="[x y]", listed="false"),
}  # fmt: skip
FEEDS = ["feed.xml", "rss.xml", "feed.json"]


@pytest.fixture(scope="module")
def site() -> Rendered:
    return rendered(NOTES, config(author="田中", description="What I <learn>"))


def atom(feed: bytes) -> dict[str, dict[str, str]]:
    """The entries of an Atom feed by title: what each of its elements says."""
    return {
        entry.findtext(ATOM + "title", ""): {
            child.tag.removeprefix(ATOM): child.text or child.get("href") or "" for child in entry
        }
        for entry in fromstring(feed).findall(ATOM + "entry")
    }


def titles(feed: bytes) -> list[str]:
    return list(atom(feed))


def parsed(feed: bytes) -> Any:
    """The feed as feedparser reads it, which has nothing against it."""
    found = feedparser.parse(feed, sanitize_html=False)
    assert not found.bozo, found.bozo_exception
    return found


def broken(site: Rendered) -> list[str]:
    """What is wrong with any feed of the site."""
    found = []
    for path in site.outputs:
        if path.endswith("feed.xml"):
            found += atom_problems(site[path], BASE + quote(path))
    found += rss_problems(site["rss.xml"], BASE + "rss.xml")
    feed = json.loads(site["feed.json"])
    found += [f"{error.json_path}: {error.message}" for error in SCHEMA.iter_errors(feed)]
    for item in feed["items"]:
        found += html_problems(item["content_html"])
    return found


# --- which feeds there are, and what is in them ---------------------------------------------------


def test_the_site_has_three_feeds_each_section_and_term_one(site: Rendered) -> None:
    found = [path for path in site.outputs if "feed." in path or "rss." in path]
    assert sorted(found) == [
        "categories/c/feed.xml", "feed.json", "feed.xml", "manual/feed.xml", "posts/feed.xml",
        "rss.xml", "tags/x-y/feed.xml", "tags/情報/feed.xml",
    ]  # fmt: skip


def test_a_site_without_a_base_url_has_none() -> None:
    outputs = rendered(NOTES, Config(title="Site")).outputs
    assert not [path for path in outputs if "feed" in path or "rss" in path]


def test_a_site_without_a_dated_note_has_none_and_announces_none() -> None:
    site = rendered({"a.md": note("A", tags="[t]")})
    assert not [path for path in site.outputs if "feed" in path or "rss" in path]
    assert b"feed.xml" not in site["index.html"]
    assert b"feed.xml" not in site["tags/t/index.html"]


def test_the_newest_notes_come_first_and_those_that_are_not_listed_are_left_out(
    site: Rendered,
) -> None:
    assert titles(site["feed.xml"]) == ["B", "A & <b>"]
    assert [item["title"] for item in json.loads(site["feed.json"])["items"]] == ["B", "A & <b>"]
    assert titles(site["manual/feed.xml"]) == ["M"]
    assert titles(site["tags/x-y/feed.xml"]) == ["M", "A & <b>"]


def test_a_pinned_or_weighted_note_stands_where_its_date_says() -> None:
    notes = {
        "a.md": note("Old", date="2025-01-01", pinned="true"),
        "b.md": note("Noon", date="2025-01-02 12:00"),
        "c.md": note("Morning", date="2025-01-02 06:00", weight="1"),
        "d.md": note("Abroad", date="2025-01-02 06:00:00-05:00"),
    }
    assert titles(rendered(notes)["feed.xml"]) == ["Abroad", "Noon", "Morning", "Old"]


def test_the_settings_say_how_many_notes_and_whether_their_text() -> None:
    notes = {f"{n:02}.md": note(f"N{n:02}", "**T**.", date=f"2025-01-{n:02}") for n in range(1, 26)}
    site = rendered(notes)
    assert titles(site["feed.xml"]) == [f"N{n:02}" for n in range(25, 5, -1)]
    short = rendered(notes, config(feeds=Feeds(limit=3, full_text=False)))
    assert titles(short["feed.xml"]) == ["N25", "N24", "N23"]
    assert "content" in atom(site["feed.xml"])["N25"]
    assert "content" not in atom(short["feed.xml"])["N25"]
    assert CONTENT.encode() not in short["rss.xml"]
    assert atom(short["feed.xml"])["N25"]["summary"] == "T."
    assert broken(short) == []


def test_each_language_has_feeds_of_its_own() -> None:
    settings = config(language="en", languages=(("ja", Language(title="ノート")),))
    notes = {
        "a.md": note("A", date="2025-01-01", tags="[t]"),
        "ja/b.md": note("B", date="2025-01-02", tags="[t]"),
    }
    site = rendered(notes, settings)
    found = {path for path in site.outputs if "feed." in path or "rss." in path}
    parts = {"feed.xml", "rss.xml", "feed.json", "tags/t/feed.xml"}
    assert found == parts | {"ja/" + path for path in parts}
    assert broken(site) == []
    assert titles(site["feed.xml"]) == ["A"]
    assert titles(site["ja/feed.xml"]) == ["B"]
    assert fromstring(site["ja/feed.xml"]).findtext(ATOM + "title") == "ノート"
    assert b'href="/repo/ja/feed.xml"' in site["ja/b/index.html"]
    assert b'href="/repo/feed.xml"' not in site["ja/b/index.html"]


# --- what a feed says -----------------------------------------------------------------------------


def test_no_rule_of_any_format_is_broken(site: Rendered) -> None:
    assert broken(site) == []


def test_an_independent_parser_reads_atom(site: Rendered) -> None:
    found = parsed(site["feed.xml"])
    assert found.version == "atom10"
    feed, (b, a) = found.feed, found.entries
    assert (feed.title, feed.subtitle, feed.author) == ("Site", "What I <learn>", "田中")
    assert (feed.link, feed.id, feed.updated) == (
        BASE,
        BASE + "feed.xml",
        "2025-03-01T00:00:00+09:00",
    )
    assert (a.title, a.link, a.id) == ("A & <b>", BASE + "posts/a/", BASE + "posts/a/")
    assert (a.published, a.updated) == ("2025-01-05T10:20:00+09:00", "2025-03-01T00:00:00+09:00")
    assert [tag.term for tag in a.tags] == ["c", "情報", "x y"]
    assert a.summary.startswith("Text ]]> b")
    assert "<p>Text ]]&gt; <a href" in a.content[0].value
    assert (b.author, b.content[0].language) == ("佐藤", "ja")


def test_an_independent_parser_reads_rss(site: Rendered) -> None:
    found = parsed(site["rss.xml"])
    assert found.version == "rss20"
    feed, (b, a) = found.feed, found.entries
    assert (feed.title, feed.subtitle, feed.link) == ("Site", "What I <learn>", BASE)
    assert feed.updated == "Sat, 01 Mar 2025 00:00:00 +0900"
    assert (a.title, a.link, a.id) == ("A & <b>", BASE + "posts/a/", BASE + "posts/a/")
    assert a.published == "Sun, 05 Jan 2025 10:20:00 +0900"
    assert [tag.term for tag in a.tags] == ["c", "情報", "x y"]
    assert (a.author, b.author) == ("田中", "佐藤")
    assert "<p>Text ]]&gt; <a href" in a.content[0].value


def test_a_json_feed_says_the_same(site: Rendered) -> None:
    feed = json.loads(site["feed.json"])
    assert (feed["title"], feed["description"]) == ("Site", "What I <learn>")
    assert (feed["home_page_url"], feed["feed_url"]) == (BASE, BASE + "feed.json")
    b, a = feed["items"]
    assert (a["id"], a["title"], a["tags"]) == (BASE + "posts/a/", "A & <b>", ["c", "情報", "x y"])
    assert (b["authors"], b["language"]) == ([{"name": "佐藤"}], "ja")
    assert a["date_published"] == "2025-01-05T10:20:00+09:00"
    assert a["content_html"] == atom(site["feed.xml"])["A & <b>"]["content"]


def test_links_images_and_anchors_are_whole_urls(site: Rendered) -> None:
    entries = atom(site["feed.xml"])
    a, b = entries["A & <b>"]["content"], entries["B"]["content"]
    assert f'<a href="{BASE}posts/b/">' in a
    assert f'<img src="{BASE}posts/a/x.png" srcset="{BASE}posts/a/y.png 2x"' in a
    assert f'<a href="{BASE}posts/b/#h">h</a>' in b


def test_an_id_survives_edits_of_title_text_and_date(site: Rendered) -> None:
    edited = NOTES | {"posts/a.md": note("New", "New.", date="2025-06-01")}
    ids = {entry["id"] for entry in atom(site["feed.xml"]).values()}
    assert {entry["id"] for entry in atom(rendered(edited)["feed.xml"]).values()} == ids


def test_a_git_date_is_a_day_and_no_feed_is_older_than_a_note() -> None:
    notes = {"a.md": note("A", date="2025-01-05 10:20", updated="2025-01-05 08:00")}
    entry = atom(rendered(notes)["feed.xml"])["A"]
    assert entry["updated"] == entry["published"] == "2025-01-05T10:20:00+09:00"


def test_a_date_of_times_without_zones_is_one_that_readers_know() -> None:
    site = rendered({"a.md": note("A", date="1850-01-05")})  # Tokyo was at +09:18:59 then
    assert broken(site) == []
    assert atom(site["feed.xml"])["A"]["published"] == "1850-01-05T00:00:00+09:18"


def test_a_note_of_nothing_but_a_title_is_in_all_feeds() -> None:
    site = rendered({"a.md": note("A", "", date="2025-01-05")})
    assert broken(site) == []
    assert titles(site["feed.xml"]) == ["A"]


# --- any text -------------------------------------------------------------------------------------

NOT_XML = re.compile("[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
HOSTILE = st.sampled_from(
    ["]]>", "<![CDATA[", "</script>", "<!--", "&amp;", "&#1;", "😀", "\u202e", "שלום", "\ufffe",
     "\x7f", "\x85", "\0", "\x1b", "\ufeff", "'", '"', "\\", "{{ x }}", "\u2028"]
)  # fmt: skip
TEXTS = st.lists(
    st.one_of(HOSTILE, st.text(max_size=4).filter(lambda t: t.isprintable())), min_size=1
)


@settings(deadline=None, max_examples=60)
@given(TEXTS)
def test_any_text_comes_back_from_a_parser_but_for_what_xml_cannot_say(parts: list[str]) -> None:
    text = re.sub(r"\s+", " ", "".join(parts))
    made = library({"a.md": note("A", date="2025-01-05")}, config())
    (page,) = made.pages
    shown = "x" + text + "x"
    card = structs.replace(page.card, title=shown)
    made = structs.replace(
        made, pages=(structs.replace(page, card=card, description=shown),), listing=(card,)
    )
    site = Rendered(made, config(title=shown))
    expected = NOT_XML.sub("", shown)
    feed = fromstring(site["feed.xml"])
    assert feed.findtext(ATOM + "title") == expected
    assert feed.findtext(f"{ATOM}entry/{ATOM}title") == expected
    assert feed.findtext(f"{ATOM}entry/{ATOM}summary") == expected
    assert fromstring(site["rss.xml"]).findtext("channel/item/description") == expected
    assert json.loads(site["feed.json"])["items"][0]["title"] == shown
    assert not parsed(site["feed.xml"]).bozo


@settings(deadline=None, max_examples=60)
@given(TEXTS)
def test_any_body_gives_feeds_that_break_no_rule(parts: list[str]) -> None:
    body = re.sub(r"[\0-\x1f]", " ", "".join(parts))  # a note with others is an error
    site = rendered({"a.md": note("A", "x" + body, date="2025-01-05")})
    assert broken(site) == []
    content = atom(site["feed.xml"])["A"]["content"]
    assert content == NOT_XML.sub("", json.loads(site["feed.json"])["items"][0]["content_html"])


# --- a whole build --------------------------------------------------------------------------------


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "notes").mkdir()
    (tmp_path / "notesite.yaml").write_text(f"title: S\nbase_url: {BASE}\nfeeds: {{limit: 2}}\n")
    for n in range(1, 5):
        text = note(f"N{n}", f"Before $x_{n}$.\n\n{'語' * 400}\n\nEnd.", date=f"2025-01-0{n}")
        (tmp_path / f"notes/n{n}.md").write_text(text, "utf-8")
    built(tmp_path)
    return tmp_path


def test_a_formula_stands_in_a_feed_once(folder: Path) -> None:
    for name in FEEDS[:2]:
        parsed((folder / "public" / name).read_bytes())
    content = atom((folder / "public/feed.xml").read_bytes())["N4"]["content"]
    assert content.startswith("<p>Before <math ")
    assert content.count("<math") == 1
    assert "katex-html" not in content
    assert "x_4" not in content


def test_an_edit_makes_only_the_feeds_that_hold_the_note(folder: Path) -> None:
    def edited(name: str) -> list[str]:
        file = folder / "notes" / name
        file.write_text(file.read_text("utf-8").replace("End.", "Fin."), "utf-8")
        made = [line.partition(":")[0] for line in built(folder, explain=True).made]
        return [file for file in made if not file.startswith("search/")]

    assert edited("n1.md") == ["n1/index.html"]
    assert edited("n4.md") == ["feed.json", "feed.xml", "n4/index.html", "rss.xml"]


def test_a_site_can_write_its_own_feed(folder: Path) -> None:
    (folder / "templates").mkdir()
    (folder / "templates/feed.xml").write_text(
        "<f>{% for p in pages %}{{ p.card.title }}{% endfor %}</f>"
    )
    (folder / "static").mkdir()
    (folder / "static/rss.xml").write_text("mine")
    built(folder)
    assert (folder / "public/feed.xml").read_text() == "<f>N4N3</f>"
    assert (folder / "public/rss.xml").read_text() == "mine"


# --- the rules can be broken ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("<id>", "<x>", ""),
        ("+09:00</updated>", "</updated>", "RFC 3339"),
        (
            "2025-01-05T10:20:00+09:00</published>",
            "2026-01-05T10:20:00+09:00</published>",
            "<= updated",
        ),
        ('rel="self"', 'rel="other"', "leads to itself"),
        (f"<id>{BASE}posts/b/", f"<id>{BASE}posts/a/", "stands there once"),
        (f"<id>{BASE}posts/b/", "<id>posts/b/", "whole URL"),
        ("<author><name>田中</name></author>", "", "has an author"),
        ("<name>田中</name>", "<name> </name>", "not blank"),
        ("href=&#34;https://example.org/repo/posts/b/", "href=&#34;posts/b/", "relative"),
        ("srcset=&#34;https://example.org/repo/", "srcset=&#34;", "relative"),
        ("&lt;p&gt;Text", "&lt;script&gt;&lt;/script&gt;", "no script"),
        ('xml:lang="ja"', 'xml:lang="日本"', "language tag"),
        ("<title>B</title>", "<title>B</title><title>B</title>", "one title"),
        ('type="html"', 'type="text"', "HTML"),
        ('term="c"', 'term=""', "a term"),
    ],
)
def test_a_rule_of_atom_that_is_broken_is_found(
    old: str, new: str, said: str, site: Rendered
) -> None:
    feed = site["feed.xml"].decode()
    assert old in feed
    changed = feed.replace(old, new)
    if old == "<id>":
        changed = re.sub("<id>.*?</id>", "", feed)
        said = "has one id"
    assert said in "; ".join(atom_problems(changed.encode(), BASE + "feed.xml"))


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("<description>What I &lt;learn&gt;</description>", "", "one description"),
        ("Sun, 05 Jan 2025 10:20:00 +0900", "2025-01-05", "RFC 822"),
        ("Sun, 05 Jan", "Mon, 05 Jan", "RFC 822"),
        (f"<guid>{BASE}posts/b/", f"<guid>{BASE}posts/a/", "stands there once"),
        (f"<guid>{BASE}posts/b/", "<guid>b", "whole URL"),
        ('rel="self"', 'rel="other"', "leads to itself"),
        ("href=&#34;https://example.org/repo/posts/b/", "href=&#34;posts/b/", "relative"),
        ("<language>en", "<language>in English", "language tag"),
    ],
)
def test_a_rule_of_rss_that_is_broken_is_found(
    old: str, new: str, said: str, site: Rendered
) -> None:
    feed = site["rss.xml"].decode()
    assert old in feed
    assert said in "; ".join(rss_problems(feed.replace(old, new).encode(), BASE + "rss.xml"))


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"version": "1.1"}, "$.version"),
        ({"home_page_url": "/"}, "$.home_page_url"),
        ({"items": [{"content_html": ""}]}, "'id' is a required property"),
        ({"items": [{"id": "x"}]}, "is not valid under any"),
        ({"items": [{"id": "x", "content_html": "", "date_published": "2025"}]}, "date_published"),
        ({"authors": [{}]}, "$.authors"),
    ],
)
def test_a_rule_of_json_feed_that_is_broken_is_found(
    change: dict[str, object], said: str, site: Rendered
) -> None:
    feed = json.loads(site["feed.json"]) | change
    errors = [f"{error.json_path}: {error.message}" for error in SCHEMA.iter_errors(feed)]
    assert said in "; ".join(errors)
