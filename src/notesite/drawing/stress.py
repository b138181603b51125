"""Which nodes are linked -> a place in the plane for each, near to what it is linked to.

Gradient descent on the stress of a graph (Zheng, Pawar, Goodman: "Graph Drawing by Stochastic
Gradient Descent", 2018) with distances from a few pivots (Ortmann, Klimenta, Brandes: "A Sparse
Stress Model", 2016). Nothing is random, and the arithmetic is of the kind whose every bit IEEE 754
lays down (roots, but no sine or power), so that all machines draw the same.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from math import sqrt

PIVOTS = 40
ROUNDS = 24
FIRST, COOLING = 16.0, 0.8  # how far a pull goes, and how much less far in each further round
GOLDEN = -0.7373688780783197, 0.6754902942615238  # cosine and sine of the golden angle

Point = tuple[float, float]
Pull = tuple[int, int, float]  # two nodes, and how far apart they should be


def spread(size: int, edges: Sequence[tuple[int, int]]) -> list[Point]:
    """The places of the nodes 0 to `size` - 1; linked ones stand about 1 apart."""
    near: list[list[int]] = [[] for _ in range(size)]
    for one, other in edges:
        near[one].append(other)
        near[other].append(one)
    pulls = [*((one, other, 1.0) for one, other in edges), *_from_pivots(near)]
    places = _sunflower(size)
    reach = FIRST
    for _ in range(ROUNDS):
        for pull in pulls:
            _follow(pull, places, reach)
        reach *= COOLING
    return [(x, y) for x, y in places]


def _follow(pull: Pull, places: Sequence[list[float]], reach: float) -> None:
    """Move two nodes towards the distance that they should have."""
    one, other, distance = pull
    a, b = places[one], places[other]
    x, y = a[0] - b[0], a[1] - b[1]
    now = sqrt(x * x + y * y) or 1.0
    share = min(reach / (distance * distance), 1.0) * (now - distance) / (2.0 * now)
    a[0] -= share * x
    a[1] -= share * y
    b[0] += share * x
    b[1] += share * y


def _from_pivots(near: Sequence[Sequence[int]]) -> Iterator[Pull]:
    """From nodes that stand far from each other to all others. What cannot be reached at all stands
    a little further off than what can."""
    nearest = [float("inf")] * len(near)
    pivot = 0
    for _ in range(min(PIVOTS, len(near))):
        steps = _steps(near, pivot)
        beyond = max(steps.values()) + 2
        for node in range(len(near)):
            distance = float(steps.get(node, beyond))
            nearest[node] = min(nearest[node], distance)
            if node != pivot:
                yield pivot, node, distance
        pivot = max(range(len(near)), key=nearest.__getitem__)


def _steps(near: Sequence[Sequence[int]], start: int) -> dict[int, int]:
    """How many links away each node is that can be reached."""
    steps = {start: 0}
    waiting = deque([start])
    while waiting:
        node = waiting.popleft()
        for other in near[node]:
            if other not in steps:
                steps[other] = steps[node] + 1
                waiting.append(other)
    return steps


def _sunflower(size: int) -> list[list[float]]:
    """Places where nothing is near another, the first in the middle."""
    places, x, y = [], 1.0, 0.0
    for number in range(size):
        places.append([x * sqrt(number), y * sqrt(number)])
        x, y = x * GOLDEN[0] - y * GOLDEN[1], x * GOLDEN[1] + y * GOLDEN[0]
    return places
