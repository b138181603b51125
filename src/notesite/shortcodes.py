"""templates/shortcodes.html -> the macros that notes can call, and what a call of one shows."""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import blake2b

from jinja2 import Environment, TemplateSyntaxError, meta, nodes
from markupsafe import Markup
from msgspec.structs import replace

from notesite.extension import ExtensionFailed
from notesite.faults import FAULTS, ShortcodeFailed, told
from notesite.markdown.printing import Call
from notesite.model import Macro, Macros, Shortcode, Theme

NAME = "shortcodes.html"


def macros(theme: Theme) -> Macros:
    """The macros of a site; none without the file. Names that begin with `_` are its own."""
    text = theme.templates.get(NAME)
    if text is None:
        return Macros()
    try:
        tree = Environment().parse(text)
    except TemplateSyntaxError:
        return Macros(unknown=True)
    found = {each.name: _macro(each) for each in tree.body if isinstance(each, nodes.Macro)}
    shown = {name: macro for name, macro in found.items() if not name.startswith("_")}
    return Macros(shown, _digest(theme, text, tree))


def caller(plain: Environment, theme: Theme) -> Call:
    """What prints a call. Raises ShortcodeFailed. `plain`: here a line is that of its file."""

    def call(shortcode: Shortcode, body: str) -> str:
        try:
            macro = getattr(plain.get_template(NAME).module, shortcode.name)
            named: dict[str, object] = dict(shortcode.named)
            if macro.caller:
                named["caller"] = lambda: Markup(body)
            return str(macro(*shortcode.words, **named))
        except ExtensionFailed:
            raise
        except FAULTS:
            raise _failed(shortcode, plain, theme) from None

    return call


def _failed(shortcode: Shortcode, plain: Environment, theme: Theme) -> ShortcodeFailed:
    """What the exception means that is being handled."""
    try:
        plain.handle_exception()  # raises it with the lines of templates
    except FAULTS as error:
        problem = told(error, theme, NAME)
    message = f"the shortcode `{shortcode.name}` fails: {problem.message}"
    where, hint = shortcode.location, f"in {problem.location}"
    return ShortcodeFailed(
        replace(problem, message=message, location=where, hint=hint, source_line="")
    )


def _macro(macro: nodes.Macro) -> Macro:
    names = {name.name for part in macro.body for name in _names(part)}
    arguments = tuple(argument.name for argument in macro.args)
    return Macro(
        arguments, len(arguments) - len(macro.defaults),
        "varargs" in names, "kwargs" in names, "caller" in names,
    )  # fmt: skip


def _names(node: nodes.Node) -> Iterator[nodes.Name]:
    if isinstance(node, nodes.Name):
        yield node
    yield from node.find_all(nodes.Name)


def _digest(theme: Theme, text: str, tree: nodes.Template) -> bytes:
    """Of the file; where it names other templates, of all that there are."""
    texts = [text]
    if any(True for _ in meta.find_referenced_templates(tree)):
        texts = [f"{name}\0{theme.templates[name]}" for name in sorted(theme.templates)]
    return blake2b("\0".join(texts).encode(), digest_size=16).digest()
