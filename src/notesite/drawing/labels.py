"""A title -> a label that fits a width, cut between graphemes. Widths are in thousandths of an
em."""

from __future__ import annotations

from functools import lru_cache

from notesite.markdown.graphemes import clusters, columns

EM = 1000
_BROAD = frozenset("MW@%&mw—…")
_NARROW = frozenset("iljtfr.,:;'|!()[]I ")


def cut(title: str, most: int) -> str:
    """The title if it fits into `most`, else its beginning with a "…"."""
    if len(title) * EM <= most:
        return title
    text, whole = "", 0
    for cluster in clusters(title):
        whole += _width(cluster)
        if whole > most:
            return text.rstrip() + "…"
        if whole + EM <= most:  # room for a "…"
            text += cluster
    return title


def measure(label: str) -> int:
    """How wide sans-serif fonts draw it, rather more than less: they differ."""
    return sum(map(_width, clusters(label)))


@lru_cache(maxsize=4096)
def _width(cluster: str) -> int:
    wide = columns(cluster)
    if wide != 1:
        return wide * EM // 2
    if cluster in _BROAD:
        return EM
    if cluster in _NARROW:
        return 400
    return 720 if cluster.isupper() else 600
