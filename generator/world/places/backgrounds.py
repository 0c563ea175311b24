"""The backgrounds by name: drawn on demand, cached, in several variants each."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from generator.world.places import beyond, nature, rooms, tended
from generator.world.places.canvas import Canvas

VARIANTS: Final = 4


def _plain(variant: int) -> Canvas:
    """A soft backdrop for scenes that name no place."""
    top, bottom, floor = (
        ("#f4efe6", "#ece4d6", "#dfd4c2"), ("#e3edf4", "#d6e4ee", "#c4d6e3"),
        ("#eef4e4", "#e2ecd4", "#cfdcbc"), ("#f6e8ee", "#f0dce4", "#e2c8d2"),
    )[variant]  # fmt: skip
    canvas = Canvas(top, bottom, 150)
    floor_at = (148, 140, 156, 132)[variant]
    canvas.rect(0, floor_at, 192, 192, floor)
    return canvas


PAINTERS: Final[dict[str, Callable[[int], Canvas]]] = {
    "none": _plain,
    "moon": beyond.moon,
    "mars": beyond.mars,
    "beach": nature.beach,
    "forest": nature.forest,
    "desert": nature.desert,
    "city": tended.city,
    "sea": beyond.sea,
    "snow": nature.snow,
    "mountains": nature.mountains,
    "space": beyond.space,
    "farm": tended.farm,
    "castle": tended.castle,
    "street": tended.street,
    "living_room": rooms.living_room,
    "kitchen": rooms.kitchen,
    "stage": rooms.stage,
    "clouds": beyond.clouds,
    "library": rooms.library,
    "garden": tended.garden,
    "rain": nature.rain,
    "volcano": nature.volcano,
}


@lru_cache(maxsize=512)
def background(place: str, variant: int, size: int) -> NDArray[np.uint8]:
    """The place as a read-only (size, size, 3) array. Raises KeyError for an unknown place."""
    picture = np.array(PAINTERS[place](variant % VARIANTS).finish(size), dtype=np.uint8)
    picture.flags.writeable = False
    return picture
