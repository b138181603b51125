"""The commands: what each takes, what it calls, what it says when it is done.

A command imports what it needs itself, so that `--help` and completion are quick.
"""

from __future__ import annotations

import os
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from notesite import __version__
from notesite.cli.answers import exit_code, has_failed, summary
from notesite.cli.imports import imports
from notesite.cli.options import PATH, Commands, given, root, shared, terminal
from notesite.cli.serve import serve
from notesite.cli.terminal import count, visible

if TYPE_CHECKING:
    from notesite.config import Config

_STARTED = time.perf_counter()


def run(arguments: Sequence[str] | None) -> int:
    """The exit code of a command line; wrong usage says what is wrong and is 2."""
    try:
        code = notesite.main(arguments, prog_name="notesite", standalone_mode=False)
    except click.exceptions.Abort:
        raise KeyboardInterrupt from None
    except click.ClickException as error:
        error.show()
        return error.exit_code
    return code if isinstance(code, int) else 0


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@shared(hidden=False)
@click.version_option(__version__, message="%(prog)s %(version)s")
def notesite() -> None:
    """Turn a folder of Markdown notes with math into a website.

    The options below go before the command or after it.
    """


@notesite.command()
@shared()
@click.argument("folder", metavar="[DIR]", default=".", type=PATH)
def init(folder: Path) -> None:
    """Make a small working site in DIR, or here.

    It has settings, two pages and a workflow that publishes it on GitHub Pages. A folder where a
    file would be overwritten is refused.
    """
    from notesite.cli.start import make_site

    base = given("root")
    folder = Path(base) / folder if base else folder
    made = make_site(folder, datetime.now(UTC))
    here = "" if folder.resolve() == Path.cwd() else f"  cd {click.format_filename(folder)}\n"
    terminal().say(
        "\n".join(f"wrote {path}" for path in made) + "\n\nNext:\n"
        f"{here}"
        '  notesite new "A title"     begin a note\n'
        "  notesite serve --open      see the site while you write\n"
        "  notesite build             write it to public/\n\n"
        "To publish it, push the folder to GitHub and choose GitHub Actions as the source\n"
        "in the repository's settings, under Pages."
    )


@notesite.command()
@shared()
@click.argument("title")
def new(title: str) -> int:
    """Begin a note named TITLE, with its date; print its path.

    "posts/TITLE" puts it into the section posts. The file is named after the title; an existing
    one is never overwritten.
    """
    from notesite.cli.start import make_note

    site = root()
    config = _config(site)
    if config is None:
        return 1
    click.echo(click.format_filename(make_note(site, config, title, datetime.now(config.zone))))
    return 0


@notesite.command()
@shared()
@click.option(
    "-o", "--output", type=PATH, metavar="DIR", help="The output folder, relative to the root."
)
@click.option("-b", "--base-url", metavar="URL", help="The address of the site's home page.")
@click.option("-D", "--drafts", is_flag=True, help="Drafts too.")
@click.option("-F", "--future", is_flag=True, help="Notes with a date to come too.")
@click.option("--strict", is_flag=True, help="Exit with 1 on a warning, not only on an error.")
@click.option("--force", is_flag=True, help="Build everything anew, whatever is remembered.")
@click.option("-j", "--jobs", type=click.IntRange(1), metavar="N", help="Processes; default: all.")
@click.option("--explain", is_flag=True, help="Say for each file that was made anew why it was.")
def build(
    output: Path | None,
    base_url: str | None,
    drafts: bool,
    future: bool,
    strict: bool,
    force: bool,
    jobs: int | None,
    explain: bool,
) -> int:
    """Build the site.

    The output folder becomes exactly the site; only files that differ are written. All problems
    are shown together. Exit code: 0, 1 after an error, 2 if the output folder is refused.
    """
    from notesite.build import build as build_site
    from notesite.report import Options

    out = terminal()
    with out.progress() as progress:
        report = build_site(
            root(),
            config_file=given("config"),
            output=output,
            base_url=base_url,
            options=Options(drafts, future, force, jobs or 0, explain),
            today=lambda config: datetime.now(config.zone).date(),
            progress=progress,
        )
    out.problems(report.problems)
    for line in report.made:
        click.echo(visible(line))
    if report.published:
        out.say(summary(report, time.perf_counter() - _STARTED))
    else:
        out.warn("nothing was published")
    return exit_code(report, strict)


