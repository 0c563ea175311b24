"""Where a head is in a picture, so that hats and glasses can be put on it.

Fractions of the visible picture (0 = left/top, 1 = right/bottom): ``x`` the head's middle, ``top``
where a hat's lower edge goes, ``eyes`` the middle of the eyes, ``wide`` the head's width.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from generator.world.things.hands import HAND_NAMES


@dataclass(frozen=True)
class Head:
    """One head; see the module's description for the units."""

    x: float = 0.5
    top: float = 0.16
    eyes: float = 0.46
    wide: float = 0.95


_FACE: Final = Head()
_HEADS: Final = """
fox | .50 .24 .58 .9
wolf | .50 .24 .52 .9
cat | .50 .22 .50 .95
penguin | .50 .08 .22 .6
owl | .50 .10 .28 .8
chick | .50 .08 .28 .7
frog | .50 .16 .22 1
octopus | .50 .06 .40 .7
teddy bear | .50 .08 .24 .7
"""
"""noun, then a head for all hands or one for each."""


def _parse() -> dict[str, list[Head]]:
    table = {}
    for line in _HEADS.strip().splitlines():
        name, *heads = (part.strip() for part in line.split("|"))
        table[name] = [Head(*(float(value) for value in head.split())) for head in heads]
    return table


HEADS: Final = _parse()


def head_of(noun: str, hand: int) -> Head:
    """The head of a noun in a hand; that of a face that fills its picture unless the table knows
    better."""
    heads = HEADS.get(noun, [_FACE])
    return heads[hand if len(heads) == len(HAND_NAMES) else 0]
