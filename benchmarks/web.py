"""Numbers of notes -> processor time and memory of indexing a web of them, five links a note.

python -m benchmarks.web 300 1000 10000
"""

from __future__ import annotations

import gc
import sys
import time
import tracemalloc
from collections.abc import Iterator
from datetime import date
from random import Random

from notesite.config import Config
from notesite.index import index
from notesite.markdown.bodies import part
from notesite.markdown.note import Options, parse
from notesite.model import Entry, Library, Source

LINKS = 5  # of a note; four of five lead to another note, the last to a word that may be unwritten
FOLDERS = 20
NOTES_A_TAG = 40


def web(notes: int) -> list[Entry]:
    """Notes that link to each other at random; the same ones every time."""
    return [_entry(number, text) for number, text in enumerate(_texts(notes))]


def indexed(entries: list[Entry]) -> Library:
    return index(entries, (), (), Config(title="Web"), date(2026, 1, 1), lambda entry: 60)


def seconds(entries: list[Entry]) -> float:
    """Of processor time, the best of three; as in a build, nothing is collected meanwhile."""
    took = []
    for _ in range(3):
        gc.collect()
        gc.disable()
        start = time.process_time()
        indexed(entries)
        took.append(time.process_time() - start)
        gc.enable()
    return min(took)


def _texts(notes: int) -> Iterator[str]:
    random = Random(notes)
    for number in range(notes):
        names = [f"n{random.randrange(notes)}" for _ in range(LINKS - 1)]
        names.append(f"word {random.randrange(max(notes // 4, 1))}")
        links = " ".join(f"A sentence with [[{name}]] in it." for name in names)
        tag = number % max(notes // NOTES_A_TAG, 1)
        yield f"---\ntitle: Note {number}\ndate: 2025-01-01\ntags: [t{tag}]\n---\n\n{links}\n"


def _entry(number: int, text: str) -> Entry:
    path = f"f{number % FOLDERS}/n{number}.md"
    source = Source(path, path, b"", text.encode(), "")
    return part(parse(source, Options.of(Config())), path.encode())[0]


def _megabytes(entries: list[Entry]) -> float:
    """The most that index takes besides the notes."""
    tracemalloc.start()
    library = indexed(entries)
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    del library
    return most / 2**20


def main(sizes: list[int]) -> None:
    sys.stdout.write("notes  links   seconds  µs/note  MB     kB/note\n")
    for notes in sizes:
        entries = web(notes)
        took, memory = seconds(entries), _megabytes(entries)
        sys.stdout.write(
            f"{notes:<6} {notes * LINKS:<7} {took:<8.3f} {took / notes * 1e6:<8.0f} "
            f"{memory:<6.1f} {memory * 2**10 / notes:.1f}\n"
        )


if __name__ == "__main__":
    main([int(size) for size in sys.argv[1:]])
