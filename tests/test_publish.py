"""Publishing: one commit, nothing of anyone else's touched, every folder that must be refused."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from publishing import NEW, OLD, Files, counts, messages, put, tree

from notesite.names import LONGEST, unsafe_name
from notesite.publish import Published, clean, publish
from notesite.publish.paths import unlink_owned


@pytest.fixture
def output(tmp_path: Path) -> Path:
    return tmp_path / "public"


# --- what is written, kept and removed ------------------------------------------------------------


def test_the_output_is_exactly_the_new_site(output: Path) -> None:
    assert put(output, OLD) == Published(written=3)
    assert put(output, NEW) == Published(written=3, removed=1)
    assert tree(output) == NEW
    assert not (output / "posts" / "a").exists()
    assert os.listdir(output / ".notesite") == ["manifest.json"]


def test_a_file_with_the_same_bytes_is_not_touched(output: Path) -> None:
    put(output, OLD)
    before = os.stat(output / "site.css")
    assert put(output, {**OLD, "index.html": b"x"}) == Published(written=1, unchanged=2)
    after = os.stat(output / "site.css")
    assert (before.st_ino, before.st_mtime_ns) == (after.st_ino, after.st_mtime_ns)


@pytest.mark.parametrize("harm", ["removed", "altered", "altered to the same size", "made a link"])
def test_an_output_file_that_someone_harmed_is_written_again(output: Path, harm: str) -> None:
    put(output, OLD)
    victim = output / "index.html"
    if harm == "removed":
        victim.unlink()
    elif harm == "made a link":
        victim.unlink()
        victim.symlink_to(output / "site.css")
    else:
        victim.write_bytes(b"OLD home" if "size" in harm else b"something else")
    assert put(output, OLD).written == 1
    assert tree(output) == OLD
    assert not victim.is_symlink()


def test_a_file_is_copied_in_blocks_and_left_alone_while_it_is_the_same(
    output: Path, tmp_path: Path
) -> None:
    photo = tmp_path / "photo.png"
    photo.write_bytes(os.urandom(3 * 2**20 + 7))
    assert counts(publish([("p.png", photo)], output, sources=[])) == Published(written=1)
    assert (output / "p.png").read_bytes() == photo.read_bytes()
    assert counts(publish([("p.png", photo)], output, sources=[])) == Published(unchanged=1)


def test_a_file_becomes_a_folder_and_a_folder_a_file(output: Path) -> None:
    put(output, {"a": b"file", "b/c/d": b"deep", "Case.html": b"1"})
    after = {"a/index.html": b"folder", "b": b"file", "case.html": b"1"}
    assert put(output, after) == Published(written=3, removed=3)
    assert tree(output) == after


def test_files_of_others_and_empty_folders_of_others_stay(output: Path) -> None:
    put(output, OLD)
    (output / "posts" / "a" / "mine.txt").write_text("mine")
    (output / "empty").mkdir()
    put(output, NEW)
    assert tree(output) == {**NEW, "posts/a/mine.txt": b"mine"}
    assert clean(output, sources=[]).removed == 3
    assert tree(output) == {"posts/a/mine.txt": b"mine"}
    assert (output / "empty").is_dir()
    assert put(output, OLD).problems == ()


@pytest.mark.parametrize(
    ("strange", "named"),
    [
        ("posts/b/index.html", "posts/b/index.html"),
        ("posts/b", "posts/b"),
        ("new.css/deep/x", "new.css"),
    ],
)
def test_a_file_of_someone_else_in_the_way_stops_the_build_and_is_named(
    output: Path, strange: str, named: str
) -> None:
    put(output, OLD)
    (output / strange).parent.mkdir(parents=True, exist_ok=True)
    (output / strange).write_text("mine")
    published = put(output, {**NEW, "new.css": b""})
    assert f"public/{named}: notesite did not write this file" in messages(published)
    assert all(problem.frame for problem in published.problems)
    assert tree(output) == {**OLD, strange: b"mine"}


def test_an_equal_file_of_someone_else_is_published_but_never_removed(output: Path) -> None:
    put(output, OLD)
    (output / "CNAME").write_bytes(b"example.org")
    assert put(output, {**OLD, "CNAME": b"example.org"}) == Published(unchanged=4)
    put(output, OLD)
    clean(output, sources=[])
    assert tree(output) == {"CNAME": b"example.org"}


def test_a_linked_folder_in_the_output_is_not_written_or_deleted_through(
    output: Path, tmp_path: Path
) -> None:
    put(output, OLD)
    elsewhere = tmp_path / "elsewhere"
    (elsewhere / "a").mkdir(parents=True)
    (elsewhere / "a" / "index.html").write_text("not yours")
    for path in ("posts/a/index.html", "posts/a", "posts"):
        (output / path).unlink() if path.endswith(".html") else (output / path).rmdir()
    (output / "posts").symlink_to(elsewhere)
    assert "public/posts: notesite did not write" in messages(put(output, NEW))
    assert put(output, {"index.html": b"x"}).removed == 2
    assert tree(elsewhere) == {"a/index.html": b"not yours"}


def test_a_hard_link_to_an_output_file_keeps_its_content(output: Path, tmp_path: Path) -> None:
    put(output, OLD)
    os.link(output / "index.html", tmp_path / "kept")
    put(output, NEW)
    assert (tmp_path / "kept").read_bytes() == OLD["index.html"]


def test_modes_are_644_and_755_whatever_the_umask(output: Path) -> None:
    before = os.umask(0o077)
    try:
        put(output, OLD)
    finally:
        os.umask(before)
    modes = {stat.S_IMODE(path.stat().st_mode) for path in output.rglob("*") if path.is_file()}
    assert modes == {0o644}
    folders = [output, *(path for path in output.rglob("*") if path.is_dir())]
    assert {stat.S_IMODE(path.stat().st_mode) for path in folders} == {0o755}


def test_assets_come_first_then_pages_then_listings_and_deletions_last(output: Path) -> None:
    put(output, {"gone.html": b""})
    steps: list[str] = []
    names = ["index.html", "feed.xml", "tags/x/page/2/index.html", "page/2/index.html"]
    names += ["posts/b/index.html", "posts/a/index.html", "site.css", "posts/a/photo.png"]
    put(output, dict.fromkeys(names, b""), step=steps.append)
    done = steps[steps.index("commit") + 1 :]
    assert done == [
        "rename site.css", "rename posts/a/photo.png",
        "rename posts/b/index.html", "rename posts/a/index.html",
        "rename index.html", "rename feed.xml",
        "rename tags/x/page/2/index.html", "rename page/2/index.html",
        "remove gone.html", "manifest", "forget",
    ]  # fmt: skip


def test_an_exception_while_the_pages_are_made_changes_nothing(output: Path) -> None:
    put(output, OLD)

    def files() -> Iterator[tuple[str, bytes]]:
        yield "index.html", b"new"
        raise KeyError("a bug")

    with pytest.raises(KeyError):
        publish(files(), output, sources=[])
    assert tree(output) == OLD
    assert os.listdir(output / ".notesite") == ["manifest.json"]


def test_two_files_that_are_one_where_case_does_not_count_are_named_both(output: Path) -> None:
    published = put(output, {"A.html": b"", "a.html": b"", "\u30ac": b"", "\u30ab\u3099": b""})
    assert "public/a.html: this file cannot be published: A.html is published too" in messages(
        published
    )
    assert len(published.problems) == 2
    assert tree(output) == {}


@pytest.mark.parametrize("order", [("posts", "posts/x/y.html"), ("Posts/x/y.html", "posts")])
def test_a_path_that_would_be_a_file_and_a_folder_is_never_committed(
    output: Path, order: tuple[str, str]
) -> None:
    published = put(output, dict.fromkeys(order, b""))
    assert "this file cannot be published" in messages(published)
    assert all(path in messages(published) for path in order)
    assert tree(output) == {}
    assert put(output, NEW).problems == ()


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.dictionaries(
            st.sampled_from(["a", "a/b", "a/b/c", "b", "b/c", "A", "d/e.html", "d/f"]),
            st.sampled_from([b"", b"1", b"2"]),
            max_size=5,
        ),
        max_size=6,
    )
)
def test_after_any_sequence_of_sites_the_output_is_the_last_one(
    tmp_path_factory: pytest.TempPathFactory, sites: list[Files]
) -> None:
    output = tmp_path_factory.mktemp("any") / "public"
    for site in sites:
        folders = {
            "/".join(p.split("/")[:n]).lower() for p in site for n in range(1, p.count("/") + 1)
        }
        site = {
            p: c
            for p, c in site.items()
            if p.lower() not in folders and (p != "A" or "a" not in site)
        }
        assert put(output, site).problems == ()
        assert tree(output) == site
    assert clean(output, sources=[]).problems == ()
    assert not output.exists() or not os.listdir(output)


# --- names ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ("CON.md", "device"), ("posts/aux/index.html", "device"), ("com¹.txt", "device"),
        ("nul", "device"), ("LPT9.tar.gz", "device"), ("a./x", "ends in a dot"),
        ("a /x", "ends in a dot or a space"), ("a:b", ": cannot"), ("a\\b", "\\ cannot"),
        ("a?", "? cannot"), ("a\x1fb", "control"), ("x" * 201, "201 bytes"),
        ("あ" * 67, "201 bytes"), ("../x", "dots"), ("a//b", "empty"), ("", "not a path"),
        ("/x", "not a path"), (".notesite/manifest.json", "belongs to notesite"),
        (".NoteSite/x", "belongs to notesite"), ("a\udc80", "UTF-8"),
    ],
)  # fmt: skip
def test_a_name_that_some_system_cannot_hold_has_a_reason(path: str, reason: str) -> None:
    assert reason in str(unsafe_name(path))


@pytest.mark.parametrize(
    "path",
    ["index.html", "posts/コルモゴロフ複雑性/index.html", "a b/c.png", "console", "c++/#%&.x",
     ".well-known/x", ".nojekyll", "com0", "-x", "あ" * 66, "x" * LONGEST],
)  # fmt: skip
def test_other_names_are_fine(path: str) -> None:
    assert unsafe_name(path) is None


def test_an_unsafe_name_stops_the_build(output: Path) -> None:
    published = put(output, {"../escape": b"", "CON": b""})
    assert len(published.problems) == 2
    assert "public/CON: this file cannot be published" in messages(published)
    assert unlink_owned(output, "../escape") is False
