"""Where a head is in a rider's picture, so that hats and glasses can be put on it.

Fractions of the visible picture (0 = left/top, 1 = right/bottom): ``x`` the head's middle, ``top``
where a hat's lower edge goes, ``eyes`` the middle of the eyes, ``wide`` the
head's width as a fraction of the picture's longest side.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True)
class Head:
    """One head; see the module's description for the units."""

    x: float
    top: float
    eyes: float
    wide: float


_HEADS: Final = """
fox | .50 .22 .62 1 | .50 .20 .52 1
cat | .20 .08 .22 .55 | .20 .10 .22 .55
dog | .50 .12 .48 1 | .50 .12 .48 1
wolf | .50 .20 .60 1 | .50 .20 .55 1
lion | .50 .12 .48 1 | .50 .14 .45 1
bear | .50 .14 .48 1 | .50 .12 .48 1
panda | .50 .14 .50 1 | .50 .12 .52 1
koala | .50 .14 .46 1 | .50 .16 .45 1
penguin | .50 .08 .24 .6 | .58 .08 .16 .55
owl | .50 .10 .26 .9 | .50 .10 .28 .8
frog | .50 .16 .20 1 | .50 .14 .22 1
chick | .50 .08 .28 .7 | .50 .08 .26 .7
robot | .50 .10 .36 1 | .50 .24 .48 1
alien | .50 .12 .50 .9 | .50 .12 .52 .9
ghost | .50 .12 .32 .8 | .50 .12 .34 .8
octopus | .50 .06 .44 .7 | .40 .10 .34 .6
snowman | .50 .10 .26 .6 | .50 .14 .26 .55
pumpkin | .50 .16 .45 1 | .50 .18 .48 1
teddy bear | .50 .08 .24 .7 | .50 .08 .24 .7
clown | .50 .14 .40 1 | .50 .14 .42 1
"""


def _parse() -> dict[str, tuple[Head, Head]]:
    table: dict[str, tuple[Head, Head]] = {}
    for line in _HEADS.strip().splitlines():
        name, first, second = (part.strip() for part in line.split("|"))
        plain, cartoon = (Head(*(float(v) for v in part.split())) for part in (first, second))
        table[name] = (plain, cartoon)
    return table


HEADS: Final[dict[str, tuple[Head, Head]]] = _parse()
"""Noun -> the head in the plain set and in the cartoon set.  Only these nouns wear things."""
