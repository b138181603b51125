"""The body of a Hugo page -> Markdown without shortcodes, and remarks on those without equal."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from notesite.imports import blocks, quoting
from notesite.imports.hugo.tags import Tag, tags
from notesite.imports.places import Remark
from notesite.index.shortcodes import FILE
from notesite.markdown.callouts import ALIASES

DEEPEST = 20  # shortcodes in shortcodes

_KINDS = {*ALIASES, *ALIASES.values(), "note", "info", "todo", "bug", "example", "quote"}
# Those that show what is at another host become links to it.
_ELSEWHERE: dict[str, Callable[[Tag], str]] = {
    "youtube": lambda tag: f"https://www.youtube.com/watch?v={tag.get('id', index=0)}",
    "vimeo": lambda tag: f"https://vimeo.com/{tag.get('id', index=0)}",
    "gist": lambda tag: f"https://gist.github.com/{tag.get(index=0)}/{tag.get(index=1)}",
    "instagram": lambda tag: f"https://www.instagram.com/p/{tag.get('id', index=0)}/",
    "tweet": lambda tag: f"https://x.com/{tag.get('user') or 'i'}/status/{tag.get('id', index=0)}",
}
_ELSEWHERE["x"] = _ELSEWHERE["twitter"] = _ELSEWHERE["tweet"]

Resolve = Callable[[str], str]  # what a `ref` names -> the target of a link, "" if there is none


def translate(
    text: str, callouts: Mapping[str, str], resolve: Resolve
) -> tuple[str, tuple[Remark, ...]]:
    """`callouts` are the paired shortcodes of the site, with the kind of callout that each is."""
    writer = _Writer(text, callouts, resolve)
    written = writer.between(0, len(writer.tags), 0, len(text), 0)
    return written, tuple(sorted(writer.remarks))


class _Writer:
    def __init__(self, text: str, callouts: Mapping[str, str], resolve: Resolve) -> None:
        self.text = text
        self.tags = tags(text)
        self.closers = {tag.closed_by for tag in self.tags}
        self.callouts = callouts
        self.resolve = resolve
        self.remarks: list[Remark] = []

    def between(self, first: int, last: int, start: int, stop: int, depth: int) -> str:
        """The text between two offsets, whose tags are those from index `first` up to `last`."""
        written: list[str] = []
        done, index = start, first
        while index < last:
            tag = self.tags[index]
            closing = self.tags[tag.closed_by] if index < tag.closed_by < last else None
            made = self._made(index, closing, depth)
            end = tag.stop
            if made is None:
                if index not in self.closers:  # that was said where it opens
                    self.remarks.append(Remark(tag.start, *_no_equal(tag)))
                made = self.text[tag.start : tag.stop]
            elif closing and tag.name in _PAIRED | self.callouts.keys():
                end, index = closing.stop, tag.closed_by
            if end > tag.stop and "\n" in made:
                made = blocks.apart(made, self.text, tag.start, end)
            written += [self.text[done : tag.start], made]
            done = end
            index += 1
        return "".join([*written, self.text[done:stop]])

    def _made(self, index: int, closing: Tag | None, depth: int) -> str | None:
        """What stands for the tag at `index`; None if nothing does."""
        tag = self.tags[index]
        if tag.plain:
            return tag.plain
        if tag.name in ("ref", "relref"):
            return self._reference(tag)
        if tag.name == "figure":
            return _figure(tag)
        if make := _ELSEWHERE.get(tag.name):
            return f"<{make(tag)}>" if tag.words or tag.named else None
        if closing is None or depth >= DEEPEST:
            return None
        inside = self.text[tag.stop : closing.start]
        if tag.name == "highlight":
            return blocks.code(inside, tag.get(index=0), _marked(tag))
        if tag.name == "mermaid":
            return blocks.code(inside, "mermaid")
        if tag.name == "details" or tag.name in self.callouts:
            content = self.between(
                index + 1, tag.closed_by, tag.stop, closing.start, depth + 1
            )  # fmt: skip
            return self._callout(tag, content)
        return None

    def _reference(self, tag: Tag) -> str:
        wanted = tag.get("path", index=0)
        target = self.resolve(wanted)
        if not target:
            message = f"`{tag.name}` names no page that is imported: `{wanted}`"
            self.remarks.append(Remark(tag.start, message, "write the path of the note"))
        return target or quoting.url(wanted)

    def _callout(self, tag: Tag, content: str) -> str:
        """Its kind is the first argument if that is one, else that of the table."""
        first = tag.get("type", "kind", "style", index=0).lower()
        kind = first if first in _KINDS else self.callouts.get(tag.name, "details")
        words = [word for word in tag.words if word.lower() != first or first not in _KINDS]
        title = tag.get("title", "summary") or " ".join(words)
        return blocks.callout(kind or "note", title, content)


_PAIRED = {"highlight", "mermaid", "details"}


def _figure(tag: Tag) -> str | None:
    source = tag.get("src", index=0)
    if not source:
        return None
    alt = tag.get("alt") or re.sub(r"[*_`\[\]]", "", tag.get("caption") or tag.get("title"))
    image = f"![{quoting.label(alt)}]({quoting.url(source)})"
    sizes = [f"{n}={tag.named[n]}" for n in ("width", "height") if tag.get(n).isdecimal()]
    sizes += [f".{name}" for name in tag.get("class").split() if re.fullmatch(r"[\w-]+", name)]
    if sizes:
        image += f"{{{' '.join(sizes)}}}"
    if link := tag.get("link"):
        image = f"[{image}]({quoting.url(link)})"
    below = [part for part in (tag.get("title"), tag.get("caption"), tag.get("attr")) if part]
    return "\\\n".join([image, *below])


def _marked(tag: Tag) -> str:
    found = re.search(r"hl_lines=\"?\[?\"?([\d\s,-]+)", " ".join(tag.words[1:]))
    return (found[1] if found else tag.get("hl_lines")).strip(" ,")


def _no_equal(tag: Tag) -> tuple[str, str]:
    message = f"the shortcode `{tag.name}` has no equal, and stays as it is"
    if tag.closed_by < 0:
        return message, f"write it in Markdown, or a macro for it in {FILE}"
    return (
        message,
        f"make it a callout in the settings: imports: {{callouts: {{{tag.name}: note}}}}",
    )
