"""Requests that no browser sends, and pages of other sites: they get nothing but a refusal.

The raw bytes go over a socket, because every client would tidy them up.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from serving import Served, served, write

SECRET = b"SECRET"
SITE: dict[str, str | bytes] = {
    "notesite.yaml": "title: T  # SECRET\n",
    "notes/a.md": "# A\n",
    "notes/_private.md": "SECRET\n",
    "notes/draft.md": "---\ndraft: true\n---\n\nSECRET\n",
    "notes/broken.md": "---\ndate: SECRET\n---\n\nSECRET\n",
    "notes/.env": SECRET,
    "notes/pictures/x.png": b"png",
    "static/sub/file.txt": "text",
    "templates/partials/after_content.html": "{# SECRET #}",
    ".git/config": SECRET,
    ".env": SECRET,
    "public/old.html": SECRET,
}

_TARGETS = [
    "/../notesite.yaml", "/..", "/./", "/a/..", "/a/../../notesite.yaml", "//notesite.yaml",
    "/%2e%2e/notesite.yaml", "/%2e%2e%2fnotesite.yaml", "/..%2fnotesite.yaml", "/.%2e/x",
    "/%252e%252e/notesite.yaml", "/%252e%252e%252fnotesite.yaml", "/%25252e%25252e/x",
    "/..\\notesite.yaml", "/..%5cnotesite.yaml", "/%5c..%5cnotesite.yaml", "\\notesite.yaml",
    "/sub\\file.txt", "/sub%5cfile.txt", "/sub/..%5c..%5cnotesite.yaml",
    "/..;/notesite.yaml", "/..%00/notesite.yaml", "/sub/file.txt%00", "/sub/file.txt%00.html",
    "/%00", "/a%0d%0aSet-Cookie:%20x=1", "/a%0aLocation:%20//evil.example", "/%c0%ae%c0%ae/x",
    "/%c0%af", "/%ff", "/%e3%81", "/%u002e%u002e/", "/%", "/%2", "/%zz",
    "/notesite.yaml", "/notes/a.md", "/a.md", "/_private/", "/_private.md", "/draft/", "/.env",
    "/.git/config", "/.notesite/cache.sqlite", "/.notesite/manifest.json", "/.notesite/",
    "/.notesite/live.js/../../notesite.yaml", "/public/old.html", "/old.html",
    "/templates/partials/after_content.html", "/etc/passwd", "//etc/passwd", "///etc/passwd",
    "/file:///etc/passwd", "file:///etc/passwd", "/C:/Windows/win.ini", "/CON", "/aux.html",
    "/sub/file.txt/", "/sub/file.txt/..", "/sub/file.txt#", "/sub/#/../../notesite.yaml",
    "/@fs/etc/passwd", "/@fs/etc/passwd?raw??", "/sub/file.txt?../../notesite.yaml",
    "/?path=../../notesite.yaml", "/.notesite/events?path=../../../etc/passwd",
    "http://evil.example/", "http://evil.example/a/", "https://localhost/a/", "localhost/a/", "*",
    "a/", "evil.example:80", "//evil.example", "//evil.example/", "//evil.example/..", "/\\evil",
    "//evil.example/%2e%2e", "/%2f%2fevil.example", "/%2fevil.example/a", "/a//", "//a", "//a/",
    "/a?//evil.example", "/sub", "/pictures", "/notes", "/static/sub/file.txt",
    "/" + "a" * 9000, "/" + "%41" * 5000, "/" + "../" * 2000, "/" + "a/" * 3000,
    "/?" + "x" * 9000,
]  # fmt: skip


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with served(write(tmp_path_factory.mktemp("site") / "in", SITE)) as site:
        yield site


def answer(site: Served, target: str, *lines: str, method: str = "GET", host: str = "") -> bytes:
    host = host or f"localhost:{site.port}"
    head = [f"{method} {target} HTTP/1.1", f"Host: {host}", "Connection: close", *lines]
    return site.raw("\r\n".join([*head, "", ""]).encode("latin-1"))


def status(answer: bytes) -> int:
    return int(answer.split(b" ", 2)[1])


@pytest.mark.parametrize("target", _TARGETS, ids=range(len(_TARGETS)))
def test_no_path_leads_to_anything_but_the_site(target: str, site: Served) -> None:
    said = answer(site, target, method="HEAD" if "events" in target else "GET")
    assert status(said) in (200, 301, 400, 404), said[:200]
    head, _, _ = said.partition(b"\r\n\r\n")
    assert SECRET not in said
    assert b"root:" not in said
    assert b"Set-Cookie" not in head
    assert b"set-cookie" not in head
    location = next((h for h in head.split(b"\r\n") if h.lower().startswith(b"location:")), b"")
    where = location.partition(b": ")[2]
    assert not location or (where.startswith(b"/") and not where.startswith((b"//", b"/\\")))


def test_what_is_there_would_be_found_like_that(site: Served) -> None:
    assert answer(site, "/sub/file.txt").endswith(b"\r\n\r\ntext")


@pytest.mark.parametrize(
    "target",
    [
        "/../notesite.yaml", "/%2e%2e/notesite.yaml", "/sub%5cfile.txt", "/sub/file.txt%00", "/%ff",
        "/a%0ab", "http://localhost/a/", "/sub/file.txt#", "/" + "a" * 9000,
    ],
    ids=range(9),
)  # fmt: skip
def test_what_no_browser_asks_for_is_refused_before_it_is_looked_up(
    target: str, site: Served
) -> None:
    assert status(answer(site, target)) == 400


def test_a_path_that_is_encoded_twice_is_decoded_once(site: Served) -> None:
    assert status(answer(site, "/%61/")) == 200
    assert status(answer(site, "/%2561/")) == 404


@pytest.mark.parametrize(
    "request_",
    [
        b"", b"\r\n\r\n", b"GET\r\n\r\n", b"GET / HTTP/9.9\r\n\r\n", b"\x16\x03\x01\x02\x00\x01",
        b"GET / HTTP/1.1\r\n\r\n", b"GET / HTTP/1.1\r\nHost: a\r\nHost: localhost\r\n\r\n",
        b"GET / HTTP/1.0\r\n\r\n", b"GET /\r\n", b"GET / HTTP/1.1\r\nHost : localhost\r\n\r\n",
        b"GET / HTTP/1.1\r\nX: " + b"x" * 100_000 + b"\r\n\r\n", b"\0" * 1000,
        b"GET / HTTP/1.1\r\nHost: localhost\r\nContent-Length: -1\r\n\r\n",
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        b"GET /\xe3\x81\x82 HTTP/1.1\r\nHost: localhost\r\n\r\n",
        b"CONNECT evil.example:80 HTTP/1.1\r\nHost: localhost\r\n\r\n",
    ],
    ids=range(16),
)  # fmt: skip
def test_what_is_no_request_of_ours_ends_in_a_refusal_and_the_server_goes_on(
    request_: bytes, site: Served
) -> None:
    said = site.raw(request_, whole=False)
    assert not said or status(said) in (400, 404, 405, 421, 505), said[:100]
    assert b"Traceback" not in said
    assert site.get("/a/").status == 200


# --- Names of the server, and pages of other sites -----------------------------------------------


@pytest.mark.parametrize(
    "host",
    ["localhost", "LOCALHOST", "localhost:{port}", "localhost:9", "127.0.0.1", "127.0.0.1:{port}",
     "[::1]", "[::1]:{port}"],
)  # fmt: skip
def test_it_answers_to_its_own_names(host: str, site: Served) -> None:
    assert status(answer(site, "/a/", host=host.format(port=site.port))) == 200


@pytest.mark.parametrize(
    "host",
    ["evil.example", "evil.example:{port}", "localhost.evil.example", "evil.localhost.example",
     "localhost.", "127.0.0.1.evil.example", "127.0.0.2", "0.0.0.0", "10.0.0.1", "[::]", "::1",
     "[::1].evil.example", "localhost:evil", "localhost:80:80", "localhost@evil.example",
     "user@localhost", "localhost/", "localhost evil", "2130706433", "0x7f.1", "[::ffff:7f00:1]"],
)  # fmt: skip
def test_under_another_name_nothing_is_told(host: str, site: Served) -> None:
    for target in ("/a/", "/sub/file.txt", "/.notesite/events?path=/a/", "/none"):
        said = answer(site, target, host=host.format(port=site.port))
        assert status(said) in (400, 421)
        assert b"answers to its own names only" in said or status(said) == 400
        assert SECRET not in said


def test_a_server_for_the_network_answers_to_addresses_but_to_no_name_of_others(
    tmp_path: Path,
) -> None:
    import socket

    with served(write(tmp_path, {"a.md": "# A\n"}), host="0.0.0.0") as site:
        for host in ("192.168.1.5:80", "10.0.0.1", "[fe80::1]", "localhost", socket.gethostname()):
            assert status(answer(site, "/a/", host=host)) == 200, host
        for host in ("evil.example", "1.2.3", "192.168.1.5.evil.example", "0x7f.1"):
            assert status(answer(site, "/a/", host=host)) == 421, host


def test_the_name_that_it_is_told_to_listen_at_is_its_own(tmp_path: Path) -> None:
    with served(write(tmp_path, {"a.md": "# A\n"}), host="localhost") as site:
        assert status(answer(site, "/a/")) == 200
        assert status(answer(site, "/a/", host="127.0.0.9")) == 421


@pytest.mark.parametrize(
    "origin",
    ["http://evil.example", "null", "https://localhost:{port}", "http://localhost", "",
     "http://localhost:9", "http://127.0.0.1:{port}", "http://localhost:{port}.evil.example",
     "http://localhost:{port}/", "file://", "http://[::1]:{port}", "http://user@localhost:{port}"],
)  # fmt: skip
def test_a_page_of_another_origin_is_not_told_what_changed(origin: str, site: Served) -> None:
    line = f"Origin: {origin.format(port=site.port)}"
    said = answer(site, "/.notesite/events?path=/a/", line)
    assert status(said) == 403
    assert b"data:" not in said


@pytest.mark.parametrize("where", ["cross-site", "same-site", "Cross-Site", "x"])
def test_what_the_browser_says_comes_from_elsewhere_is_not_told_what_changed(
    where: str, site: Served
) -> None:
    said = answer(site, "/.notesite/events?path=/a/", f"Sec-Fetch-Site: {where}")
    assert status(said) == 403


def test_its_own_pages_are_told(site: Served) -> None:
    for lines in (
        [f"Origin: http://localhost:{site.port}"],
        [f"Origin: http://LOCALHOST:{site.port}"],
        ["Sec-Fetch-Site: same-origin"],
        [],
    ):
        said = answer(site, "/.notesite/events?path=/a/", *lines, method="HEAD")
        assert status(said) == 200
        assert b"text/event-stream" in said


@pytest.mark.parametrize(
    "target", ["/a/", "/sub/file.txt", "/.notesite/live.js", "/.notesite/events", "/none", "/sub"]
)
def test_no_header_lets_pages_of_others_read_an_answer(target: str, site: Served) -> None:
    for line in ("Origin: http://evil.example", f"Origin: http://localhost:{site.port}"):
        head = answer(site, target, line, method="HEAD").lower()
        assert b"access-control" not in head
        assert b"cross-origin-resource-policy: same-origin" in head
        assert b"x-content-type-options: nosniff" in head


# --- Links that are put in the place of files ----------------------------------------------------


@pytest.fixture
def swapped(tmp_path: Path) -> Iterator[tuple[Served, Path]]:
    """A served site, and a file outside of it."""
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "file.txt").write_bytes(SECRET)
    (outside / "x.md").write_text("# SECRET\n")
    with served(write(tmp_path / "site", SITE)) as site:
        yield site, outside


@pytest.mark.parametrize("rebuilt", [False, True])
def test_a_file_that_became_a_link_out_of_the_site_is_not_sent(
    rebuilt: bool, swapped: tuple[Served, Path]
) -> None:
    site, outside = swapped
    assert site.get("/sub/file.txt").body == b"text"
    file = site.root / "static/sub/file.txt"
    file.unlink()
    file.symlink_to(outside / "file.txt")
    if rebuilt:
        site.rebuild(file)
    found = site.get("/sub/file.txt")
    assert found.status in (404, 503)
    assert SECRET not in found.body


@pytest.mark.parametrize("rebuilt", [False, True])
def test_a_folder_that_became_a_link_out_of_the_site_is_not_followed(
    rebuilt: bool, swapped: tuple[Served, Path]
) -> None:
    site, outside = swapped
    folder = site.root / "static/sub"
    folder.rename(site.root.parent / "away")
    folder.symlink_to(outside)
    if rebuilt:
        site.rebuild(folder)
    assert site.get("/sub/file.txt").status in (404, 503)


def test_a_note_that_became_a_link_out_of_the_site_is_gone_and_named(
    swapped: tuple[Served, Path],
) -> None:
    site, outside = swapped
    note = site.root / "notes/a.md"
    note.unlink()
    note.symlink_to(outside / "x.md")
    site.rebuild(note)
    assert site.get("/a/").status == 404
    said = [problem.message for problem in site.session.snapshot.problems]
    assert "this link leads out of the site and is not followed" in said


def test_a_pipe_in_the_place_of_a_file_holds_up_nobody(swapped: tuple[Served, Path]) -> None:
    site, _ = swapped
    file = site.root / "static/sub/file.txt"
    file.unlink()
    os.mkfifo(file)
    assert site.get("/sub/file.txt").status == 503
    site.rebuild(file)
    assert site.get("/sub/file.txt").status == 404


def test_no_file_stays_open(swapped: tuple[Served, Path]) -> None:
    site, _ = swapped
    before = len(os.listdir("/proc/self/fd")) if os.path.isdir("/proc/self/fd") else 0
    for headers in ({}, {"if_none_match": "*"}, {"range": "bytes=0-1"}, {"range": "bytes=9-"}):
        for method in ("GET", "HEAD"):
            for _ in range(5):
                site.get("/sub/file.txt", method, **headers)
    site.get("/a/")
    after = len(os.listdir("/proc/self/fd")) if before else 0
    assert after <= before + 3


# A file that a thread opens for a reader who has gone meanwhile is closed by Python, with a word.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_a_reader_that_stops_in_the_middle_of_a_file_costs_no_handle(
    swapped: tuple[Served, Path],
) -> None:
    import socket
    import time

    site, _ = swapped
    site.save("static/big.bin", bytes(8_000_000))
    for _ in range(10):
        with socket.create_connection(("127.0.0.1", site.port)) as connection:
            connection.sendall(b"GET /big.bin HTTP/1.1\r\nHost: localhost\r\n\r\n")
            connection.recv(1000)
    for _ in range(50):
        still = [fd for fd in os.listdir("/proc/self/fd") if links_to(fd).endswith("big.bin")]
        if not still:
            break
        time.sleep(0.1)
    assert still == []


def links_to(handle: str) -> str:
    try:
        return os.readlink(f"/proc/self/fd/{handle}")
    except OSError:
        return ""
