"""A served site as a browser meets it: every file is the built one, and tabs are told what they
have to know."""

from __future__ import annotations

import email.utils
import re
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from crawl import copy_of_this_site
from serving import TODAY, Served, Tab, served, write

from notesite.build import build
from notesite.report import Options

NOTE = "---\ntitle: A\ndate: 2025-01-01\n---\n\nText $x^2$.\n"
SITE: dict[str, str | bytes] = {
    "notesite.yaml": "title: T\nbase_url: https://example.org/\n",
    "notes/posts/a.md": NOTE,
    "notes/posts/b.md": "---\ntitle: B\ndate: 2025-01-02\n---\n\n[to a](a.md)\n",
    "notes/posts/見出し.md": "---\ntitle: 見出し\nredirect_from: /old/\n---\n\n本文。\n",
    "notes/posts/figure.svg": "<svg xmlns='http://www.w3.org/2000/svg'/>",
    "static/data.bin": bytes(range(256)) * 1000,
    "static/app.webmanifest": "{}",
    "static/page.html": "<p>no end",
    "static/twice.html": "<!-- </body> --><BODY>x</BODY>\n",
    "static/CNAME": "example.org",
    "static/a.xml": "<a/>",
    "static/a.json": "{}",
    "static/a.woff2": b"wOF2",
    "static/a.txt": "テキスト",
    "static/a.tar.gz": b"\x1f\x8b",
    "static/a.mjs": "",
    "static/.well-known/x": "x",
}
SCRIPT = re.compile(
    rb'<script src="[^"]*\.notesite/live\.js" data-base="[^"]*" data-key="([^"]*)"'
    rb' data-since="[^"]*" defer></script>'
)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """One that no test changes."""
    with served(write(tmp_path_factory.mktemp("site"), SITE)) as site:
        yield site


@pytest.fixture
def own(tmp_path: Path) -> Iterator[Served]:
    """One for a single test."""
    with served(write(tmp_path, SITE)) as site:
        yield site


# --- The same bytes ------------------------------------------------------------------------------


@pytest.mark.parametrize("base_url", ["", "https://example.org/repo/"])
def test_every_file_of_this_site_is_served_as_it_is_built_but_for_one_script_in_html(
    base_url: str, tmp_path: Path
) -> None:
    root = copy_of_this_site(tmp_path / "site")
    with (root / "notesite.yaml").open("a") as settings:
        settings.write(f"base_url: '{base_url}'\n")
    report = build(root, options=Options(jobs=1), today=lambda config: TODAY)
    assert report.published
    files = [file for file in (root / "public").rglob("*") if file.is_file()]
    files = [file for file in files if ".notesite" not in file.parts]
    assert len(files) > 60
    base = "/repo/" if base_url else "/"
    with served(root) as site:
        for file in files:
            path = file.relative_to(root / "public").as_posix()
            answer = site.get(base + quoted(path))
            assert answer.status == 200, path
            scripts = SCRIPT.findall(answer.body)
            assert len(scripts) == path.endswith(".html"), path
            assert SCRIPT.sub(b"", answer.body) == file.read_bytes(), path
        assert len(site.session.snapshot.outputs) == len(files)


def quoted(path: str) -> str:
    from urllib.parse import quote

    return quote(path)


def test_the_script_stands_before_the_end_of_the_body_and_knows_base_path_and_key(
    site: Served,
) -> None:
    page = site.get("/posts/a/").text
    end = page.rindex("</body>")
    key = site.session.snapshot.key("posts/a/index.html")
    script = f'<script src="/.notesite/live.js" data-base="/" data-key="{key}" '
    assert script in page[:end].rpartition("\n")[2]
    assert page[:end].endswith(" defer></script>")
    assert re.fullmatch("[0-9a-f]{16}", key)


def test_html_that_is_copied_gets_the_script_too_at_the_last_end_of_a_body_or_at_its_end(
    site: Served,
) -> None:
    assert SCRIPT.sub(b"|", site.get("/page.html").body) == b"<p>no end|"
    assert SCRIPT.sub(b"|", site.get("/twice.html").body) == (b"<!-- </body> --><BODY>x|</BODY>\n")


def test_the_script_itself_is_served(site: Served) -> None:
    answer = site.get("/.notesite/live.js")
    assert answer.status == 200
    assert answer.headers["content-type"] == "text/javascript; charset=utf-8"
    assert b"EventSource" in answer.body


# --- Addresses -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("asked", "led_to"),
    [
        ("/posts", "/posts/"),
        ("/posts/a", "/posts/a/"),
        ("/posts/a?x=1&y=//evil.example/", "/posts/a/?x=1&y=//evil.example/"),
        ("/posts/%E8%A6%8B%E5%87%BA%E3%81%97", "/posts/%E8%A6%8B%E5%87%BA%E3%81%97/"),
    ],
)
def test_a_folder_without_its_slash_is_led_to_the_one_with_it(
    asked: str, led_to: str, site: Served
) -> None:
    answer = site.get(asked)
    assert (answer.status, answer.headers["location"]) == (301, led_to)


