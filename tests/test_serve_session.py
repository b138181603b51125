"""A site that is edited while it is served: after each change it is what a first build would make,
and what is broken stays as it last was."""

from __future__ import annotations

import http.client
import os
import re
import threading
from collections.abc import Iterator
from contextlib import suppress
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from histories import History, built, clean
from serving import Served, served, write

from notesite import loading
from notesite.model import Output, Problem, Template
from notesite.planning import Plan, planned
from notesite.render import render

NOTE = "---\ntitle: A\ndate: 2025-01-01\n---\n\nText $x^2$.\n"
SITE: dict[str, str | bytes] = {
    "notesite.yaml": "title: T\nbase_url: https://example.org/\n",
    "notes/a.md": NOTE,
    "notes/b.md": "---\ntitle: B\ndate: 2025-01-02\n---\n\nOther.\n",
    "notes/pictures/p.svg": "<svg/>",
    "static/s.css": "a{}",
}


SCRIPT = re.compile(rb"<script src=[^>]*live.js[^>]*></script>")


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Served]:
    with served(write(tmp_path / "site", SITE)) as site:
        yield site


def page(site: Served, path: str) -> str:
    """What is shown there, without the script."""
    return SCRIPT.sub(b"", site.get(path).body).decode()


def problems(site: Served, level: str = "error") -> list[str]:
    found = site.session.snapshot.problems
    return [f"{p.location.path}: {p.message}" for p in found if p.level == level]


# --- Each change ---------------------------------------------------------------------------------


def test_a_body_a_title_and_a_new_note_are_seen(site: Served) -> None:
    site.save("notes/a.md", NOTE + "\nMore.\n")
    assert "More." in page(site, "/a/")
    site.save("notes/a.md", NOTE.replace("title: A", "title: Alpha"))
    assert "Alpha" in page(site, "/")
    site.save("notes/deep/new.md", "---\ntitle: New\ndate: 2025-02-02\n---\n\nNew.\n")
    assert "New" in page(site, "/")
    assert "New." in page(site, "/deep/new/")


def test_notes_that_are_renamed_deleted_and_moved_in_folders_leave_nothing(site: Served) -> None:
    notes = site.root / "notes"
    (notes / "a.md").rename(notes / "c.md")
    site.rebuild(notes / "a.md", notes / "c.md")
    assert site.get("/a/").status == 404
    assert site.get("/c/").status == 200
    write(notes, {"one/x.md": "# X\n", "one/y.png": b"png"})
    site.rebuild(notes / "one")
    assert site.get("/one/y.png").status == 200
    (notes / "one").rename(notes / "two")
    site.rebuild(notes / "one", notes / "two")
    assert [site.get(path).status for path in ("/one/x/", "/two/x/", "/two/y.png")] == [
        404,
        200,
        200,
    ]
    (notes / "two").rename(site.root.parent / "away")
    site.rebuild(notes / "two")
    assert site.get("/two/x/").status == 404
    (notes / "c.md").unlink()
    site.rebuild(notes / "c.md")
    assert site.get("/c/").status == 404


def test_a_template_a_style_sheet_and_settings_are_seen(site: Served) -> None:
    site.save("templates/partials/after_content.html", "<p>after {{ site.title }}</p>")
    assert "after T" in page(site, "/a/")
    site.save("notesite.yaml", "title: Changed\nbase_url: https://example.org/\n")
    assert "after Changed" in page(site, "/a/")
    site.save("static/s.css", "b{}")
    assert page(site, "/s.css") == "b{}"
    (site.root / "notesite.yaml").unlink()
    site.rebuild(site.root / "notesite.yaml")
    assert "after site" in page(site, "/a/")
    (site.root / "templates/partials/after_content.html").unlink()
    site.rebuild(site.root / "templates/partials/after_content.html")
    assert "after site" not in page(site, "/a/")


DATED = "---\ntitle: {}\ndate: 2024-07-09\n---\n\n{}\n"
SAME_DAY = NOTE.replace("A", "{}").replace("01-01", "01-02")
LONG = "".join(f"Sentence {n} of a note that is longer than its excerpt. " for n in range(20))


