"""The backgrounds by name: drawn on demand, cached, in two variants each."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from generator.world import places_other as other
from generator.world import places_outdoor as outdoor
from generator.world.canvas import Canvas

VARIANTS: Final = 2


def _plain(variant: int) -> Canvas:
    """A soft backdrop for scenes that name no place."""
    top, bottom, floor = (
        ("#f4efe6", "#ece4d6", "#dfd4c2") if variant == 0 else ("#e3edf4", "#d6e4ee", "#c4d6e3")
    )
    canvas = Canvas(top, bottom, 150)
    canvas.rect(0, 148, 192, 192, floor)
    return canvas


PAINTERS: Final[dict[str, Callable[[int], Canvas]]] = {
    "none": _plain,
    "moon": other.moon,
    "mars": other.mars,
    "beach": outdoor.beach,
    "forest": outdoor.forest,
    "desert": outdoor.desert,
    "city": other.city,
    "sea": other.sea,
    "snow": outdoor.snow,
    "mountains": outdoor.mountains,
    "space": other.space,
    "farm": outdoor.farm,
    "castle": outdoor.castle,
    "street": outdoor.street,
    "living_room": other.living_room,
    "kitchen": other.kitchen,
    "stage": other.stage,
    "clouds": other.clouds,
    "library": other.library,
    "garden": outdoor.garden,
    "rain": outdoor.rain,
    "volcano": other.volcano,
}


@lru_cache(maxsize=256)
def background(place: str, variant: int, size: int) -> NDArray[np.uint8]:
    """The place as a read-only (size, size, 3) array.  Raises KeyError for an unknown place."""
    picture = np.array(PAINTERS[place](variant % VARIANTS).finish(size), dtype=np.uint8)
    picture.flags.writeable = False
    return picture