def test_a_url_is_found_in_whatever_normal_form_and_escaping_it_is_asked_for(site: Served) -> None:
    for path in ("/posts/%E8%A6%8B%E5%87%BA%E3%81%97/", "/%70osts/a/", "/posts/a/index.html"):
        assert site.get(path).status == 200, path
    site_with_dakuten = "/posts/%E3%81%8B%E3%82%99/"
    assert site.get(site_with_dakuten).status == 404


def test_a_name_with_an_accent_is_found_as_one_character_and_as_two(tmp_path: Path) -> None:
    with served(write(tmp_path, {"notes/が.md": "# が\n"})) as site:
        assert site.get("/%E3%81%8C/").status == 200
        assert site.get("/%E3%81%8B%E3%82%99/").status == 200


def test_what_is_not_there_is_answered_with_the_page_for_it_and_404(site: Served) -> None:
    answer = site.get("/posts/none/")
    assert answer.status == 404
    assert SCRIPT.findall(answer.body) == [b""]
    found = site.get("/404.html")
    assert found.status == 200
    assert SCRIPT.sub(b"", answer.body) == SCRIPT.sub(b"", found.body)


def test_a_site_is_mounted_under_the_path_of_its_base_url(tmp_path: Path) -> None:
    files = {**SITE, "notesite.yaml": "base_url: https://name.example/レポ/\n"}
    with served(write(tmp_path, files)) as site:
        base = "/%E3%83%AC%E3%83%9D/"
        for asked in ("/", base[:-1]):
            answer = site.get(asked)
            assert (answer.status, answer.headers["location"]) == (301, base)
        page = site.get(base + "posts/a/")
        assert page.status == 200
        assert f'src="{base}.notesite/live.js" data-base="{base}"' in page.text
        assert site.get(base + "posts/a").headers["location"] == base + "posts/a/"
        assert site.get("/posts/a/").status == 404
        assert site.get(base + ".notesite/live.js").status == 200
        with Tab(site.port, base + "posts/a/", {}, base) as tab:
            assert tab.message()["key"] == site.session.snapshot.key("posts/a/index.html")


def test_a_redirect_of_the_site_is_an_output_like_all_others(site: Served) -> None:
    assert 'http-equiv="refresh"' in site.get("/old/").text


# --- Types, conditions, ranges -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/posts/a/", "text/html; charset=utf-8"),
        ("/posts/figure.svg", "image/svg+xml"),
        ("/app.webmanifest", "application/manifest+json"),
        ("/a.xml", "application/xml"),
        ("/a.json", "application/json"),
        ("/a.woff2", "font/woff2"),
        ("/a.txt", "text/plain; charset=utf-8"),
        ("/a.mjs", "text/javascript; charset=utf-8"),
        ("/a.tar.gz", "application/octet-stream"),
        ("/CNAME", "application/octet-stream"),
        ("/data.bin", "application/octet-stream"),
        ("/.well-known/x", "application/octet-stream"),
    ],
)
def test_each_kind_of_file_has_its_type(path: str, kind: str, site: Served) -> None:
    answer = site.get(path)
    assert (answer.status, answer.headers["content-type"]) == (200, kind)


@pytest.mark.parametrize("path", ["/posts/a/", "/data.bin", "/page.html", "/posts/none/"])
def test_head_is_get_without_a_body(path: str, site: Served) -> None:
    whole, head = site.get(path), site.get(path, "HEAD")
    assert head.body == b""
    assert head.status == whole.status
    assert without_date(head.headers) == without_date(whole.headers)
    assert int(head.headers["content-length"]) == len(whole.body)


def without_date(headers: object) -> dict[str, str]:
    assert isinstance(headers, dict)
    return {name: value for name, value in headers.items() if name != "date"}


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS", "PATCH", "TRACE"])
def test_other_methods_are_refused(method: str, site: Served) -> None:
    for path in ("/posts/a/", "/data.bin", "/.notesite/events"):
        assert site.get(path, method).status == 405


@pytest.mark.parametrize("path", ["/posts/a/", "/data.bin", "/page.html", "/assets/missing"])
def test_nothing_is_shown_from_a_browsers_memory_without_asking(path: str, site: Served) -> None:
    assert site.get(path).headers["cache-control"] == "no-cache"


