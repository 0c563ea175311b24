"""Things on the grid of cells: how large they are, and how much of them others hide."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

import numpy as np

from generator.world.things.hands import HAND_NAMES
from generator.world.things.sprites import NOTES, Sprite, sprite

CELLS: Final = 16
"""Codes along one side of a picture."""
MOST_COVERED: Final = 1 / 3
"""Nothing that a caption names is hidden by more than this."""
SUBJECT, OBJECT = 1, 2
_FINE: Final = 8
"""Pixels to a cell in which things are measured."""


@dataclass(frozen=True)
class Placed:
    """One thing in the picture; the unit is a cell.

    ``part`` is SUBJECT or OBJECT, ``box`` the longest side, (``middle``, ``bottom``) where the
    middle of the lower edge is. ``standing`` things have a shadow, ``bites`` are taken out of what
    is eaten.
    """

    part: int
    noun: str
    box: int
    middle: float
    bottom: float
    standing: bool = False
    bites: bool = False


def _picture(noun: str, hand: int, box: int, bites: bool = False) -> Sprite:
    return sprite(HAND_NAMES[hand], noun, box * _FINE, None, bites)


def tall(noun: str, hand: int, box: int) -> float:
    """Height in cells of a thing whose longest side is ``box``."""
    return _picture(noun, hand, box).height / _FINE


def wide(noun: str, hand: int, box: int) -> float:
    """Width in cells of a thing whose longest side is ``box``."""
    return _picture(noun, hand, box).width / _FINE


def covered(things: Iterable[Placed], hand: int) -> float:
    """The largest share of one of the things, those behind first, that others or the picture's
    edge hide: 0 to 1."""
    side = CELLS * _FINE
    owner = np.full((side, side), -1, dtype=np.int8)
    sizes = []
    for number, thing in enumerate(each for each in things if each.noun != NOTES):
        picture = _picture(thing.noun, hand, thing.box, thing.bites)
        solid = picture.solid
        left = round(thing.middle * _FINE) - picture.width // 2
        top = round(thing.bottom * _FINE) - picture.height
        sizes.append(int(solid.sum()))
        x0, y0 = max(left, 0), max(top, 0)
        part = solid[y0 - top : side - top, x0 - left : side - left]
        owner[y0 : y0 + part.shape[0], x0 : x0 + part.shape[1]][part] = number
    seen = np.bincount(owner[owner >= 0], minlength=len(sizes))
    return max(1 - float(seen[number]) / size for number, size in enumerate(sizes))