@pytest.mark.parametrize(
    ("before", "after", "alone"),
    [
        (f"{LONG}\n\nx\n", f"{LONG}\n\nMore.\n", True),
        (f"{LONG}\n\n[b](b.md)\n", f"{LONG}\n\nMore.\n\n[b](b.md)\n", True),
        (f"{LONG}\n\n$x$\n", f"{LONG}\n\n$x$ $\\frac{{$\n", True),
        (f"{LONG}\n\n$x$\n\n## H\n\nx\n", f"{LONG}\n\n$x$\n\n## H\n\n$y$\n", True),
        (f"{LONG}\n\n$\\frac{{$\n", f"{LONG}\n\n\n$\\frac{{$\n", True),
        (f"{LONG}\n", f"---\ntitle: [\n---\n{LONG}\n", True),  # it stays as it was
        ("x\n", "y\n", True),  # an excerpt
        (f"{LONG}\n\nx\n", f"{LONG}\n\n{LONG * 9}\n", True),  # a reading time
        (DATED.format("One", "x"), DATED.format("Two", "y"), True),
        (SAME_DAY.format("A"), SAME_DAY.format("C"), False),  # where titles tell the order
        (SAME_DAY.format("A"), SAME_DAY.format("AA"), True),
        (DATED.format("One", "x"), DATED.format("$x$", "x"), False),  # a formula needs its styles
        (f"{LONG}\n\nx\n", f"{LONG}\n\n## H\n", False),
        (f"{LONG}\n\nx\n", f"{LONG}\n\n[b](b.md)\n", False),
        (f"{LONG}\n\n[b](none.md)\n", f"{LONG}\n\nx\n\n[b](none.md)\n", True),
        (
            f"{LONG}\n\n[[gone]] ![](p.png)\n",
            f"{LONG}\n\n$\\frac{{$\n\n[[gone]] ![](p.png)\n",
            True,
        ),
        (f"{LONG}\n\n[[gone]]\n", f"{LONG}\n\n[[lost]]\n", False),
        (f"{LONG}\n\nx\n", f"---\ntags: [t]\n---\n\n{LONG}\n\nx\n", False),
        (f"{LONG}\n\nx\n", f"---\ndraft: true\n---\n\n{LONG}\n\nx\n", False),
    ],
    ids=range(19),
)
def test_an_edit_that_other_pages_cannot_show_costs_no_plan_and_is_like_one_that_does(
    before: str, after: str, alone: bool, site: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    site.save("notes/a.md", before)
    plans: list[Plan] = []

    def counting(*more: Any) -> Plan:
        plans.append(planned(*more))
        return plans[-1]

    monkeypatch.setattr("notesite.serve.session.planned", counting)
    site.save("notes/a.md", after)
    assert (plans == []) is alone
    shown, said = served_tree(site), site.session.snapshot.problems
    keys = {path: site.session.snapshot.key(path) for path in shown}
    site.rebuild()
    assert plans
    assert served_tree(site) == shown
    assert site.session.snapshot.problems == said
    assert keys == {path: site.session.snapshot.key(path) for path in shown}


def test_an_edit_of_a_body_is_seen_where_it_is_embedded(site: Served) -> None:
    site.save("notes/a.md", f"{LONG}\n\nx\n")
    site.save("notes/b.md", "---\ntitle: B\n---\n\n![[a]]\n")
    site.save("notes/a.md", f"{LONG}\n\nMore.\n")
    assert "More." in page(site, "/b/")


def test_an_edit_of_a_body_is_seen_in_feeds(site: Served) -> None:
    dated = f"---\ntitle: A\ndate: 2025-01-01\n---\n\n{LONG}\n\n"
    site.save("notes/a.md", dated + "Before.\n")
    site.save("notes/a.md", dated + "After.\n")
    for feed in ("/feed.xml", "/rss.xml", "/feed.json"):
        assert "After." in page(site, feed)
        assert "Other." in page(site, feed)  # the note beside it is as it was
        assert "Before." not in page(site, feed)


def test_what_an_editor_made_and_removed_again_is_nothing(site: Served) -> None:
    before = site.session.snapshot
    site.rebuild(site.root / "notes/a.md~", site.root / "notes/4913", site.root / "notes/a.md")
    assert site.session.snapshot is before


def test_a_thousand_files_at_once_are_seen(site: Served) -> None:
    files = {f"notes/many/n{n}.md": f"# N {n}\n\n$x_{{{n}}}$\n" for n in range(1000)}
    write(site.root, files)
    site.rebuild(site.root / "notes/many")
    assert "N 999" in page(site, "/many/n999/")
    assert len(site.session.snapshot.outputs) > 1000


def test_a_note_dated_tomorrow_appears_when_the_day_has_come(site: Served) -> None:
    site.save("notes/t.md", "---\ntitle: T\ndate: 2025-06-16\n---\n\nTomorrow.\n")
    assert site.get("/t/").status == 404
    assert not site.session.is_over()
    site.day = date(2025, 6, 16)
    assert site.session.is_over()
    snapshot = site.session.rebuild(frozenset())
    site.serving.soon(lambda: site.tabs.show(snapshot))
    assert site.get("/t/").status == 200
    assert not site.session.is_over()


def test_drafts_and_notes_to_come_are_shown_if_asked_for(tmp_path: Path) -> None:
    files = {
        "notes/d.md": "---\ndraft: true\n---\nD\n",
        "notes/f.md": "---\ndate: 2999-01-01\n---\nF\n",
    }
    write(tmp_path, files)
    with served(tmp_path) as site:
        assert [site.get(path).status for path in ("/d/", "/f/")] == [404, 404]
    with served(tmp_path, drafts=True, future=True) as site:
        assert [site.get(path).status for path in ("/d/", "/f/")] == [200, 200]


# --- The same as a build -------------------------------------------------------------------------


class Sound(History):
    """A history without notes that break: those stay as they were while one serves, which no first
    build can know."""

    def _front(self) -> str:
        while "date: never" in (front := super()._front()) or "slug: same" in front:
            pass
        return front


@pytest.mark.parametrize("seed", range(int(os.environ.get("NOTESITE_HISTORIES", "2"))))
def test_after_each_edit_it_serves_what_a_first_build_makes(seed: int, tmp_path: Path) -> None:
    history = Sound(tmp_path / "site", seed)
    with served(history.root) as site:
        known = state(history.root)
        for number in range(int(os.environ.get("NOTESITE_STEPS", "10"))):
            name = history.step()
            now = state(history.root)
            changed = {
                path for path in known.keys() | now.keys() if known.get(path) != now.get(path)
            }
            known = now
            site.rebuild(*(changed or {history.root / "nothing"}))
            report, output = clean(history.root, tmp_path / "clean" / "site")
            assert site.session.snapshot.problems == report.problems, (number, name)
            if report.published:
                assert served_tree(site) == output, (number, name)


def test_such_a_history_finds_a_change_that_was_not_seen(tmp_path: Path) -> None:
    history = Sound(tmp_path / "site", 1)
    with served(history.root) as site:
        for _ in range(40):
            history.step()
        _, output = clean(history.root, tmp_path / "clean" / "site")
        assert served_tree(site) != output


def state(root: Path) -> dict[Path, bytes]:
    files = (file for file in root.rglob("*") if file.is_file())
    return {
        file: file.read_bytes() for file in files if not {"public", ".notesite"} & set(file.parts)
    }


def served_tree(site: Served) -> dict[str, bytes]:
    """Every file as it is served, without the script."""
    snapshot, found = site.session.snapshot, {}
    for path, output in snapshot.outputs.items():
        recipe = output.recipe
        if isinstance(recipe, Template):
            page = site.rendering.page(path, snapshot).result(10)
            assert page.problem is None
            found[path] = page.content
        else:
            found[path] = SCRIPT.sub(b"", site.get(f"/{quote(path)}").body)
    return found


# --- What breaks ---------------------------------------------------------------------------------


def test_a_note_that_breaks_stays_everywhere_as_it_was_until_it_is_mended(site: Served) -> None:
    before = {path: page(site, path) for path in ("/a/", "/", "/archive/")}
    site.save("notes/a.md", "---\ntitle: [\n---\n\nBroken.\n")
    assert {path: page(site, path) for path in before} == before
    assert [said.partition(":")[0] for said in problems(site)] == ["notes/a.md"]
    site.save("notes/b.md", "---\ntitle: Other\n---\n\nB is edited meanwhile.\n")
    assert "Other" in page(site, "/")
    assert "Text" in page(site, "/a/")
    site.rebuild()
    assert page(site, "/a/") != ""
    assert "Text" in page(site, "/a/")
    site.save("notes/a.md", NOTE.replace("Text", "Mended"))
    assert problems(site) == []
    assert "Mended" in page(site, "/a/")


def test_a_note_that_is_broken_at_the_start_is_left_out_and_named(tmp_path: Path) -> None:
    files = {**SITE, "notes/a.md": "---\ntitle: [\n---\n\nBroken.\n"}
    with served(write(tmp_path, files)) as site:
        assert site.get("/a/").status == 404
        assert site.get("/b/").status == 200
        assert [said.partition(":")[0] for said in problems(site)] == ["notes/a.md"]
        site.save("notes/a.md", NOTE)
        assert site.get("/a/").status == 200


def test_a_new_note_and_a_broken_one_at_once_and_then_the_repair_are_survived(site: Served) -> None:
    write(site.root, {"notes/a.md": "---\ntitle: [\n", "notes/new.md": "# New\n"})
    site.rebuild(site.root / "notes/a.md", site.root / "notes/new.md")
    assert site.get("/new/").status == 200
    assert "Text" in page(site, "/a/")
    site.save("notes/a.md", NOTE)
    assert problems(site) == []


def test_a_broken_note_that_is_deleted_is_gone(site: Served) -> None:
    site.save("notes/a.md", "---\ntitle: [\n")
    (site.root / "notes/a.md").unlink()
    site.rebuild(site.root / "notes/a.md")
    assert site.get("/a/").status == 404
    assert problems(site) == []


def test_a_formula_that_breaks_is_a_warning_with_its_place(site: Served) -> None:
    site.save("notes/a.md", NOTE.replace("x^2", "\\frac{1}{"))
    assert 'class="math-error"' in page(site, "/a/")
    [problem] = site.session.snapshot.problems
    assert (problem.location.line, problem.source_line) == (6, "Text $\\frac{1}{$.")
    site.save("notes/a.md", NOTE)
    assert site.session.snapshot.problems == ()


def test_settings_that_break_leave_the_site_as_it_was(site: Served) -> None:
    before = page(site, "/a/")
    site.save("notesite.yaml", "title: [\n")
    assert page(site, "/a/") == before
    assert [said.partition(":")[0] for said in problems(site)] == ["notesite.yaml"]
    site.save("notes/a.md", NOTE + "\nWritten meanwhile.\n")
    assert "Written meanwhile." in page(site, "/a/")
    assert len(problems(site)) == 1
    site.save("notesite.yaml", "title: Mended\n")
    assert problems(site) == []
    assert "Mended" in page(site, "/a/")


def test_a_template_that_does_not_compile_leaves_all_pages_as_they_were(site: Served) -> None:
    before = page(site, "/a/")
    site.save("templates/page.html", "{% if %}")
    assert page(site, "/a/") == before
    assert [said.partition(":")[0] for said in problems(site)] == ["templates/page.html"]
    site.save("notes/a.md", NOTE + "\nWritten meanwhile.\n")
    assert "Written meanwhile." in page(site, "/a/")
    site.save("notes/c.md", "# C\n")
    assert site.get("/c/").status == 200
    site.save("static/s.css", "c{}")
    assert page(site, "/s.css") == "c{}"
    assert len(problems(site)) == 1
    site.save("templates/page.html", "<p>{{ title }}</p>")
    assert problems(site) == []
    assert page(site, "/a/").startswith("<p>A</p>")


def test_a_template_that_fails_on_a_page_leaves_it_as_it_was_and_is_told(site: Served) -> None:
    before = page(site, "/a/")
    with site.tab("/b/") as tab:
        tab.message()
        site.save("templates/page.html", "<p>{{ title }}{{ nothing.at.all }}</p>")
        tab.message()
        shown = site.get("/a/")
        assert shown.status == 200
        assert SCRIPT.sub(b"", shown.body).decode() == before
        [problem] = tab.message()["problems"]
        assert (problem["path"], problem["line"]) == ("templates/page.html", 1)
    assert site.get("/b/").status == 500  # it was never shown, so there is nothing to show
    assert [p.location.path for p in site.said] == ["templates/page.html"] * 2
    with site.tab("/b/") as tab:
        assert len(tab.message()["problems"]) == 2
        site.save("templates/page.html", "<p>{{ title }}</p>")
        assert tab.message()["problems"] == []
    assert page(site, "/a/").startswith("<p>A</p>")


def test_a_template_without_an_end_holds_up_neither_kept_pages_nor_the_end(tmp_path: Path) -> None:
    # it ends after seconds: the thread lives on in this process, beside all later tests
    endless = "{% for a in range(99999) %}{% for b in range(300) %}{% endfor %}{% endfor %}"
    with served(write(tmp_path, SITE)) as site:
        assert site.get("/a/").status == 200
        site.save("templates/404.html", endless)
        asking = threading.Thread(target=lambda: quietly(site, "/none"), daemon=True)
        asking.start()
        asking.join(0.3)
        assert asking.is_alive()
        assert site.get("/a/").status == 200
        assert site.get("/s.css").status == 200
    asking.join(5)
    assert not asking.is_alive()


def quietly(site: Served, path: str) -> None:
    with suppress(OSError, http.client.HTTPException):
        site.get(path)


def test_the_folder_of_notes_can_go_and_come_back(site: Served) -> None:
    site.save("notesite.yaml", "notes: texts\n")
    assert site.get("/a/").status == 200  # there is no such folder: all stays as it was
    assert problems(site) == ["texts: the folder of notes does not exist"]
    (site.root / "notes").rename(site.root / "texts")
    site.rebuild(site.root / "texts")
    assert problems(site) == []
    assert site.get("/a/").status == 200


# --- What is remembered --------------------------------------------------------------------------


def test_a_page_is_rendered_once_for_each_of_its_keys(
    site: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[str] = []

    def counting(output: Output, *more: Any) -> bytes | Problem:
        made.append(output.path)
        return render(output, *more)

    monkeypatch.setattr("notesite.serve.rendering.render", counting)
    for _ in range(3):
        site.get("/a/")
    assert made == ["a/index.html"]
    site.save("notes/b.md", "---\ntitle: B\ndate: 2025-01-02\n---\n\nAnother body.\n")
    site.get("/a/")
    assert made == ["a/index.html"]
    site.save("notes/a.md", NOTE + "More.\n")
    site.get("/a/")
    assert made == ["a/index.html"] * 2


def test_what_is_kept_of_pages_is_bounded(site: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("notesite.serve.rendering.MOST", 20_000)
    write(site.root, {f"notes/n{n}.md": f"# N {n}\n" for n in range(30)})
    site.rebuild(site.root / "notes")
    for number in range(30):
        assert site.get(f"/n{number}/").status == 200
    assert site.rendering._size <= 20_000
    assert site.rendering._size == sum(len(p.content) for p in site.rendering._kept.values())


def test_what_was_read_is_there_for_the_next_build_and_the_next_server(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with served(write(tmp_path, SITE)) as site:
        site.save("notes/a.md", NOTE + "\n$y^{99}$\n")
        site.session.save()
        site.session.save()  # nothing is new: it costs nothing
        assert "99" in page(site, "/a/")  # from the file by now
    monkeypatch.setattr(loading, "_parse_all", lambda missing, *more: none_of(missing))
    built(tmp_path)
    with served(tmp_path) as site:
        assert "99" in page(site, "/a/")


def none_of(missing: list[object]) -> list[object]:
    assert missing == []
    return []


@pytest.mark.parametrize("harm", ["removed", "emptied", "damaged"])
def test_a_cache_that_is_lost_while_one_serves_costs_time_alone(harm: str, site: Served) -> None:
    site.session.save()
    cache = site.root / ".notesite/cache.sqlite"
    if harm == "removed":
        cache.unlink()
    else:
        cache.write_bytes(b"" if harm == "emptied" else b"x" * 20_000)
    assert "Text" in page(site, "/a/")
    site.save("notes/b.md", "# B\n\nEdited.\n")
    site.session.save()
    assert "Edited." in page(site, "/b/")
    assert "Text" in page(site, "/a/")


def test_a_cache_that_cannot_be_written_costs_time_alone(tmp_path: Path) -> None:
    write(tmp_path, SITE)
    (tmp_path / ".notesite").write_text("a file where the folder would be")
    with served(tmp_path) as site:
        assert "Text" in page(site, "/a/")
        site.save("notes/a.md", NOTE + "More.\n")
        site.session.save()
        assert "More." in page(site, "/a/")
        write(tmp_path, {f"notes/many/n{n}.md": f"# N {n}\n" for n in range(150)})
        site.rebuild(tmp_path / "notes/many")
        assert "More." in page(site, "/a/")
        assert "N 149" in page(site, "/many/n149/")


def test_a_build_beside_a_server_is_not_in_its_way(site: Served) -> None:
    site.save("notes/a.md", NOTE + "More.\n")
    assert built(site.root).published
    site.session.save()
    assert "More." in page(site, "/a/")
    assert built(site.root).written == 0
    site.rebuild(site.root / "public")
    assert site.get("/public/index.html").status == 404