@pytest.mark.parametrize("path", ["/posts/a/", "/data.bin", "/page.html"])
def test_what_a_browser_has_is_not_sent_again(path: str, site: Served) -> None:
    whole = site.get(path)
    tag = whole.headers["etag"]
    for tags in (tag, f'"x", W/{tag}', "*"):
        again = site.get(path, if_none_match=tags)
        assert (again.status, again.body) == (304, b"")
        assert again.headers["etag"] == tag
    assert site.get(path, if_none_match='"x"').status == 200


def test_a_file_says_when_it_changed_last(site: Served) -> None:
    answer = site.get("/data.bin")
    modified = email.utils.parsedate_to_datetime(answer.headers["last-modified"])
    assert int(modified.timestamp()) == int((site.root / "static/data.bin").stat().st_mtime)
    since = answer.headers["last-modified"]
    assert site.get("/data.bin", if_modified_since=since).status == 304


def test_a_part_of_a_file_can_be_asked_for(site: Served) -> None:
    part = site.get("/data.bin", range="bytes=300-309")
    assert (part.status, part.body) == (206, bytes(range(44, 54)))
    assert part.headers["content-range"] == "bytes 300-309/256000"
    assert site.get("/data.bin", range="bytes=-5").body == bytes(range(251, 256))
    assert site.get("/data.bin", range="bytes=256000-").status == 416
    tag = part.headers["etag"]
    assert site.get("/data.bin", range="bytes=0-1", if_range=tag).status == 206
    assert site.get("/data.bin", range="bytes=0-1", if_range='"x"').status == 200


# --- What changed --------------------------------------------------------------------------------


def test_a_file_that_changed_after_the_plan_was_made_is_not_sent_until_it_is_planned(
    own: Served,
) -> None:
    file = own.root / "static/a.txt"
    assert own.get("/a.txt").status == 200
    file.write_text("something else")
    assert own.get("/a.txt").status == 503
    own.rebuild(file)
    assert own.get("/a.txt").body == b"something else"


@pytest.mark.parametrize("rebuilt", [False, True])
def test_a_file_that_is_just_being_saved_is_waited_for(own: Served, rebuilt: bool) -> None:
    file = own.root / "static/a.txt"
    before = own.get("/a.txt").body
    file.write_bytes(b"")  # what a reader finds who comes while it is saved
    with ThreadPoolExecutor(1) as asking:
        asked = asking.submit(own.get, "/a.txt")
        time.sleep(0.1)
        file.write_bytes(b"other" if rebuilt else before)
        if rebuilt:
            own.rebuild(file)
        answer = asked.result()
    assert (answer.status, answer.body) == (200, b"other" if rebuilt else before)


def test_a_tab_is_told_where_its_page_stands_when_it_connects(own: Served) -> None:
    with own.tab("/posts/a/") as tab:
        assert "content-type: text/event-stream" in tab.head
        told = tab.message()
    assert told["key"] == own.session.snapshot.key("posts/a/index.html")
    assert told["changed"] == []
    assert told["problems"] == []
    assert told["progress"] is None
    assert re.fullmatch("[0-9a-f]{16}", told["server"])


@pytest.mark.parametrize("path", ["/posts/none/", "/posts/a", "/..%2f", "%00", "", "//x"])
def test_a_tab_where_no_page_is_has_no_key(path: str, site: Served) -> None:
    with site.tab(path) as tab:
        assert tab.message()["key"] == ""


def test_only_the_tab_whose_page_changed_is_told(own: Served) -> None:
    with own.tab("/posts/a/") as a, own.tab("/posts/b/") as b:
        before, _ = a.message(), b.message()
        own.save("notes/posts/a.md", NOTE + "\nMore.\n" * 300)
        after = a.message()
        assert after["key"] not in ("", before["key"])
        page = own.get("/posts/a/")
        assert SCRIPT.findall(page.body) == [after["key"].encode()]
        assert page.text.count("More.") > 200
        assert b.is_silent()


def test_a_save_without_a_change_tells_nobody(own: Served) -> None:
    with own.tab("/posts/a/") as tab:
        tab.message()
        own.save("notes/posts/a.md", NOTE)
        assert tab.is_silent()


def test_a_tab_is_told_of_files_that_changed_and_after_a_break_of_those_it_missed(
    own: Served,
) -> None:
    with own.tab("/posts/b/") as tab:
        tab.message()
        own.save("notes/posts/figure.svg", "<svg/>")
        assert tab.message()["changed"] == ["/posts/figure.svg"]
        seen = tab.id
    own.save("static/a.txt", "new")
    (own.root / "static/a.json").unlink()
    own.rebuild(own.root / "static/a.json")
    with own.tab("/posts/b/", since=seen) as tab:
        assert tab.message()["changed"] == ["/a.json", "/a.txt"]
    for since in ("", "x-1", f"{'0' * 16}-1", seen.replace("-", "-9" * 9), "-"):
        with own.tab("/posts/b/", since=since) as tab:
            assert tab.message()["changed"] == []


