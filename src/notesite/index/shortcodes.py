"""A call of a macro -> the same, if there is such a macro that takes it; else how it is written."""

from __future__ import annotations

from msgspec.structs import replace

from notesite.fields import nearest
from notesite.model import Macro, Macros, Problem, Shortcode, ShortcodeEnd

FILE = "templates/shortcodes.html"


def accepted(
    hole: Shortcode | ShortcodeEnd, macros: Macros, problems: list[Problem]
) -> Shortcode | ShortcodeEnd | str:
    """A refusal is a problem, told once: at the start of a pair."""
    if isinstance(hole, ShortcodeEnd):
        return hole if isinstance(accepted(hole.start, macros, []), Shortcode) else hole.written
    message, hint = _refusal(hole, macros)
    if message:
        problems.append(Problem("warning", message, hole.location, hint))
        return hole.written
    return replace(hole, name=macro_name(hole.name), digest=macros.digest)


def macro_name(name: str) -> str:
    """How the macro of a shortcode is called: Jinja's names have no `-`."""
    return name.replace("-", "_")


def _refusal(call: Shortcode, macros: Macros) -> tuple[str, str]:
    """A message and a hint, both "" if the call is right."""
    name = macro_name(call.name)
    if macros.unknown:
        return "", ""
    macro = macros.by_name.get(name)
    if macro is None:
        near = nearest(name, list(macros.by_name))
        hint = f"did you mean `{near}`?" if near else f"make the macro `{name}` in {FILE}"
        return f"there is no shortcode `{call.name}`, so it is shown as text", hint
    return _wrong_arguments(call, macro)


def _wrong_arguments(call: Shortcode, macro: Macro) -> tuple[str, str]:
    known = macro.arguments
    hint = f"it takes: {', '.join(known)}" if known else "it takes no arguments"
    if len(call.words) > len(known) and not macro.words:
        return f"`{call.name}` cannot take the word `{call.words[len(known)]}`", hint
    given = list(known[: len(call.words)])
    for name, _ in call.named:
        if name in given:
            return f"`{call.name}` is given `{name}` twice", hint
        if name not in known and not macro.names:
            return f"`{call.name}` takes no argument `{name}`", hint
        given.append(name)
    if missing := [name for name in known[: macro.required] if name not in given]:
        return f"`{call.name}` needs the argument `{missing[0]}`", hint
    if call.paired and not macro.body:
        hint = f"remove the end, or print {{{{ caller() }}}} in the macro in {FILE}"
        return f"`{call.name}` takes no body, and this one has an end", hint
    return "", ""
