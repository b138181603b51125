"""A feed -> what it breaks of the rules that the W3C's validator knows, as sentences.

Of RFC 4287 (Atom), of RSS 2.0 with the RSS Advisory Board's best practices, and of what both say
about HTML: whatever can be told from the file alone.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from urllib.parse import urlsplit
from xml.etree.ElementTree import Element, fromstring

import html5lib

ATOM = "{http://www.w3.org/2005/Atom}"
CONTENT = "{http://purl.org/rss/1.0/modules/content/}encoded"
LANG = "{http://www.w3.org/XML/1998/namespace}lang"
RFC_3339 = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")
LANGUAGE = re.compile(r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*")
LOADING = ("href", "src", "poster", "cite", "data", "action")


def atom_problems(feed: bytes, url: str) -> list[str]:
    """What is wrong with an Atom feed that is published at `url`."""
    root = fromstring(feed)
    if root.tag != ATOM + "feed":
        return ["the root is feed"]
    entries = root.findall(ATOM + "entry")
    return [
        *_counts(root, ATOM, once=("id", "title", "updated"), most_once=("subtitle",)),
        *_self_link(root.findall(ATOM + "link"), url),
        *_unique(each.findtext(ATOM + "id") for each in [root, *entries]),
        *(problem for each in [root, *entries] for problem in _dates_of(each)),
        *(problem for each in entries for problem in _entry(each, root)),
        *(problem for each in root.iter() for problem in _anywhere(each)),
    ]


def rss_problems(feed: bytes, url: str) -> list[str]:
    """What is wrong with an RSS feed that is published at `url`."""
    root = fromstring(feed)
    channels = root.findall("channel")
    if root.tag != "rss" or root.get("version") != "2.0" or len(channels) != 1:
        return ["the root is rss 2.0 with one channel"]
    channel, items = channels[0], channels[0].findall("item")
    once = ("title", "link", "description")
    return [
        *_counts(channel, "", once=once, most_once=("language", "lastBuildDate")),
        *_self_link(channel.findall(ATOM + "link"), url),
        *_unique(item.findtext("guid") for item in items),
        *(problem for item in items for problem in _item(item)),
        *(
            f"{each.tag} is a date of RFC 822: {each.text}"
            for each in root.iter()
            if each.tag in ("pubDate", "lastBuildDate") and not _is_rfc_822(each.text or "")
        ),
        *(
            f"{each.tag} is a whole URL: {each.text}"
            for each in root.iter()
            if each.tag in ("link", "guid") and not _is_whole(each.text or "")
        ),
        *(f"{each.tag} is not blank" for each in root.iter() if _is_blank(each)),
        *_language(channel.findtext("language")),
    ]


def html_problems(html: str) -> Iterator[str]:
    """What is wrong with the HTML of an entry: relative references, scripts."""
    for element in html5lib.parseFragment(html, namespaceHTMLElements=False).iter():
        if element.tag in ("script", "style", "meta", "link"):
            yield f"HTML has no {element.tag}"
        for name in LOADING:
            if name in element.attrib and not urlsplit(element.get(name)).scheme:
                yield f"no reference is relative: {name}={element.get(name)}"
        for candidate in element.get("srcset", "").split(", "):
            if candidate and not _is_whole(candidate.split()[0]):
                yield f"no reference is relative: srcset={candidate}"


def _entry(entry: Element, feed: Element) -> Iterator[str]:
    once = ("id", "title", "updated")
    yield from _counts(entry, ATOM, once=once, most_once=("published", "summary", "content"))
    links = [link for link in entry.findall(ATOM + "link") if link.get("rel") == "alternate"]
    if not links and entry.find(ATOM + "content") is None:
        yield "an entry has content or an alternate link"
    yield from _unique(f"alternate {link.get('type')}" for link in links)
    if entry.find(ATOM + "author") is None and feed.find(ATOM + "author") is None:
        yield "an entry has an author, or the feed"
    changed, newest = entry.findtext(ATOM + "updated"), feed.findtext(ATOM + "updated")
    published = entry.findtext(ATOM + "published") or changed
    if not _moment(published) <= _moment(changed) <= _moment(newest):
        yield f"published {published} <= updated {changed} <= updated of the feed {newest}"
    content = entry.find(ATOM + "content")
    if content is not None:
        yield from html_problems(content.text or "")


def _item(item: Element) -> Iterator[str]:
    names = ("title", "link", "guid", "pubDate", "description", CONTENT)
    yield from _counts(item, "", most_once=names)
    if item.find("title") is None and item.find("description") is None:
        yield "an item has a title or a description"
    yield from html_problems(item.findtext(CONTENT) or "")


def _anywhere(element: Element) -> Iterator[str]:
    name = element.tag.removeprefix(ATOM)
    if name in ("id", "uri") and not _is_whole(element.text or ""):
        yield f"{name} is a whole URL: {element.text}"
    if name == "link" and not _is_whole(element.get("href", "")):
        yield f"href of a link is a whole URL: {element.get('href')}"
    if name in ("author", "contributor"):
        yield from _counts(element, ATOM, once=("name",))
    if name == "category" and not element.get("term"):
        yield "a category has a term"
    if name == "content" and element.get("type") != "html":
        yield "content is HTML"
    if _is_blank(element):
        yield f"{name} is not blank"
    yield from _language(element.get(LANG))


def _dates_of(element: Element) -> Iterator[str]:
    for name in ("updated", "published"):
        text = element.findtext(ATOM + name)
        if text is not None and not RFC_3339.fullmatch(text):
            yield f"{name} is a date of RFC 3339: {text}"


def _counts(
    element: Element, space: str, once: Iterable[str] = (), most_once: Iterable[str] = ()
) -> Iterator[str]:
    number = Counter(child.tag for child in element)
    shown = element.tag.removeprefix(ATOM)
    yield from (f"{shown} has one {name}" for name in once if number[space + name] != 1)
    yield from (f"{shown} has at most one {name}" for name in most_once if number[space + name] > 1)


def _self_link(links: Iterable[Element], url: str) -> Iterator[str]:
    if [link.get("href") for link in links if link.get("rel") == "self"] != [url]:
        yield f"one link of the feed leads to itself, {url}"


def _unique(names: Iterable[str | None]) -> Iterator[str]:
    yield from (f"{name} stands there once" for name, n in Counter(names).items() if n > 1)


def _language(text: str | None) -> Iterator[str]:
    if text is not None and not LANGUAGE.fullmatch(text):
        yield f"a language is a language tag: {text}"


def _is_blank(element: Element) -> bool:
    return not len(element) and not element.attrib and not (element.text or "").strip()


def _is_whole(url: str) -> bool:
    parts = urlsplit(url)
    return bool(parts.scheme in ("http", "https") and parts.netloc) and " " not in url


def _is_rfc_822(text: str) -> bool:
    try:
        return format_datetime(parsedate_to_datetime(text)) == text
    except ValueError:
        return False


def _moment(text: str | None) -> datetime:
    """Without a zone, which another rule tells: as if it were UTC."""
    moment = datetime.fromisoformat(text or "")
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