def test_the_name_of_a_file_that_changed_is_the_one_in_a_page(own: Served) -> None:
    own.save("notes/posts/図 1#.svg", "<svg/>")
    with own.tab("/posts/a/") as tab:
        tab.message()
        own.save("notes/posts/図 1#.svg", "<svg />")
        [changed] = tab.message()["changed"]
    assert changed == "/posts/%E5%9B%B3%201%23.svg"
    assert own.get(changed).body == b"<svg />"


def test_every_tab_is_told_of_a_problem_and_of_its_end(own: Served) -> None:
    with own.tab("/posts/b/") as tab:
        tab.message()
        own.save("notes/posts/a.md", NOTE.replace("2025-01-01", "2025-13-01"))
        [problem] = tab.message()["problems"]
        assert problem["level"] == "error"
        assert (problem["path"], problem["line"]) == ("notes/posts/a.md", 3)
        assert problem["source_line"] == "date: 2025-13-01"
        assert set(problem) == {
            "level", "message", "path", "line", "column", "source_line", "hint", "frame",
        }  # fmt: skip
        own.save("notes/posts/a.md", NOTE)
        assert tab.message()["problems"] == []


def test_notes_of_advice_are_counted_and_not_sent(own: Served) -> None:
    own.save("notesite.yaml", "title: T\n")  # no base_url
    with own.tab("/posts/a/") as tab:
        told = tab.message()
    assert (told["problems"], told["notes"]) == ([], 1)


def test_a_tab_that_does_not_read_holds_up_nobody_and_gets_the_newest_state(own: Served) -> None:
    own.save("notes/posts/a.md", NOTE)
    wrong = "".join(f"[x{n}](none{n}.md)\n" for n in range(400))
    with own.tab("/posts/a/") as slow, own.tab("/posts/a/") as quick:
        quick.message()
        for number in range(60):
            own.save("notes/posts/a.md", f"{NOTE}\nEdit {number}.\n\n{wrong}{number}")
            last = quick.message()
            while last["key"] != own.session.snapshot.key("posts/a/index.html"):
                last = quick.message()
        keys = [slow.message()["key"]]
        while keys[-1] != last["key"]:
            keys.append(slow.message()["key"])
        assert len(keys) < 60


def test_a_tab_that_goes_away_is_forgotten(own: Served) -> None:
    for _ in range(50):
        with own.tab("/posts/a/") as tab:
            tab.message()
    gone = threading.Event()
    for _ in range(100):
        own.serving.soon(lambda: gone.set() if not len(own.tabs) else None)
        if gone.wait(0.1):
            break
    assert gone.is_set()


def test_a_tab_hears_from_time_to_time_that_the_server_is_there(
    own: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("notesite.serve.events.KEEP_ALIVE", 0.05)
    with own.tab("/posts/a/") as tab:
        tab.message()
        lines = [tab._lines.readline() for _ in range(12)]
    assert b"event: ping\n" in lines


# --- Before there is a site ----------------------------------------------------------------------


def test_requests_are_answered_with_progress_while_the_site_is_read(tmp_path: Path) -> None:
    with served(write(tmp_path, SITE), first=False) as site:
        for path in ("/", "/posts/a/", "/none", "/data.bin"):
            answer = site.get(path)
            assert (answer.status, answer.headers["retry-after"]) == (503, "1")
            assert "The site is being read" in answer.text
            assert "src=" not in answer.text  # it needs nothing else
        with site.tab("/posts/a/") as tab:
            told = tab.message()
            assert (told["key"], told["ready"]) == ("", False)
            assert told["progress"] == {"stage": "starting", "done": 0, "total": 0}
            site.progress("reading notes", 1, 3)
            assert tab.message()["progress"] == {"stage": "reading notes", "done": 1, "total": 3}
            site.rebuild()
            while not told["ready"]:
                told = tab.message()
            assert told["key"] == site.session.snapshot.key("posts/a/index.html")
            assert told["progress"] is None
        assert site.get("/posts/a/").status == 200


def test_a_site_whose_settings_are_broken_at_the_start_waits_until_they_are_mended(
    tmp_path: Path,
) -> None:
    with served(write(tmp_path, {**SITE, "notesite.yaml": "titel: T\n"})) as site:
        assert site.get("/").status == 503
        with site.tab("/") as tab:
            told = tab.message()
            assert (told["ready"], told["progress"]) == (False, None)
            [problem] = told["problems"]
            assert (problem["path"], problem["line"]) == ("notesite.yaml", 1)
            site.save("notesite.yaml", "title: T\nbase_url: https://example.org/\n")
            while not told["ready"]:
                told = tab.message()
            assert told["problems"] == []
        assert site.get("/").status == 200
