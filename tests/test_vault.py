"""../shared/data/quartz-docs, a vault by others: each link, embed and callout is what its author
meant.

What there is to find is counted in the source by patterns of this test alone.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple
from urllib.parse import unquote
from xml.etree.ElementTree import Element

import html5lib
import pytest
from histories import built

from notesite.markdown.callouts import ALIASES
from notesite.names import slugify
from notesite.report import Report

CODE = re.compile(r"^[ \t>]*(`{3,}|~{3,}).*?^[ \t>]*\1`*[ \t]*$|`+[^`\n]+`+", re.M | re.S)
LINK = re.compile(r"(!?)\[\[([^\[\]\n|#\\]*)(?:#([^\[\]\n|\\]*))?(?:\\?\|([^\[\]\n]*))?\]\]")
DEAD = "Layout"  # a heading that `configuration` no longer has
UNWRITTEN = "quartz layout.png"  # the image that is there has another name
CALLOUT = re.compile(r"^[ \t]*(?:>[ \t]*)+\[!([\w-]+)[^\]]*\]", re.M)


class Wiki(NamedTuple):
    embed: str
    name: str
    heading: str
    label: str

    @property
    def text(self) -> str:
        """What the link says."""
        return self.label or " > ".join(part for part in (self.name, self.heading) if part)


class Vault(NamedTuple):
    folder: Path
    report: Report
    sources: dict[str, str]  # path without its suffix -> text without front matter and code

    def prose(self, path: str) -> Element:
        file = self.folder / "public" / self.url(path).strip("/") / "index.html"
        tree = html5lib.parse(file.read_text("utf-8"), namespaceHTMLElements=False)
        return next(e for e in tree.iter() if "prose" in e.get("class", "").split())

    def url(self, path: str) -> str:
        parts = [slugify(part) for part in path.split("/") if part != "index"]
        return "/" + "".join(part + "/" for part in parts)

    def named(self, name: str) -> list[str]:
        """The notes whose path ends in this name."""
        wanted = f"/{name.strip().strip('/').lower()}"
        return [path for path in self.sources if f"/{path.lower()}".endswith(wanted)]


@pytest.fixture(scope="module")
def vault(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> Vault:
    root = tmp_path_factory.mktemp("vault")
    shutil.copytree(shared / "quartz-docs/docs", root / "notes")
    report = built(root, drafts=True)
    files = sorted((root / "notes").rglob("*.md"))
    return Vault(
        root, report, {str(f.relative_to(root / "notes").with_suffix("")): _text(f) for f in files}
    )


def _text(file: Path) -> str:
    text = re.sub(r"\A---\n.*?\n---\n", "", file.read_text("utf-8"), flags=re.S)
    return CODE.sub(
        lambda found: found[0] if "\n" not in found[0] and "[[" not in found[0] else "", text
    )


def wikilinks(text: str) -> Iterator[Wiki]:
    for found in LINK.finditer(text):
        yield Wiki(*(part or "" for part in found.groups()))


def test_there_are_as_many_as_counted(vault: Vault) -> None:
    links = [link for text in vault.sources.values() for link in wikilinks(text)]
    callouts = sum(len(CALLOUT.findall(text)) for text in vault.sources.values())

    assert [
        sum(not link.embed for link in links),
        sum(bool(link.embed) for link in links),
        callouts,
    ] == [208, 16, 98]


def test_every_link_says_and_leads_to_what_is_meant(vault: Vault) -> None:
    pages = {vault.url(path): path for path in vault.sources}
    for path, text in vault.sources.items():
        anchors = iter([a for a in vault.prose(path).iter("a") if a.get("class") != "anchor"])
        for link in wikilinks(text):
            if link.embed:
                continue
            anchor = next((a for a in anchors if "".join(a.itertext()) == link.text), None)
            assert anchor is not None, f"{path}: {link} stands nowhere, or not in this order"
            page, _, ident = unquote(anchor.get("href", "")).partition("#")
            notes = vault.named(link.name) if link.name else [path]
            if notes and page:
                assert page in [vault.url(note) for note in notes], f"{path}: {link}"
            elif not notes and link.name != UNWRITTEN:  # the page of a tag
                assert (vault.folder / "public" / page.strip("/") / "index.html").exists(), link
            if ident and link.heading != DEAD:
                ids = {each.get("id") for each in vault.prose(pages[page] if page else path).iter()}
                assert ident in ids, f"{path}: {link}"


def test_every_embed_is_an_image_of_that_name(vault: Vault) -> None:
    for path, text in vault.sources.items():
        images = [unquote(image.get("src", "")) for image in vault.prose(path).iter("img")]
        wanted = [link.name for link in wikilinks(text) if link.embed]
        assert [
            src.rpartition("/")[2] for src in images if src.rpartition("/")[2] in wanted
        ] == wanted


def test_every_callout_is_one_of_its_kind(vault: Vault) -> None:
    for path, text in vault.sources.items():
        kinds = [ALIASES.get(kind.lower(), kind.lower()) for kind in CALLOUT.findall(text)]
        found = [
            each.get("data-callout")
            for each in vault.prose(path).iter()
            if "callout" in each.get("class", "").split()
        ]
        assert found == kinds, path


IMAGES = [  # they were left out of the copy for their size
    ("features/comments.md", 9, "giscus-example.png"),
    ("features/comments.md", 31, "giscus-results.png"),
    ("features/social images.md", 15, "social-image-preview-light.png"),
    ("features/social images.md", 15, "social-image-preview-dark.png"),
    ("plugins/CustomOgImages.md", 150, "custom-social-image-preview-light.png"),
    ("plugins/CustomOgImages.md", 150, "custom-social-image-preview-dark.png"),
    ("setting up your GitHub repository.md", 13, "github-quick-setup.png"),
]
INDEX = "`index` is the name of several notes: index.md" + "".join(
    f", {folder}/index.md" for folder in ("advanced", "features", "plugins")
)
OTHERS = [
    (
        "advanced/creating components.md",
        224,
        "there is no heading or id `Layout` in `configuration`",
    ),
    ("authoring content.md", 5, INDEX),
    ("build.md", 5, INDEX),
    ("setting up your GitHub repository.md", 5, INDEX),
    ("features/popover previews.md", 11, "`quartz layout.png` is not written yet"),
    ("layout.md", 38, "`component.md` does not exist"),  # it is tags/component.md
]


def test_what_is_left_is_told_with_its_place(vault: Vault) -> None:
    images = [(path, line, f"the image `{name}` does not exist") for path, line, name in IMAGES]
    found = [
        (p.location.path.removeprefix("notes/"), p.location.line, p.message)
        for p in vault.report.problems
        if p.location.path.startswith("notes/")
    ]

    assert sorted(found) == sorted([*images, *OTHERS])
