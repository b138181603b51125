"""Problems -> text for programs: JSON, or annotations of GitHub."""

from __future__ import annotations

import posixpath
from collections.abc import Sequence

from msgspec import json

from notesite.problems import Problem

_LEVELS = {"error": "error", "warning": "warning", "note": "notice"}


def as_json(problems: Sequence[Problem]) -> str:
    """An array with an object for each problem; `line` and `column` count from 1, and 0 stands for
    the whole file."""
    found = [
        {
            "level": problem.level,
            "file": problem.location.path,
            "line": problem.location.line,
            "column": problem.location.column,
            "message": problem.message,
            "hint": problem.hint,
        }
        for problem in problems
    ]
    return json.format(json.encode(found), indent=2).decode()


def as_github(problems: Sequence[Problem], folder: str) -> str:
    """A workflow command for each problem, so that it is shown beside its line in a pull request;
    `folder` is where the site stands in the repository ("." for its root).

    https://docs.github.com/actions/reference/workflow-commands-for-github-actions
    """
    return "\n".join(_command(problem, folder) for problem in problems)


def _command(problem: Problem, folder: str) -> str:
    where = problem.location
    values = {"file": posixpath.normpath(posixpath.join(folder, where.path))}
    if where.line:
        values |= {"line": str(where.line), "col": str(max(where.column, 1))}
    properties = ",".join(f"{name}={_property(value)}" for name, value in values.items())
    text = f"{problem.message}; {problem.hint}" if problem.hint else problem.message
    return f"::{_LEVELS[problem.level]} {properties}::{_data(text)}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
