"""What a template raised -> a problem of the frame, at the template's line."""

from __future__ import annotations

from jinja2 import (
    TemplateError,
    TemplateNotFound,
    TemplateRuntimeError,
    TemplateSyntaxError,
    UndefinedError,
)
from msgspec.structs import replace

from notesite.extension import ExtensionFailed
from notesite.inlining import Inlining
from notesite.model import Location, Output, Problem, Theme

ORIGINAL = "theme/"  # the packaged template of a name stands under this prefix too
FAULTS = (
    TemplateError, ExtensionFailed, ArithmeticError, AttributeError, LookupError, TypeError,
    ValueError, RecursionError, SyntaxError,
)  # fmt: skip


class ShortcodeFailed(TemplateRuntimeError):
    """A macro failed on the arguments of one call."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.message)
        self.problem = problem


def check(jinja: Inlining, theme: Theme) -> list[Problem]:
    """Templates that do not compile, all of them: with one, nothing is published. The packaged ones
    do."""
    problems = []
    for name, text in sorted(theme.templates.items()):
        if name.startswith(ORIGINAL) or theme.templates.get(ORIGINAL + name) == text:
            continue
        try:
            jinja.plain.get_template(name)
        except (TemplateSyntaxError, SyntaxError) as error:  # the latter: Python's own limits
            problems.append(told(error, theme, name))
    return problems


def told(error: Exception, theme: Theme, name: str, output: Output | None = None) -> Problem:
    """The error at the innermost template line that it passed through."""
    shown, line = theme.origins.get(name, name), 0
    if isinstance(error, TemplateSyntaxError):
        shown, line = theme.origins.get(error.name or name, name), error.lineno
    else:
        trace = error.__traceback__
        known = set(theme.origins.values())
        while trace is not None:
            if trace.tb_frame.f_code.co_filename in known:
                shown, line = trace.tb_frame.f_code.co_filename, trace.tb_lineno
            trace = trace.tb_next
    texts = {theme.origins[n]: text for n, text in theme.templates.items()}
    lines = texts.get(shown, "").split("\n")
    source_line = lines[line - 1] if 0 < line <= len(lines) else ""
    column = len(source_line) - len(source_line.lstrip()) + 1 if line else 0
    where = Location(shown, line, column)
    if isinstance(error, ShortcodeFailed):
        return replace(error.problem, message=f"{error.problem.message}{_while(output)}")
    if isinstance(error, ExtensionFailed):
        message, asked = error.problem.message, f"it is asked for in {where}"
        return replace(error.problem, message=f"{message}{_while(output)}", hint=asked)
    return Problem("error", _message(error, output), where, _hint(error), source_line, frame=True)


def _message(error: Exception, output: Output | None) -> str:
    if isinstance(error, TemplateNotFound):
        return f"the template `{error}` does not exist{_while(output)}"
    if isinstance(error, RecursionError):
        return f"this template includes itself without end{_while(output)}"
    said = error.msg if isinstance(error, SyntaxError) else error
    return f"{said}{_while(output)}".replace("\n", " ")


def _while(output: Output | None) -> str:
    return f" (while rendering {output.origin})" if output else ""


def _hint(error: Exception) -> str:
    if isinstance(error, TemplateNotFound):
        return "make it in templates/, or name one of the theme's"
    if isinstance(error, (TemplateSyntaxError, SyntaxError)):
        return "nothing is published until this template compiles"
    if isinstance(error, UndefinedError):
        return "the manual lists the names that every template knows"
    return ""
