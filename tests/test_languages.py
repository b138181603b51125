"""Sites in several languages, the words around notes, and the language that nobody has said."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

import pytest
from crawl import Site, broken, elements
from hypothesis import given
from hypothesis import strategies as st
from library import library, note
from rendering import rendered

from notesite.build import build
from notesite.config import Config, Language
from notesite.languages import split
from notesite.markdown.guess import guess
from notesite.model import Library, Link, Translation
from notesite.plurals import RULES, plural
from notesite.settings import read_config

SITES = Path(__file__).parent / "sites"
TODAY = date(2026, 1, 1)
EN = ("en", Language(title="Notes"))
JA_EN = Config(title="ノート", language="ja", languages=(EN,))


def english(notes: dict[str, str], config: Config = JA_EN) -> Library:
    return library(notes, config).others[0]


def urls(made: Library) -> list[str]:
    return [page.card.url for page in made.pages]


# --- where notes stand ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "language", "below"),
    [
        ("posts/x.md", "", "posts/x.md"),
        ("en/posts/x.md", "en", "posts/x.md"),
        ("posts/x.en.md", "en", "posts/x.md"),
        ("posts/x.EN.markdown", "en", "posts/x.markdown"),
        ("zh_hant/x.md", "zh-Hant", "x.md"),
        ("x.zh-Hant.md", "zh-Hant", "x.md"),
        ("_index.en.md", "en", "_index.md"),
        ("posts/en/x.md", "", "posts/en/x.md"),
        ("en.md", "", "en.md"),
        ("v1.0.md", "", "v1.0.md"),
        ("en/x.ja.md", "ja", "x.md"),
    ],
)
def test_a_path_names_a_language_by_its_first_folder_or_its_suffix(
    path: str, language: str, below: str
) -> None:
    assert split(path, ("ja", "en", "zh-Hant")) == (language, below)


def test_each_language_has_its_notes_below_a_home_of_its_own() -> None:
    made = library(
        {
            "posts/a.md": note("一", date="2024-01-01"),
            "posts/a.en.md": note("One", date="2024-01-01"),
            "en/posts/b.md": note("Two", date="2024-01-02"),
            "ja/c.md": note("三"),
        },
        JA_EN,
    )
    assert [each.home for each in made.languages] == ["/", "/en/"]
    assert sorted(urls(made)) == ["/c/", "/posts/a/"]
    assert sorted(urls(made.others[0])) == ["/en/posts/a/", "/en/posts/b/"]
    assert [section.url for section in made.sections] == ["/", "/posts/"]
    assert [section.url for section in made.others[0].sections] == ["/en/", "/en/posts/"]
    assert [card.url for card in made.others[0].listing] == ["/en/posts/b/", "/en/posts/a/"]
    assert made.others[0].sections[0].title == "Notes"
    crumbs = made.others[0].pages[0].breadcrumbs
    assert [link.url for link in crumbs] == ["/en/", "/en/posts/"]


def test_terms_neighbours_and_related_notes_stay_within_a_language() -> None:
    notes = {f"{n}.md": note(n, date=f"2024-01-0{i}", tags="x") for i, n in enumerate("abc", 1)}
    notes |= {f"en/{n}.md": note(n, date=f"2024-01-0{i}", tags="x") for i, n in enumerate("ab", 4)}
    made = english(notes)
    assert [term.url for term in made.taxonomies[0].terms] == ["/en/tags/x/"]
    assert made.taxonomies[0].terms[0].count == 2
    assert made.chronology == (
        ("/en/a/", None, Link("b", "/en/b/")),
        ("/en/b/", Link("a", "/en/a/"), None),
    )
    assert dict(made.related)["/en/a/"] == (Link("b", "/en/b/"),)


def test_backlinks_cross_languages() -> None:
    made = library({"a.md": note("A", "[[B]]"), "en/b.md": note("B")}, JA_EN)
    (backlink,) = dict(made.others[0].backlinks)["/en/b/"]
    assert backlink.url == "/a/"


@pytest.mark.parametrize(
    ("path", "url"),
    [("en/posts/x.md", "/en/p/x/"), ("posts/x.en.md", "/en/p/x/"), ("posts/x.md", "/p/x/")],
)
def test_a_permalink_pattern_holds_in_each_language(path: str, url: str) -> None:
    config = Config(language="ja", languages=(EN,), permalinks=(("posts", "/p/:slug/"),))
    made = library({path: note("X")}, config)
    assert [u for each in made.languages for u in urls(each)] == [url]


def test_a_note_without_a_folder_of_its_language_goes_by_its_lang() -> None:
    assert urls(english({"a.md": note("A", lang="en")})) == ["/en/a/"]
    made = library({"a.md": note("A", lang="de")}, JA_EN)
    assert urls(made) == ["/a/"]
    assert made.pages[0].card.lang == "de"


def test_an_untitled_note_is_called_by_its_file_without_the_suffix() -> None:
    assert english({"固有値.en.md": "Text."}).pages[0].card.title == "固有値"


def test_files_of_the_default_language_s_folder_stand_where_its_notes_do() -> None:
    made = library(
        {"ja/a.md": note("A", "![](p.png)"), "en/a.md": note("A", "![](p.png)")},
        JA_EN,
        assets=("ja/p.png", "en/p.png"),
    )
    assert [asset.path for asset in made.assets] == ["p.png", "en/p.png"]


# --- translations ---------------------------------------------------------------------------------


def test_translations_have_the_same_place_or_the_same_key() -> None:
    made = library(
        {
            "posts/a.md": note("一"),
            "posts/2024-01-01-a.en.md": note("One", slug="other"),
            "posts/b.md": note("二", translation_key="two"),
            "en/deux.md": note("Two", translationKey="two"),
            "posts/alone.md": note("三"),
        },
        JA_EN,
    )
    same = dict(made.translations)
    a = Translation("ja", "/posts/a/"), Translation("en", "/en/posts/other/")
    b = Translation("ja", "/posts/b/"), Translation("en", "/en/deux/")
    assert same["/posts/a/"] == dict(made.others[0].translations)["/en/posts/other/"] == a
    assert same["/posts/b/"] == dict(made.others[0].translations)["/en/deux/"] == b
    assert "/posts/alone/" not in same


def test_listings_that_a_language_has_too_are_translations() -> None:
    made = library(
        {"posts/a.md": note("A", tags="[x, y]"), "posts/b.en.md": note("B", tags="x")}, JA_EN
    )
    same = [url for url, _ in made.translations]
    assert same == ["/", "/archive/", "/posts/", "/tags/", "/tags/x/"]


def problems(made: Library) -> list[str]:
    return [problem.message for problem in made.problems]


def test_two_notes_that_are_one_translation_are_told() -> None:
    made = library({"a.md": note("A"), "x.en.md": note("X"), "en/x.md": note("X")}, JA_EN)
    assert "this note and notes/en/x.md are the same one in `en`" in problems(made)


def test_a_lang_that_contradicts_its_folder_is_told() -> None:
    made = library({"en/a.md": note("A", lang="ja")}, JA_EN)
    assert problems(made) == ["this note says `lang: ja`, but its path says `en`"]
    assert urls(made.others[0]) == ["/en/a/"]
    assert problems(library({"en/a.md": note("A", lang="en-GB")}, JA_EN)) == []


def test_a_language_without_notes_is_told() -> None:
    assert problems(library({"a.md": note("A")}, JA_EN)) == ["there are no notes in `en`"]


# --- links ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "link", "url"),
    [
        ("y.en.md", "[[x]]", "/en/x/"),
        ("y.en.md", "[[posts/z]]", "/en/posts/z/"),
        ("y.en.md", "[[only]]", "/only/"),
        ("y.en.md", "[z](posts/z.md)", "/en/posts/z/"),
        ("y.en.md", "[only](only.md)", "/only/"),
        ("x.en.md", "[日本語](x.md)", "/x/"),
        ("en/y.md", "[日本語](../x.md)", "/x/"),
        ("en/y.md", "[[x]]", "/en/x/"),
        ("y.md", "[[x]]", "/x/"),
        ("y.md", "[x](x.en.md)", "/en/x/"),
    ],
)
def test_a_link_leads_to_the_note_in_its_own_language_if_there_is_one(
    path: str, link: str, url: str
) -> None:
    notes = {p: note("") for p in ("x.md", "x.en.md", "posts/z.md", "posts/z.en.md", "only.md")}
    made = library(notes | {path: note("Y", link)}, JA_EN)
    pages = {page.path: page for each in made.languages for page in each.pages}
    assert url in str(pages[f"notes/{path}"].html.links)
    assert [p for p in problems(made) if "name of several" in p] == []


# --- settings -------------------------------------------------------------------------------------


def test_settings_of_a_language_are_over_those_of_the_site() -> None:
    config, wrong = read_config(
        "title: T\nauthor: A\nlanguage: ja\nlanguages:\n  en:\n    title: E\n    menu: []\n  fr:\n",
        "notesite.yaml",
    )
    assert wrong == ()
    assert config.language_tags == ("ja", "en", "fr")
    assert (config.in_language("en").title, config.in_language("en").author) == ("E", "A")
    assert config.in_language("fr").title == "T"
    assert read_config("languages: [en, ja]", "")[0].language_tags == ("en", "ja")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("languages: en", "a map of languages is expected here"),
        ("languages: {en: {tittle: x}}", "there is no setting `languages.en.tittle`"),
        ("languages: {english!: {}}", "`english!` is not a language"),
    ],
)
def test_wrong_settings_of_languages_are_told(text: str, message: str) -> None:
    assert [problem.message for problem in read_config(text, "")[1]] == [message]


def test_a_menu_leads_to_the_same_pages_in_each_language() -> None:
    menu = (Link("T", "/tags/"), Link("A", "/about/"), Link("X", "https://example.org/"))
    config = Config(language="ja", languages=(EN,), menu=menu)
    made = english({"about.md": note("A"), "en/a.md": note("A", tags="x")}, config)
    assert [link.url for link in made.menu] == ["/en/tags/", "/about/", "https://example.org/"]


@pytest.mark.parametrize(("language", "name"), [("ja", "タグ"), ("en", "Tags"), ("fr", "Tags")])
def test_a_menu_that_nobody_set_is_in_the_language_of_the_page(language: str, name: str) -> None:
    site = rendered({"a.md": note("A", tags="x")}, Config(title="S", language=language))
    assert f'<a href="/tags/">{name}</a>' in site["a/index.html"].decode()


# --- pages ----------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Site:
    root = tmp_path_factory.mktemp("languages") / "site"
    shutil.copytree(SITES / "two-languages", root)
    assert build(root, today=lambda config: TODAY).published
    return Site(root / "public", "https://example.org/repo/")


def heads(site: Site) -> dict[str, dict[str, str]]:
    """URL -> hreflang -> URL of each page that has any."""
    found: dict[str, dict[str, str]] = {}
    for file in site.pages():
        for tag, attributes, _ in elements(file):
            if tag == "link" and "hreflang" in attributes:
                url = attributes["href"]
                found.setdefault(site.url(file), {})[attributes["hreflang"]] = url
    return found


def test_every_link_of_a_site_in_several_languages_leads_somewhere(site: Site) -> None:
    assert broken(site) == []


def test_translations_name_each_other_and_themselves(site: Site) -> None:
    found = heads(site)
    assert found["https://example.org/repo/p/entropy/"] == {
        "ja": "https://example.org/repo/p/entropy/",
        "en": "https://example.org/repo/en/p/entropy/",
        "x-default": "https://example.org/repo/p/entropy/",
    }
    assert len(found) > 10
    for url, pages in found.items():
        assert url in pages.values()
        assert all(found[other] == pages for other in pages.values())


def test_a_page_says_its_language_and_offers_the_others(site: Site) -> None:
    switches = {}
    for file in site.pages():
        all_ = list(elements(file))
        lang = next(a["lang"] for tag, a, _ in all_ if tag == "html")
        path = site.url(file).removeprefix(site.base_url)
        assert path.startswith("en/") == (lang == "en" or path == "en/lost/")
        switches[path] = {
            a["hreflang"]: a["href"] for tag, a, _ in all_ if tag == "a" and "hreflang" in a
        }
    assert switches["p/entropy/"] == {"en": "/repo/en/p/entropy/", "fr": "/repo/fr/"}
    assert switches["en/p/stray/"] == {"ja": "/repo/", "fr": "/repo/fr/"}
    assert switches["fr/"] == {"ja": "/repo/", "en": "/repo/en/"}


def test_a_site_in_one_language_says_nothing_of_languages(tmp_path: Path) -> None:
    (tmp_path / "notes").mkdir()
    (tmp_path / "notes/a.md").write_text(note("A", tags="x"), "utf-8")
    (tmp_path / "notes/en.md").write_text(note("B"), "utf-8")
    settings = tmp_path / "notesite.yaml"
    settings.write_text("title: T\nlanguage: en\nbase_url: https://example.org/", "utf-8")
    build(tmp_path, today=lambda config: TODAY)
    pages = {file: file.read_bytes() for file in (tmp_path / "public").rglob("*.html")}
    assert pages
    assert not any(b"hreflang" in page for page in pages.values())
    settings.write_text(settings.read_text("utf-8") + "\nlanguages: {en: {}}", "utf-8")
    build(tmp_path, today=lambda config: TODAY)
    assert {file: file.read_bytes() for file in pages} == pages


# --- words ----------------------------------------------------------------------------------------


def test_a_language_of_the_site_s_own_brings_words_direction_and_plurals(tmp_path: Path) -> None:
    words = tmp_path / "templates/i18n/ar.yaml"
    words.parent.mkdir(parents=True)
    text = "direction: rtl\nlanguage_name: العربية\nnotes_count: {one: ملاحظة, two: ملاحظتان, "
    words.write_text(text + 'few: "{n} ملاحظات", other: "{n} ملاحظة"}', "utf-8")
    (tmp_path / "notesite.yaml").write_text("languages: [en, ar]", "utf-8")
    for name in ("a", "b", "c.ar", "d.ar"):
        file = tmp_path / f"notes/{name}.md"
        file.parent.mkdir(exist_ok=True)
        file.write_text(note(name, tags="x"), "utf-8")
    report = build(tmp_path, today=lambda config: TODAY)
    assert [problem.message for problem in report.problems] == ["the site has no base_url"]
    page = (tmp_path / "public/ar/tags/x/index.html").read_text("utf-8")
    assert '<html lang="ar" dir="rtl">' in page
    assert "ملاحظتان" in page
    assert ">العربية</a>" in (tmp_path / "public/index.html").read_text("utf-8")


def test_a_language_without_words_has_those_of_english_and_a_note(tmp_path: Path) -> None:
    (tmp_path / "notes").mkdir()
    (tmp_path / "notes/a.md").write_text("Texte.", "utf-8")
    (tmp_path / "notesite.yaml").write_text("language: fr", "utf-8")
    report = build(tmp_path, today=lambda config: TODAY)
    message = "the theme has no words in `fr`, so its words are English"
    assert message in [problem.message for problem in report.problems]
    page = (tmp_path / "public/index.html").read_text("utf-8")
    assert '<html lang="fr" dir="ltr">' in page
    assert ">Archive</a>" in page


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("months: [Janvier]", "a list of twelve months is expected here"),
        ("notes_count: {one: note}", "the plural form `other` is missing"),
        ("direction: down", "`down` is not one of ltr, rtl"),
    ],
)
def test_a_table_of_words_that_cannot_be_used_is_told(
    text: str, message: str, tmp_path: Path
) -> None:
    file = tmp_path / "templates/i18n/fr.yaml"
    file.parent.mkdir(parents=True)
    file.write_text(text, "utf-8")
    (tmp_path / "a.md").write_text("Text.", "utf-8")
    report = build(tmp_path, today=lambda config: TODAY)
    assert not report.published
    assert message in [problem.message for problem in report.problems]


@pytest.mark.parametrize("language", ["en", "de", "it", *RULES])
def test_a_count_has_the_plural_form_of_its_language(language: str) -> None:
    babel = pytest.importorskip("babel")
    rule = babel.Locale.parse(language).plural_form
    numbers = range(1200)
    assert [plural(language, n) for n in numbers] == [rule(n) for n in numbers]


# --- the language that nobody has said ------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("", ""),
        ("12 $5$", "en"),
        ("An English note.", "en"),
        ("情報エントロピーは平均情報量。", "ja"),
        ("Squeeze-and-Excitation で SE block を使う", "ja"),
        ("信息熵是平均信息量", "zh"),
        ("한국어 문장입니다", "ko"),
        ("The particle の marks a noun; in other words, it is a little like English of.", "en"),
        ("これは例。\n\n```python\n" + "def function(argument): pass\n" * 20 + "```\n", "ja"),
    ],
)
def test_a_text_tells_its_language_by_its_script(text: str, language: str) -> None:
    assert guess(text) == language


@given(st.text(max_size=300))
def test_any_text_has_a_language_or_nothing_to_read(text: str) -> None:
    assert guess(text) in ("", "en", "ja", "ko", "zh")


JAPANESE = note("", "かなのある文章です。")


def langs(made: Library) -> dict[str, str]:
    return {page.card.url: page.card.lang for page in made.pages}


def test_a_site_without_settings_is_in_the_language_of_most_notes() -> None:
    notes = {
        "a.md": JAPANESE,
        "b.md": JAPANESE,
        "c.md": note("", "English text."),
        "d.md": "固有値",
    }
    made = library(notes)
    assert made.language == "ja"
    assert langs(made) == {"/a/": "ja", "/b/": "ja", "/c/": "en", "/d/": "ja"}
    assert library({"a.md": "固有值", "b.md": "信息熵"}).language == "zh"
    assert library({"a.md": "12"}).language == "en"


def test_a_language_in_the_settings_always_wins() -> None:
    made = library({"a.md": JAPANESE, "b.md": note("", lang="fr")}, Config(language="en"))
    assert made.language == "en"
    assert langs(made) == {"/a/": "en", "/b/": "fr"}
