"""The alignment, against every way there is."""

from collections.abc import Iterator
from fractions import Fraction
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from game.rules.scoring.alignment import Pair, Worth, align

VALUES = st.none() | st.fractions(0, 1, max_denominator=6)


def every_way(start: int, size: int, place: int, places: int, widest: int) -> Iterator[list[Pair]]:
    """All rows of pairs that keep the order, written down one by one."""
    yield []
    for first in range(start, size):
        for stop in range(first + 1, min(first + widest, size) + 1):
            for here in range(place, places):
                for rest in every_way(stop, size, here + 1, places, widest):
                    yield [Pair(first, stop, here), *rest]


def total(pairs: tuple[Pair, ...] | list[Pair], worth: Worth) -> Fraction | None:
    values = [worth(pair) for pair in pairs]
    known = [value for value in values if value is not None]
    return sum(known, Fraction()) if len(known) == len(values) else None


@given(st.data(), st.integers(0, 4), st.integers(0, 4), st.integers(1, 3))
def test_it_aligns_for_the_most_when_every_way_is_tried(
    data: st.DataObject, size: int, places: int, widest: int
) -> None:
    table = {
        Pair(start, start + width, place): data.draw(VALUES)
        for start in range(size)
        for width in range(1, widest + 1)
        for place in range(places)
    }
    pairs = align(size, places, table.get, widest)
    ways = (total(way, table.get) for way in every_way(0, size, 0, places, widest))
    assert total(pairs, table.get) == max(value for value in ways if value is not None)
    assert pairs == align(size, places, table.get, widest)
    for one, other in pairwise(pairs):
        assert one.stop <= other.start
        assert one.place < other.place
