"""What Jinja2 writes for an expression of a template, with fewer calls in it.

A page has a hundred expressions. Jinja2's code makes four calls for each that prints an attribute:
to look it up, to finish the value, to escape it, and to mark what came out as escaped, which only
matters if it is escaped once more. Here they are two.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from jinja2 import Environment
from jinja2.compiler import CodeGenerator, Frame
from jinja2.nodes import Expr, Getattr, Template
from markupsafe import Markup, escape

_OF_DICT = frozenset(dir(dict))
_SPECIAL = re.compile("[&<>\"']")


class FewerCalls(CodeGenerator):
    """Its code calls the environment's `shown` and `attribute`, by names of the module."""

    def visit_Template(self, node: Template, frame: Frame | None = None) -> None:
        super().visit_Template(node, frame)
        self.writeline("shown, attribute = environment.shown, environment.attribute")

    def visit_Getattr(self, node: Getattr, frame: Frame) -> None:
        self.write("attribute(")
        self.visit(node.node, frame)
        self.write(f", {node.attr!r})")

    def _output_child_pre(
        self, node: Expr, frame: Frame, finalize: CodeGenerator._FinalizeInfo
    ) -> None:
        if frame.eval_ctx.autoescape and not frame.eval_ctx.volatile:
            self.write("shown((")  # Jinja2 closes both, that of `finalize` too
        else:
            super()._output_child_pre(node, frame, finalize)


def shown_by(finalize: Callable[[Any], Any]) -> Callable[[Any], str]:
    """A value -> what is printed of it, escaped."""

    def shown(value: Any) -> str:
        if type(value) is str:
            return escape(value) if _SPECIAL.search(value) else value
        value = finalize(value)
        return value if type(value) is Markup else escape(value)

    return shown


def attribute_in(environment: Environment) -> Callable[[Any, str], Any]:
    """`getattr` of the environment, but in a dict that has no such method, or in an object that has
    such an attribute, without asking further."""

    def attribute(value: Any, name: str) -> Any:
        if type(value) is dict:
            if name in value and name not in _OF_DICT:
                return value[name]
        else:
            try:
                return getattr(value, name)
            except AttributeError:
                pass
        return environment.getattr(value, name)

    return attribute
