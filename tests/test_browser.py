"""The built site in a real browser: its own fonts, no other host, no error, and it fits a phone."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

import pytest
from conftest import tool
from crawl import Site, build, copy_of_this_site
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

MATH_NOTE = "/repo/posts/kl-divergence/"


class Quiet(SimpleHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, format: str, *args: object) -> None:
        pass


class Visit(NamedTuple):
    """A page in the browser with what happened while it loaded."""

    page: Page
    requests: list[str]
    complaints: list[str]

    def paths(self) -> list[str]:
        return [urlsplit(url).path for url in self.requests]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Site:
    """Built for the path /repo/ and lying in a folder of that name, as a static host has it."""
    root = copy_of_this_site(tmp_path_factory.mktemp("browser") / "site")
    site = build(root, "https://example.org/repo/")
    return Site(site.folder.rename(root / "repo"), site.base_url)


@pytest.fixture(scope="module")
def host(site: Site) -> Iterator[str]:
    handler = partial(Quiet, directory=str(site.folder.parent))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    program = tool("chromium", "chromium-browser", "google-chrome")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    context = browser.new_context()
    yield context
    context.close()


def visit(context: BrowserContext, url: str) -> Visit:
    page = context.new_page()
    # A browser asks each host for this file, whatever the page says.
    page.route("**/favicon.ico", lambda route: route.fulfill(status=204))
    seen = Visit(page, [], [])
    page.on("request", lambda request: seen.requests.append(request.url))
    page.on("console", lambda said: seen.complaints.append(said.text))
    page.on("pageerror", lambda error: seen.complaints.append(str(error)))
    page.on("response", lambda answer: seen.complaints.extend([] if answer.ok else [answer.url]))
    page.goto(url, wait_until="networkidle")
    page.evaluate("() => document.fonts.ready.then(() => true)")
    return seen


def loaded_fonts(page: Page) -> set[str]:
    """The families of the style sheets that have come."""
    script = "() => [...document.fonts].filter(f => f.status == 'loaded').map(f => f.family)"
    return {family.strip("\"'") for family in page.evaluate(script)}


@pytest.mark.parametrize("path", ["/repo/", MATH_NOTE])
def test_formulas_are_shown_with_the_sites_own_fonts(
    path: str, context: BrowserContext, host: str
) -> None:
    seen = visit(context, host + path)
    assert {"KaTeX_Main", "KaTeX_Math"} <= loaded_fonts(seen.page)
    assert any(path.endswith(".woff2") for path in seen.paths())
    assert {urlsplit(url).netloc for url in seen.requests} == {urlsplit(host).netloc}
    assert seen.complaints == []


def test_a_page_without_a_formula_fetches_nothing_of_katex(
    context: BrowserContext, host: str
) -> None:
    seen = visit(context, host + "/repo/manual/theming/")
    assert not [path for path in seen.paths() if "katex" in path.lower()]
    assert seen.complaints == []


def test_a_formula_is_drawn_and_read_aloud(context: BrowserContext, host: str) -> None:
    page = visit(context, host + MATH_NOTE).page
    formula = page.locator("article .katex").first
    box = formula.bounding_box()
    assert box is not None
    assert box["width"] > 5
    assert formula.locator("math").count() == 1
    assert formula.locator(".katex-html").first.get_attribute("aria-hidden") == "true"


def test_a_page_can_be_read_without_scripts(browser: Browser, host: str) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(host + MATH_NOTE)
    assert page.locator("article h1, h1").first.is_visible()
    assert page.locator("article .katex-html").first.is_visible()
    context.close()


def test_no_page_is_wider_than_the_screen(browser: Browser, host: str, site: Site) -> None:
    context = browser.new_context()
    page = context.new_page()
    wide = []
    for file in site.pages():
        name = file.relative_to(site.folder).as_posix()
        page.goto(f"{host}/repo/{name}")
        for width in (320, 390, 1280):
            page.set_viewport_size({"width": width, "height": 800})
            if page.evaluate("() => document.documentElement.scrollWidth") > width:
                wide.append((name, width))
    context.close()
    assert wide == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_page_follows_the_readers_light_or_dark(
    scheme: str, browser: Browser, host: str
) -> None:
    context = browser.new_context(color_scheme="dark" if scheme == "dark" else "light")
    page = context.new_page()
    page.goto(f"{host}/repo/")
    colour = page.evaluate("() => getComputedStyle(document.documentElement).backgroundColor")
    lightness = sum(int(part) for part in colour.strip("rgba()").split(",")[:3]) / 3
    assert (lightness > 127) == (scheme == "light"), colour
    context.close()


# --- The tests above can fail --------------------------------------------------------------------


def test_a_visit_sees_other_hosts_errors_and_missing_files(
    context: BrowserContext, host: str, site: Site, tmp_path: Path
) -> None:
    bad = site.folder.parent / "bad.html"
    bad.write_text(
        "<!DOCTYPE html><title>x</title><div style='width: 2000px'>x</div><img src=/none.png>"
        "<img src='http://elsewhere.invalid/x.png'><script>throw new Error('oh')</script>"
    )
    seen = visit(context, f"{host}/bad.html")
    assert f"{host}/none.png" in seen.complaints
    assert "oh" in " ".join(seen.complaints)
    assert "elsewhere.invalid" in {urlsplit(url).netloc for url in seen.requests}
    assert loaded_fonts(seen.page) == set()
    assert seen.page.evaluate("() => document.documentElement.scrollWidth") > 1280
