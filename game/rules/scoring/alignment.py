"""Two rows of things put beside each other, in order, for the most that pairs are worth.

Global alignment by dynamic programming (Needleman and Wunsch 1970); gaps cost nothing. Several
neighbours of the first row may make one pair together, as two words make a phrase.
"""

from collections.abc import Callable
from fractions import Fraction
from typing import NamedTuple


class Pair(NamedTuple):
    """The things from start to stop of the first row, beside one of the second."""

    start: int
    stop: int
    place: int


class Aligned(NamedTuple):
    total: Fraction
    pairs: tuple[Pair, ...]


Worth = Callable[[Pair], Fraction | None]


def align(size: int, places: int, worth: Worth, widest: int = 1) -> tuple[Pair, ...]:
    """The pairs in order. Of equally good ways, always the same one.

    Args:
        worth: of a pair; None where the two may not stand beside each other.
        widest: how many things of the first row may make one pair.
    """
    best = [[Aligned(Fraction(), ())] * (places + 1) for _ in range(size + 1)]
    for stop in range(1, size + 1):
        for place in range(1, places + 1):
            ways = [best[stop - 1][place], best[stop][place - 1]]
            for start in range(max(0, stop - widest), stop):
                pair = Pair(start, stop, place - 1)
                if (value := worth(pair)) is not None:
                    before = best[start][place - 1]
                    ways.append(Aligned(before.total + value, (*before.pairs, pair)))
            best[stop][place] = max(ways, key=lambda way: way.total)
    return best[size][places].pairs
