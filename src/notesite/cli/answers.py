"""A report -> what a command says of it at its end, and its exit code."""

from __future__ import annotations

from typing import TYPE_CHECKING

from notesite.cli.terminal import count

if TYPE_CHECKING:
    from notesite.report import Report


def summary(report: Report, seconds: float) -> str:
    """One line on what was written, and another on what was held back."""
    lines = [
        f"{count(report.notes, 'note')}, {count(report.pages, 'page')}: {report.written} written, "
        f"{report.unchanged} unchanged, {report.removed} removed in {seconds:.1f} s"
    ]
    drafts, future = report.held_back
    held = [count(drafts, "draft")] * (drafts > 0) + [f"{future} future"] * (future > 0)
    if held:
        lines.append(f"held back: {', '.join(held)}")
    return "\n".join(lines)


def exit_code(report: Report, strict: bool) -> int:
    """Of a build: 2 if its output folder is refused, 1 after a problem (see has_failed)."""
    if report.refused:
        return 2
    return int(not report.published or has_failed(report, strict))


def has_failed(report: Report, strict: bool) -> bool:
    """Whether there was an error, or with `strict` a warning."""
    bad = {"error", "warning"} if strict else {"error"}
    return any(problem.level in bad for problem in report.problems)
