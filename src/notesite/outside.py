"""Links of notes to other hosts -> a problem for each that leads nowhere, for `check --external`.

Each address is asked once, however many notes link to it; a host is asked by a few at a time, so
that a check does not look like an attack.
"""

from __future__ import annotations

import http.client
import re
import ssl
import time
import urllib.error
import urllib.request
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from functools import cache
from html import unescape
from http import HTTPStatus
from queue import Empty, SimpleQueue
from threading import Thread
from typing import NamedTuple
from urllib.parse import quote, unquote, urlsplit

from notesite import __version__
from notesite.loading import Notes, Progress
from notesite.planning import located, text_of
from notesite.problems import Level, Location, Problem
from notesite.scan import Scanned

PATIENCE = 10.0  # seconds for an answer
AGAIN = 1.0  # seconds until an address that failed is asked once more
LANES = 3  # questions to one host at a time
THREADS = 24

_LINK = re.compile(r"""\s(?:href|src)\s*=\s*["']?(https?://[^"'\s<>]+)""", re.IGNORECASE)
_GOES_ON = r"(?![\w/%?=&#~-]|[.:,]\w)"  # else it is the beginning of a longer address
_MEANT = "/:@!$&'()*+,;=~-._?%[]"  # signs that stay as they are in what a host is asked
# Hosts answer programs so though a reader sees the page; 999 is what LinkedIn says.
_CLOSED = {401, 403, 407, 429, 451, 999}
_MEND = "mend the link, or link to an archived copy"
_HEADERS = {"User-Agent": f"notesite/{__version__} (link check)", "Accept": "*/*"}


class Answer(NamedTuple):
    """What is wrong with an address: the end of a sentence that begins with it."""

    level: Level
    message: str
    hint: str
    sure: bool = True  # it would not be better another time


def asked(
    scanned: Scanned, notes: Notes, unasked: Iterable[str], progress: Progress
) -> tuple[Problem, ...]:
    """What is wrong with the links of a site's notes to other hosts, but those that begin with one
    of `unasked`."""
    pairs = zip(scanned.notes, notes.entries, strict=True)
    found = links(
        (note.shown, "".join(notes.html(entry.body)), text_of(note.file))
        for note, entry in pairs
        if entry.body
    )
    told: list[Problem] = []
    for done, some in problems(found, unasked):
        progress("asking other hosts", done, len(found))
        told += some
    return located(told, scanned)


def links(notes: Iterable[tuple[str, str, str]]) -> dict[str, list[Location]]:
    """The addresses on other hosts that notes link to or show, each with where it first stands in
    each of them. A note is how problems name it, its HTML and its text."""
    found: dict[str, list[Location]] = {}
    for shown, html, text in notes:
        for address in dict.fromkeys(unescape(link[1]) for link in _LINK.finditer(html)):
            found.setdefault(address, []).append(Location(shown, *_place(address, text)))
    return found


def problems(
    found: Mapping[str, Sequence[Location]], skipped: Iterable[str]
) -> Iterator[tuple[int, Sequence[Problem]]]:
    """How many addresses have answered, and what is wrong with the last of them, at each place that
    links to it. Those that begin with one of `skipped` are not asked."""
    left_out = tuple(skipped)
    asked = [address for address in found if not address.startswith(left_out)]
    for done, (address, answer) in enumerate(_answers(asked), 1):
        if answer is None:
            yield done, ()
            continue
        message = f"`{address}` {answer.message}"
        yield done, [Problem(answer.level, message, at, answer.hint) for at in found[address]]


def ask(address: str) -> Answer | None:
    """What is wrong with an address, None if it is there. A host may refuse to be asked for the
    head alone, and may fail once."""
    answer = None
    for method, wait in (("HEAD", 0.0), ("GET", 0.0), ("GET", AGAIN)):
        time.sleep(wait)
        try:
            answer = _asked(address, method)
        except ValueError:
            return Answer("warning", "is no address", "mend the link")
        except Exception as error:  # a thread that ends early would be waited for
            return _silent(error)
        if answer is None or (answer.sure and method == "GET"):
            break
    return answer


def _place(address: str, text: str) -> tuple[int, int]:
    """Where a note's text has an address, as it is or written with letters: line and column from
    1; (0, 0) where it is made of something else."""
    bare = address.partition("://")[2]
    for written in (address, unquote(address), bare, unquote(bare).removesuffix("/")):
        if found := re.search(re.escape(written) + _GOES_ON, text, re.ASCII):
            before = text[: found.start()]
            return before.count("\n") + 1, found.start() - before.rfind("\n")
    return 0, 0


def _answers(addresses: Iterable[str]) -> Iterator[tuple[str, Answer | None]]:
    """Answers as they come. The threads are daemons: who interrupts a check does not wait."""
    hosts: dict[str, list[str]] = {}
    for address in addresses:
        hosts.setdefault(address.split("/")[2].lower(), []).append(address)
    lanes: SimpleQueue[Sequence[str]] = SimpleQueue()
    told: SimpleQueue[tuple[str, Answer | None]] = SimpleQueue()
    for each in hosts.values():
        for lane in range(min(LANES, len(each))):
            lanes.put(each[lane::LANES])

    def work() -> None:
        with suppress(Empty):
            while True:
                for address in lanes.get_nowait():
                    told.put((address, ask(address)))

    for _ in range(min(THREADS, lanes.qsize())):
        Thread(target=work, daemon=True).start()
    for _ in range(sum(map(len, hosts.values()))):
        yield told.get()


def _asked(address: str, method: str) -> Answer | None:
    """One question. ValueError if the address is none."""
    parts = urlsplit(address)
    host = parts.netloc.encode("idna").decode() if not parts.netloc.isascii() else parts.netloc
    url = parts._replace(netloc=host, fragment="").geturl()
    request = urllib.request.Request(quote(url, _MEANT), headers=_HEADERS, method=method)
    try:
        with _opener().open(request, timeout=PATIENCE):
            return None
    except urllib.error.HTTPError as error:
        error.close()
        return _refused(error.code)
    except urllib.error.URLError as error:
        return _silent(error.reason)
    except http.client.InvalidURL:
        raise ValueError from None
    except (OSError, http.client.HTTPException) as error:
        return _silent(error)


@cache
def _opener() -> urllib.request.OpenerDirector:
    """With one list of certificates for all questions: to read it takes 50 ms."""
    handler = urllib.request.HTTPSHandler(context=ssl.create_default_context())
    return urllib.request.build_opener(handler)


def _refused(code: int) -> Answer:
    try:
        status = f"{code} {HTTPStatus(code).phrase}"
    except ValueError:
        status = str(code)
    if code in _CLOSED:
        return Answer("note", f"answers {status} to programs", "look at it in a browser")
    return Answer("warning", f"answers {status}", _MEND, code < 500)


def _silent(reason: object) -> Answer:
    match reason:
        case TimeoutError():
            why = f"does not answer within {PATIENCE:.0f} seconds"
        case ssl.SSLCertVerificationError():
            why = f"has no valid certificate ({reason.verify_message})"
        case OSError(strerror=str(text)) if text:
            why = f"cannot be reached ({text})"
        case _:
            why = f"cannot be reached ({reason})"
    return Answer("warning", why, _MEND, sure=False)
