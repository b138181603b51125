"""Templates with the templates that they include put in their place: one function call instead of
hundreds a page.

An `{% include %}` costs a new context with all names in it, and a listing page has fifty of them.
Which template is meant is mostly written there, so its syntax tree can stand in its place, in a
scope of its own. The places of errors are then wrong: whoever meets one renders again with `plain`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from jinja2 import BaseLoader, Environment, TemplateNotFound, nodes

from notesite.codegen import FewerCalls, attribute_in, shown_by


class Inlining(Environment):
    """An environment that compiles templates so. `plain` is the same one without it."""

    code_generator_class = FewerCalls

    def __init__(
        self, loader: BaseLoader, filters: dict[str, Any], finalize: Callable[[Any], Any],
        **options: Any,
    ) -> None:  # fmt: skip
        """`finalize`: what is printed for a value, as of Jinja2's environment."""
        super().__init__(loader=loader, finalize=finalize, **options)
        self._loader = loader
        self.plain = Environment(loader=loader, finalize=finalize, **options)
        self.shown, self.attribute = shown_by(finalize), attribute_in(self)
        for environment in (self, self.plain):
            environment.filters |= filters

    def _parse(self, source: str, name: str | None, filename: str | None) -> nodes.Template:
        tree = super()._parse(source, name, filename)
        self._inline(tree, (name,))
        return tree

    def _inline(self, node: nodes.Node, within: tuple[str | None, ...]) -> None:
        """Replace what can be replaced below this node of the template `within[-1]`, which stands
        in those before it."""
        for _, value in node.iter_fields():
            if isinstance(value, list):
                value[:] = [self._inlined(each, within) for each in value]
            elif isinstance(value, nodes.Node):
                self._inline(value, within)

    def _inlined(self, node: Any, within: tuple[str | None, ...]) -> Any:
        if isinstance(node, nodes.Include):
            tree = self._included(node, within)
            return nodes.Scope(tree.body, lineno=node.lineno) if tree else node
        if isinstance(node, nodes.Node):
            self._inline(node, within)
        return node

    def _included(
        self, node: nodes.Include, within: tuple[str | None, ...]
    ) -> nodes.Template | None:
        """The tree that can stand in the place of this include, itself inlined."""
        name = node.template.value if isinstance(node.template, nodes.Const) else None
        if not isinstance(name, str) or not node.with_context or name in within:
            return None  # made while rendering; without names; or it includes itself
        try:
            source, _, _ = self._loader.get_source(self, name)
        except TemplateNotFound:
            return None  # rendering tells of it
        tree = super()._parse(source, name, None)
        if any(tree.find_all((nodes.Extends, nodes.Block))):
            return None  # a page of its own
        self._inline(tree, (*within, name))
        return tree
