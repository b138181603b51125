"""A built site -> every link in it that leads nowhere or to another host. And how sites are built.

The crawler knows nothing of notesite: it reads files as a browser would, from the output alone.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import unquote, urldefrag, urljoin, urlsplit

import html5lib
from conftest import PROJECT

URL_IN_CSS = re.compile(r"""url\(\s*(?:"([^"]*)"|'([^']*)'|([^)"'\s]*))\s*\)""")
IMPORT_IN_CSS = re.compile(r"""@import\s+["']([^"']*)["']""")
# `rel` values of links that a reader or a robot follows; all others are fetched with the page.
FOLLOWED = {"alternate", "author", "canonical", "license", "next", "prev"}
PROGRAM = ("-m", "notesite")
FETCHED = {"src", "srcset", "poster", "data"}


class Link(NamedTuple):
    """A URL as written, and whether a browser fetches it with the page."""

    url: str
    fetched: bool


class Site(NamedTuple):
    """An output folder, and the address it was built for (with a final slash)."""

    folder: Path
    base_url: str

    def pages(self) -> list[Path]:
        return sorted(self.folder.rglob("*.html"))

    def url(self, file: Path) -> str:
        path = file.relative_to(self.folder).as_posix()
        return self.base_url + (path.removesuffix("index.html") if file.stem == "index" else path)

    def file(self, url: str) -> Path | None:
        """The file that a static host answers with; None if there is none or it is another site."""
        if not url.startswith(self.base_url):
            return None
        path = unquote(urlsplit(url).path.removeprefix(urlsplit(self.base_url).path))
        file = self.folder / path / "index.html" if path.endswith("/") or not path else None
        file = file or self.folder / path
        return file if file.is_file() else None

    def is_here(self, url: str) -> bool:
        return urlsplit(url).netloc == urlsplit(self.base_url).netloc


def broken(site: Site) -> list[str]:
    """What is wrong with the links of the site, a line each."""
    wrong = []
    for file in sorted(site.folder.rglob("*")):
        if file.suffix in (".html", ".css"):
            name = file.relative_to(site.folder).as_posix()
            links = page_links(file) if file.suffix == ".html" else css_links(file)
            wrong += [f"{name}: {what}" for link in links if (what := fault(site, file, link))]
    return wrong


def fault(site: Site, file: Path, link: Link) -> str:
    whole, fragment = urldefrag(urljoin(site.url(file), link.url.strip()))
    if urlsplit(whole).scheme not in ("http", "https"):
        return f"fetches {link.url}" if link.fetched and not whole.startswith("data:") else ""
    if not site.is_here(whole):
        return f"fetches {link.url} from another host" if link.fetched else ""
    target = site.file(whole)
    if target is None:
        return f"{link.url} leads nowhere"
    if fragment and target.suffix == ".html" and unquote(fragment) not in (*ids(target), "top"):
        return f"{link.url} names no id of {target.relative_to(site.folder).as_posix()}"
    return ""


def reached(site: Site) -> set[Path]:
    """The pages that one comes to from the home page by following links."""
    seen: set[Path] = set()
    waiting = [site.folder / "index.html"]
    while waiting:
        file = waiting.pop()
        seen.add(file)
        for link in page_links(file):
            target = site.file(urldefrag(urljoin(site.url(file), link.url))[0])
            if target and target.suffix == ".html" and target not in seen:
                waiting.append(target)
                seen.add(target)
    return seen


def elements(file: Path) -> Iterator[tuple[str, Mapping[str, str], str]]:
    """Name, attributes and text of each element, as an HTML parser sees them."""
    for element in tree(file).iter():
        if isinstance(element.tag, str):
            yield element.tag, element.attrib, element.text or ""


@cache
def tree(file: Path) -> Any:
    return html5lib.parse(
        file.read_bytes(), namespaceHTMLElements=False, transport_encoding="utf-8"
    )


@cache
def ids(file: Path) -> tuple[str, ...]:
    return tuple(attributes["id"] for _, attributes, _ in elements(file) if "id" in attributes)


def page_links(file: Path) -> Iterator[Link]:
    for tag, attributes, text in elements(file):
        for name, value in attributes.items():
            yield from attribute_links(tag, name.rpartition("}")[2], value, attributes)
        if tag == "style":
            yield from in_css(text)
        if tag == "meta" and attributes.get("http-equiv", "").lower() == "refresh":
            yield Link(attributes["content"].partition("url=")[2], fetched=False)
        if tag == "meta" and attributes.get("property") in ("og:url", "og:image"):
            yield Link(attributes["content"], fetched=False)


def attribute_links(tag: str, name: str, value: str, all_: Mapping[str, str]) -> Iterator[Link]:
    if name == "srcset":
        yield from (Link(part.split()[0], True) for part in value.split(",") if part.strip())
    elif name in FETCHED:
        yield Link(value, fetched=True)
    elif name in ("href", "xlink:href"):
        followed = set(all_.get("rel", "").lower().split()) <= FOLLOWED
        yield Link(value, fetched=tag in ("use", "image") or (tag == "link" and not followed))
    elif name in ("action", "formaction", "cite"):
        yield Link(value, fetched=False)
    elif name == "style":
        yield from in_css(value)


def css_links(file: Path) -> Iterator[Link]:
    yield from in_css(file.read_text(encoding="utf-8"))


def in_css(css: str) -> Iterator[Link]:
    for found in URL_IN_CSS.finditer(css):
        yield Link(found[1] or found[2] or found[3] or "", fetched=True)
    yield from (Link(found[1], fetched=True) for found in IMPORT_IN_CSS.finditer(css))


# --- Building ------------------------------------------------------------------------------------


def copy_of_this_site(to: Path) -> Path:
    """The sources of the site that this repository is, without its cache and its output."""
    to.mkdir(parents=True)
    shutil.copy(PROJECT / "notesite.yaml", to)
    for name in ("notes", "templates", "static"):
        if (PROJECT / name).is_dir():
            shutil.copytree(PROJECT / name, to / name)
    return to


def build(
    root: Path,
    base_url: str,
    *options: str,
    program: tuple[str, ...] = ("-m", "notesite"),
    **env: str,
) -> Site:
    """Build the site in `root` with another process; it must succeed."""
    output = root / "public"
    command = [sys.executable, *program, "-C", str(root), "build", "-b", base_url, *options]
    path = {"PYTHONPATH": str(PROJECT / "src")}
    ran = subprocess.run(
        command, capture_output=True, text=True, encoding="utf-8", check=False,
        env=os.environ | path | env,
    )  # fmt: skip
    assert ran.returncode == 0, ran.stdout + ran.stderr
    return Site(output, base_url)
