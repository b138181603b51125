"""Output and theme -> bytes: Jinja2 templates, always escaped; a failure is a problem of the frame.

What is not a template is left to publish: copies stay copies.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime
from functools import lru_cache
from typing import Any
from urllib.parse import urljoin

from jinja2 import Environment, FunctionLoader, StrictUndefined, pass_context
from jinja2.runtime import Context
from jinja2.utils import htmlsafe_json_dumps
from markupsafe import Markup
from msgspec import json

from notesite.config import Config
from notesite.drawing.fan import fan
from notesite.drawing.sheet import sheets
from notesite.extension import NOTHING, Extension
from notesite.faults import FAULTS, told
from notesite.index.links import href
from notesite.inlining import Inlining
from notesite.markdown.printing import Call, Load, printed
from notesite.model import Output, Problem, Stored, Template, Theme
from notesite.plurals import plural
from notesite.reading_time import steps
from notesite.shortcodes import caller
from notesite.standalone import standalone

NOT_FOUND = "/404.html"
_NOT_XML = re.compile("[\0-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")  # no escape helps
_PART = re.compile(r"\{[a-z]+\}|%-?\w")  # of a date's format
_MONTHS = ("{month}", "%B", "%b")
_PARTS: Mapping[str, Callable[[date], str]] = {
    "{year}": lambda day: str(day.year), "%Y": lambda day: f"{day:%Y}",
    "%m": lambda day: f"{day:%m}", "%-m": lambda day: str(day.month),
    "{day}": lambda day: str(day.day), "%d": lambda day: f"{day:%d}",
    "%-d": lambda day: str(day.day),
}  # fmt: skip
_FRAGMENT = re.compile(r"([^#]*(?:/|\.html))(#.*)", re.S)


def environment(
    theme: Theme, config: Config, load: Load, extension: Extension = NOTHING
) -> Inlining:
    """The templates of a site with its filters; `load` gives the HTML of notes.

    Autoescape is a constant: no file name turns it off.
    """
    filters = {
        "url": _url_filter(config),
        "absolute": lambda url: absolute(url, config),
        "date": format_date,
        "iso": date.isoformat,
        "reading_time": format_reading_time,
        "counted": format_count,
        "fan": fan,
        "sheets": sheets,
        "json": as_json,
        "rfc822": rfc822,
        "standalone": lambda html, url: standalone(_html(html, load, call), absolute(url, config)),
        **extension.filters,
    }
    jinja = Inlining(
        FunctionLoader(lambda name: _load(theme, name)),
        filters,
        lambda value: _html(value, load, call) if type(value) is Stored else value,
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        auto_reload=False,
        cache_size=-1,
    )
    call: Call = caller(jinja.plain, theme)
    return jinja


def render(output: Output, recipe: Template, jinja: Inlining, theme: Theme) -> bytes | Problem:
    """The page as UTF-8, or why its template failed (a problem of the frame, at the template's
    line)."""
    try:
        return _rendered(recipe, jinja)
    except FAULTS:
        try:
            return _rendered(recipe, jinja.plain)  # here each line is still that of its file
        except FAULTS as error:
            return told(error, theme, recipe.name, output)


def _rendered(recipe: Template, jinja: Environment) -> bytes:
    text = jinja.get_template(recipe.name).render(recipe.names)
    return (_NOT_XML.sub("", text) if recipe.name.endswith(".xml") else text).encode()


# --- filters --------------------------------------------------------------------------------------


def _html(stored: Stored, load: Load, call: Call) -> Markup:
    return Markup(printed(stored, load, call) if stored else "")


def _url_filter(config: Config) -> Callable[[Context, str], str]:
    """`url`: a site path as a link; on 404.html, which is shown at any address, with its host."""
    base_path = config.base_path

    @pass_context
    def url(context: Context, path: str) -> str:
        if path.startswith("/") and context.parent.get("url") == NOT_FOUND:
            return absolute(path, config) or link(path, base_path)
        return link(path, base_path)

    return url


@lru_cache(maxsize=50_000)  # the same tags and notes on page after page
def link(url: str, base_path: str) -> str:
    """A site path as a link under the base path; any other URL as it is.

    `#` begins a fragment only behind a page (`/a/#top`, `/a.html#top`): the name of a file may hold
    it too.
    """
    if not url.startswith("/") or url.startswith("//"):
        return url
    match = _FRAGMENT.match(url)
    path, fragment = (match[1], match[2]) if match else (url, "")
    return href(path, base_path) + fragment


def absolute(url: str, config: Config) -> str:
    """The whole URL of a site path; "" for no path, and where the site has no base_url."""
    if not config.base_url or not url:
        return ""
    if url.startswith("/") and not url.startswith("//"):
        return config.base_url + link(url, "/")[1:]
    return urljoin(config.base_url, url)


def rfc822(moment: str) -> str:
    """A moment in ISO form, in that of e-mail, which RSS takes."""
    from email.utils import format_datetime  # with all that the network needs

    return format_datetime(datetime.fromisoformat(moment))


def as_json(value: object) -> Markup:
    """JSON that can stand in HTML too. Members of an object that are None are left out."""
    return htmlsafe_json_dumps(_said(value), dumps=lambda said, **_: json.encode(said).decode())


def _said(value: object) -> object:
    if isinstance(value, dict):
        return {name: _said(each) for name, each in value.items() if each is not None}
    return [_said(each) for each in value] if isinstance(value, list) else value


def format_date(day: date, t: Mapping[str, Any]) -> str:
    """A day by the language's `date_format`: `{year}`, `{month}` (by its `months`), `{day}`; or
    strftime's %Y, %m, %d, %B where a site sets a format of its own."""
    month = str(t["months"][day.month - 1])
    return _formatted(day, str(t["date_format"]), month)


@lru_cache(maxsize=50_000)
def _formatted(day: date, pattern: str, month: str) -> str:
    def part(found: re.Match[str]) -> str:
        if found[0] in _MONTHS:
            return month
        return _PARTS[found[0]](day) if found[0] in _PARTS else found[0]

    return _PART.sub(part, pattern)


def format_reading_time(seconds: int, t: Mapping[str, Any]) -> str:
    """`20 sec read`, `約3分`: by SPEC 5's steps, in the language's pattern."""
    unit, number = steps(seconds)
    return format_count(number, f"reading_{unit}", t)


def format_count(number: int, key: str, t: Mapping[str, Any]) -> str:
    """The UI string of this name with a number in it, in the plural form that the language asks
    for, where the string has forms."""
    text = t[key]
    if isinstance(text, dict):
        text = text.get(plural(t["language"], number), text["other"])
    return str(text).replace("{n}", str(number))


# --- templates ------------------------------------------------------------------------------------


def _load(theme: Theme, name: str) -> tuple[str, str, None] | None:
    source = theme.templates.get(name)
    return None if source is None else (source, theme.origins[name], None)