notesite.add_command(serve)


@notesite.command()
@shared()
@click.option("-D", "--drafts", is_flag=True, help="Drafts too.")
@click.option("-F", "--future", is_flag=True, help="Notes with a date to come too.")
@click.option("--strict", is_flag=True, help="Exit with 1 on a warning, not only on an error.")
@click.option("--external", is_flag=True, help="Ask other hosts whether what notes link to exists.")
@click.option("--format", "form", type=click.Choice(["text", "json", "github"]), default="text")
def check(drafts: bool, future: bool, strict: bool, external: bool, form: str) -> int:
    """Say what is wrong with the notes; write nothing to the output folder.

    json and github (annotations of a workflow) go to standard output. Exit code: 0, 1 after an
    error.
    """
    from notesite.build import build as build_site
    from notesite.cli import formats
    from notesite.report import Options

    out, site = terminal(), root()
    with out.progress() as progress:
        report = build_site(
            site,
            config_file=given("config"),
            options=Options(drafts, future, check=True, external=external),
            today=lambda config: datetime.now(config.zone).date(),
            progress=progress,
        )
    if form == "json":
        click.echo(formats.as_json(report.problems))
    elif form == "github":
        folder = Path(os.path.relpath(site)).as_posix()
        click.echo(visible(formats.as_github(report.problems, folder)))
    else:
        out.problems(report.problems)
        out.say(f"{count(report.notes, 'note')} checked")
    return int(has_failed(report, strict))


@notesite.command()
@shared()
@click.option(
    "-o", "--output", type=PATH, metavar="DIR", help="The output folder, relative to the root."
)
def clean(output: Path | None) -> int:
    """Remove what was built, and the cache.

    Only files that notesite wrote are removed; what others put into the output folder stays.
    """
    from notesite import publish, resizing
    from notesite.scan import protected

    site = root()
    config = _config(site)
    if config is None:
        return 1
    target = site / (output or config.output)
    shown = os.path.relpath(target, site)
    sources = protected(site, config, given("config"))
    cleaned = publish.clean(target, sources=sources, shown=shown)
    terminal().problems(cleaned.problems)
    if cleaned.problems:
        return 2 if cleaned.refused else 1
    resizing.clean(site)
    publish.clean_cache(site)
    terminal().say(f"removed {count(cleaned.removed, 'file')} from {shown}")
    return 0


notesite.add_command(imports)


@notesite.command()
@shared()
@click.argument("shell", required=False, type=click.Choice(["bash", "zsh", "fish"]))
def completion(shell: str | None) -> None:
    """Print the completion script of a shell, of yours by default.

    \b
    bash:  notesite completion bash > ~/.local/share/bash-completion/completions/notesite
    zsh:   notesite completion zsh > ~/.zfunc/_notesite   (~/.zfunc in $fpath)
    fish:  notesite completion fish > ~/.config/fish/completions/notesite.fish
    """
    from click.shell_completion import get_completion_class

    name = shell or os.path.basename(os.environ.get("SHELL", ""))
    script = get_completion_class(name)
    if script is None:
        raise click.UsageError("Say for which shell: bash, zsh or fish.")
    click.echo(script(notesite, {}, "notesite", "_NOTESITE_COMPLETE").source())


def _config(root: Path) -> Config | None:
    """The settings; None after their problems were shown."""
    from notesite.settings import load_config

    config, problems = load_config(root, given("config"))
    terminal().problems(problems)
    return None if any(problem.level == "error" for problem in problems) else config
