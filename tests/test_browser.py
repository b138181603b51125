"""The built site in a real browser: its own fonts, no other host, no error, and it fits a phone."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from browsing import hosted, visit
from crawl import Site, build, copy_of_this_site
from playwright.sync_api import Browser, BrowserContext, FloatRect, Page, Route

MATH_NOTE = "/repo/posts/kl-divergence/"
NOTE = "/repo/posts/reader/"
SOURCE = (
    """---
title: For the reader
lang: en
---

One.[^a] Two.[^b]

## First

```python
x = 1
```

"""
    + "Text.\n\n" * 30
    + """

## Second

"""
    + "Text.\n\n" * 30
    + """

[^a]: A note that is long enough for more than one line in the narrow column beside the text.
[^b]: Another note.
"""
)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Site:
    """Built for the path /repo/ and lying in a folder of that name, as a static host has it."""
    root = copy_of_this_site(tmp_path_factory.mktemp("browser") / "site")
    (root / "notes" / "posts" / "reader.md").write_text(SOURCE, encoding="utf-8")
    site = build(root, "https://example.org/repo/")
    return Site(site.folder.rename(root / "repo"), site.base_url)


@pytest.fixture(scope="module")
def host(site: Site) -> Iterator[str]:
    with hosted(site.folder.parent) as address:
        yield address


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


# Labels as they are drawn: those that leave their drawing, and pairs of which one is on the other.
MEASURE = """() => [...document.querySelectorAll('main svg[viewBox]')].flatMap(svg => {
  const {width, height} = svg.viewBox.baseVal
  const boxes = [...svg.querySelectorAll('text')].map(text => [text.textContent, text.getBBox()])
  const out = boxes.filter(([, b]) => b.width && (b.x < 0 || b.x + b.width > width + 0.5 || b.y < -2
    || b.y + b.height > height + 2)).map(([text]) => text)
  const apart = (a, b) => a.x + a.width <= b.x || b.x + b.width <= a.x || a.y + a.height <= b.y + 4
    || b.y + b.height <= a.y + 4
  const on = boxes.flatMap(([text, a], n) => boxes.slice(n + 1).filter(([, b]) => !apart(a, b))
    .map(([other]) => text + ' on ' + other))
  return [...out, ...on]
})"""


@pytest.mark.parametrize("path", ["/repo/map/", "/repo/manual/settings/", MATH_NOTE])
@pytest.mark.parametrize("width", [390, 1440])
def test_no_label_of_a_graph_or_map_is_drawn_on_another(
    path: str, width: int, context: BrowserContext, host: str
) -> None:
    seen = visit(context, host + path)
    seen.page.set_viewport_size({"width": width, "height": 900})
    drawn = seen.page.locator("main svg[viewBox] a:visible")
    assert drawn.count() > 1
    assert seen.page.evaluate(MEASURE) == []
    assert drawn.first.evaluate("link => link.querySelector('title').textContent")
    assert seen.complaints == []


# --- What a reader does ---------------------------------------------------------------------------


def test_the_chosen_theme_is_kept_and_no_page_begins_in_another(
    browser: Browser, host: str
) -> None:
    context = browser.new_context(color_scheme="light")
    page = context.new_page()
    page.add_init_script(
        "new MutationObserver((_, self) => { if (document.body) {"
        "  self.disconnect();"
        "  window.first = getComputedStyle(document.documentElement).colorScheme;"
        "} }).observe(document, { childList: true, subtree: true });"
    )
    page.goto(f"{host}/repo/")
    button = page.get_by_role("button", name="ダークテーマ")
    assert button.get_attribute("aria-pressed") == "false"
    button.click()
    page.goto(host + MATH_NOTE)
    assert page.evaluate("() => window.first") == "dark"
    button.click()
    page.reload()
    assert page.evaluate("() => window.first") == "light dark"
    context.close()


def test_a_page_is_walked_through_by_keyboard(browser: Browser, host: str) -> None:
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    page = context.new_page()
    page.goto(host + NOTE)

    def focused() -> str:
        script = "() => document.activeElement.getAttribute('href') || document.activeElement.id"
        return str(page.evaluate(script + " || document.activeElement.className"))

    def tab() -> str:
        page.keyboard.press("Tab")
        return focused()

    assert tab() == "#main"
    assert page.locator(".skip").bounding_box() != {"x": 0, "y": 0, "width": 1, "height": 1}
    passed: list[str] = []
    while not passed or passed[-1] != "theme-toggle":
        passed.append(tab())
        assert len(passed) < 12
    menu = ["/repo/", "/repo/posts/", "/repo/manual/", "/repo/tags/", "/repo/archive/"]
    assert passed[: len(menu)] == menu
    page.keyboard.press("Enter")
    assert page.locator(".theme-toggle").get_attribute("aria-pressed") == "true"
    page.locator(".skip").focus()
    page.keyboard.press("Enter")
    assert focused() == "main"
    while tab() != "#second":
        assert focused() in ("/repo/", "/repo/posts/", "#first")
    page.keyboard.press("Enter")
    page.wait_for_function("() => location.hash === '#second' && scrollY > 500")
    context.close()


def test_footnotes_stand_beside_their_references_without_a_script(
    browser: Browser, host: str
) -> None:
    context = browser.new_context(
        java_script_enabled=False, viewport={"width": 1440, "height": 900}
    )
    page = context.new_page()
    page.goto(host + NOTE)

    def box(selector: str) -> FloatRect:
        found = page.locator(selector).first.bounding_box()
        assert found
        return found

    text, reference = box(".prose"), box(".footnote-ref")
    first, second = box(".footnote-item >> nth=0"), box(".footnote-item >> nth=1")
    assert first["x"] > text["x"] + text["width"]
    assert abs(first["y"] - reference["y"]) < 10
    assert second["y"] >= first["y"] + first["height"]
    page.set_viewport_size({"width": 820, "height": 900})
    assert box(".footnote-item")["y"] > box("#second")["y"]
    context.close()


def test_code_is_copied(browser: Browser, host: str) -> None:
    context = browser.new_context()
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    page = context.new_page()
    page.goto(host + NOTE)
    page.locator(".code").hover()
    page.get_by_role("button", name="Copy", exact=True).click()
    page.get_by_role("button", name="Copied", exact=True).wait_for()
    assert page.evaluate("() => navigator.clipboard.readText()") == "x = 1\n"
    context.close()


def test_the_contents_follow_the_reader(browser: Browser, host: str) -> None:
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    page = context.new_page()
    page.goto(host + NOTE)
    current = page.locator(".toc [aria-current]")
    assert current.count() == 0
    page.evaluate("() => document.getElementById('first').scrollIntoView()")
    page.locator(".toc a[aria-current][href='#first']").wait_for()
    page.evaluate("() => scrollTo(0, document.body.scrollHeight)")
    page.locator(".toc a[aria-current][href='#second']").wait_for()
    assert current.count() == 1
    assert page.locator(".toc").is_visible()
    context.close()


@pytest.mark.parametrize("width", [390, 1440])
@pytest.mark.parametrize("path", ["/repo/", MATH_NOTE, NOTE])
def test_nothing_moves_while_a_page_loads(
    path: str, width: int, browser: Browser, host: str
) -> None:
    """But, by a pixel or two, what stands beside a letter of one of the rarer fonts of KaTeX."""
    context = browser.new_context(viewport={"width": width, "height": 900})
    page = context.new_page()
    page.goto(host + path, wait_until="networkidle")
    page.evaluate("() => document.fonts.ready.then(() => true)")
    assert shift(page) < 0.001
    page.evaluate("() => document.querySelector('main').prepend(document.createElement('hr'))")
    assert shift(page) > 0
    context.close()


def shift(page: Page) -> float:
    """The sum of all layout shifts so far."""
    script = """() => new Promise((done) => {
      let sum = 0;
      const add = (list) => { for (const entry of list.getEntries()) sum += entry.value; };
      new PerformanceObserver(add).observe({ type: "layout-shift", buffered: true });
      setTimeout(() => done(sum), 300);
    })"""
    return float(page.evaluate(script))


@pytest.mark.parametrize(
    "path",
    ["", "posts/kl-divergence/", "posts/reader/", "posts/multivariate-normal/", "tags/",
     "archive/", "map/", "404.html"],
)  # fmt: skip
def test_axe_finds_nothing(path: str, context: BrowserContext, site: Site) -> None:
    page = context.new_page()
    page.route(site.base_url + "**", lambda route: answer(route, site))
    page.goto(site.base_url + path)
    page.evaluate((files("axe_playwright_python") / "axe.min.js").read_text("utf-8"))
    found = []
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
        for width in (390, 1440):
            page.set_viewport_size({"width": width, "height": 900})
            result = page.evaluate("() => axe.run({ rules: { 'target-size': { enabled: true } } })")
            found += [
                (scheme, width, violation["id"], node["target"])
                for violation in result["violations"]
                for node in violation["nodes"]
            ]
    assert found == []


def answer(route: Route, site: Site) -> None:
    """As the host does that the site was built for."""
    file = site.file(route.request.url)
    route.fulfill(path=file) if file else route.fulfill(status=404)


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


def test_labels_on_each_other_are_found(context: BrowserContext, host: str, site: Site) -> None:
    bad = site.folder.parent / "labels.html"
    text = "<text x={} y=25>word</text>"
    bad.write_text(
        "<!DOCTYPE html><title>x</title><main><svg viewBox='0 0 99 40'>"
        + "".join(text.format(x) for x in (0, 20, 90))
    )
    assert visit(context, f"{host}/labels.html").page.evaluate(MEASURE) == ["word", "word on word"]
