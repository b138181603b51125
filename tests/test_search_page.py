"""Search in a real browser: the page, the dialog, the keyboard, an input method."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import quote, urlsplit

import pytest
from browsing import hosted, visit
from crawl import Site, build
from playwright.sync_api import Browser, BrowserContext, Page, expect
from serving import write

NOTES: dict[str, str | bytes] = {
    "notesite.yaml": "title: T\nlanguage: ja\n",
    "notes/a.md": "---\ntitle: コルモゴロフ複雑性\ndate: 2025-01-01\ntags: [情報理論]\n---\n\n"
    "文字列の**複雑性**とは、<b>長さ</b> $K(x)$ である。\n\n## 上界\n\nKLダイバージェンス。\n",
    "notes/b.md": "---\ntitle: ベイズの定理\ndate: 2025-01-02\n---\n\n"
    "事後分布は $p(x \\mid y)$ である。\n\n## 期待値\n\n期待値 $\\mathbb{E}[X]$ を求める。\n",
    **{f"notes/n{n}.md": f"# ノート{n}\n\n量子力学の話{n}。\n" for n in range(14)},
}


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Site:
    """Built for the path /repo/ and lying in a folder of that name."""
    root = write(tmp_path_factory.mktemp("search") / "site", NOTES)
    made = build(root, "https://example.org/repo/")
    return Site(made.folder.rename(root / "repo"), made.base_url)


@pytest.fixture(scope="module")
def host(site: Site) -> Iterator[str]:
    with hosted(site.folder.parent) as address:
        yield address


def asked(context: BrowserContext, host: str, query: str) -> Page:
    """The search page, when it has answered."""
    page = visit(context, f"{host}/repo/search/?q={quote(query)}").page
    expect(page.get_by_role("status")).not_to_be_empty()
    return page


def marks(page: Page) -> set[str]:
    return set(page.locator(".results mark").all_text_contents())


def titles(page: Page) -> list[str]:
    return page.locator(".found-title").all_text_contents()


@pytest.mark.parametrize(
    ("query", "title", "mark"),
    [
        ("複雑性", "コルモゴロフ複雑性", "複雑性"),
        ("ｺﾙﾓｺﾞﾛﾌ", "コルモゴロフ複雑性", "コルモゴロフ"),
        ("ｋｌだいばー", "コルモゴロフ複雑性", "KLダイバー"),
        (r"\mathbb{E}", "ベイズの定理", "𝔼[X]"),
        ("p(x|y)", "ベイズの定理", "p(x|y)"),
        ("事後分布", "ベイズの定理", "事後分布"),
    ],
)
def test_the_page_shows_what_is_found_and_where(
    query: str, title: str, mark: str, context: BrowserContext, host: str
) -> None:
    page = asked(context, host, query)
    assert titles(page) == [title]
    assert marks(page) == {mark}
    expect(page.get_by_role("status")).to_have_text("1件見つかりました")


def test_a_result_leads_to_the_passage_under_the_path_of_the_site(
    context: BrowserContext, host: str
) -> None:
    page = asked(context, host, "ダイバージェンス")
    expect(page.locator(".found-heading")).to_have_text("上界")
    page.locator(".results a").click()
    page.wait_for_url(f"{host}/repo/a/#{quote('上界')}")


def test_nothing_found_is_said(context: BrowserContext, host: str) -> None:
    page = asked(context, host, "<b>存在しない</b>")
    expect(page.get_by_role("status")).to_have_text("「<b>存在しない</b>」は見つかりませんでした。")
    assert titles(page) == []


def test_text_that_looks_like_html_is_text(context: BrowserContext, host: str) -> None:
    page = asked(context, host, "長さ")
    assert "K(x)" in page.locator(".found-context").inner_text()
    assert page.locator(".found-context b").count() == 0


def test_more_results_come_when_they_are_asked_for(context: BrowserContext, host: str) -> None:
    page = asked(context, host, "量子力学")
    assert len(titles(page)) == 10
    page.get_by_role("button", name="さらに表示").click()
    expect(page.locator(".results li")).to_have_count(14)
    expect(page.locator(".results a").nth(10)).to_be_focused()
    expect(page.locator(".more")).to_be_hidden()


def test_what_is_typed_stands_in_the_address_and_comes_back(
    context: BrowserContext, host: str
) -> None:
    page = visit(context, f"{host}/repo/search/").page
    page.get_by_role("searchbox").press_sequentially("ベイズ")
    expect(page.locator(".found-title")).to_have_text("ベイズの定理")
    assert urlsplit(page.url).query == f"q={quote('ベイズ')}"
    page.reload()
    expect(page.locator(".found-title")).to_have_text("ベイズの定理")


def test_the_dialog_is_opened_used_and_closed_by_keyboard(
    context: BrowserContext, host: str
) -> None:
    seen = visit(context, f"{host}/repo/b/")
    page = seen.page
    assert not [path for path in seen.paths() if "/search" in path]
    page.locator(".brand a").focus()
    page.keyboard.press("/")
    box = page.get_by_role("dialog").get_by_role("searchbox")
    expect(box).to_be_focused()
    page.keyboard.insert_text("量子力学")
    links = page.locator("dialog .results a")
    expect(links.first).to_be_visible()
    for key, place in (("ArrowDown", 0), ("ArrowDown", 1), ("ArrowUp", 0)):
        page.keyboard.press(key)
        expect(links.nth(place)).to_be_focused()
    page.keyboard.press("ArrowUp")
    expect(box).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_be_hidden()
    expect(page.locator(".brand a")).to_be_focused()
    assert seen.complaints == []


def test_enter_in_the_dialog_opens_the_first_result(context: BrowserContext, host: str) -> None:
    page = visit(context, f"{host}/repo/b/").page
    page.get_by_role("link", name="検索").click()
    page.get_by_role("dialog").get_by_role("searchbox").fill("複雑性")
    page.keyboard.press("Enter")
    page.wait_for_url(f"{host}/repo/a/")


def test_a_slash_in_a_field_is_a_slash(context: BrowserContext, host: str) -> None:
    page = visit(context, f"{host}/repo/search/").page
    page.get_by_role("searchbox").press_sequentially("a/b")
    expect(page.get_by_role("searchbox")).to_have_value("a/b")
    expect(page.get_by_role("dialog")).to_have_count(0)


def test_nothing_is_looked_for_while_an_input_method_composes(
    context: BrowserContext, host: str
) -> None:
    page = visit(context, f"{host}/repo/search/").page
    page.get_by_role("searchbox").focus()
    method = page.context.new_cdp_session(page)
    composed = {"selectionStart": 2, "selectionEnd": 2}
    method.send("Input.imeSetComposition", {"text": "べい", **composed})
    page.wait_for_timeout(200)
    assert page.get_by_role("status").inner_text() == ""
    assert "q=" not in page.url
    method.send("Input.insertText", {"text": "ベイズ"})
    expect(page.locator(".found-title")).to_have_text("ベイズの定理")


def test_without_scripts_the_page_leads_to_all_notes(browser: Browser, host: str) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{host}/repo/b/")
    page.get_by_role("link", name="検索").click()
    assert "JavaScript" in page.locator("noscript").inner_text()
    assert page.locator('noscript a[href="/repo/archive/"]').is_visible()
    assert page.locator('noscript a[href="/repo/tags/"]').is_visible()
    context.close()


def test_an_index_that_does_not_come_is_told_of(context: BrowserContext, host: str) -> None:
    page = context.new_page()
    page.route("**/search/words/*", lambda route: route.abort())
    page.goto(f"{host}/repo/search/?q=x")
    expect(page.get_by_role("status")).to_contain_text("読み込めませんでした")
