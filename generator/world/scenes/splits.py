"""Which combinations training never sees."""

from __future__ import annotations

import hashlib
from functools import cache
from typing import Final

from generator.world.places.names import NO_PLACE
from generator.world.scenes.scene import Scene

SPLITS: Final = ("train", "held_out", "all")
_PAIR_SHARE: Final = 0.08
_PLACE_SHARE: Final = 0.04
_COLOUR_SHARE: Final = 0.05


@cache
def _share_of(kind: str, first: str, second: str) -> float:
    """A fixed pseudo-random number in [0, 1) for a combination of words."""
    digest = hashlib.blake2b(f"{kind}|{first}|{second}".encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big") / 2**64


def is_held_out(scene: Scene) -> bool:
    """Whether the scene holds a combination that training never sees.

    Held out are about 8 % of all pairs of nouns (in either order), 4 % of subject and place and
    5 % of coloured noun and colour.
    """
    if scene.object is not None:
        first, second = sorted((scene.subject, scene.object))
        if _share_of("pair", first, second) < _PAIR_SHARE:
            return True
    if scene.place != NO_PLACE and _share_of("place", scene.subject, scene.place) < _PLACE_SHARE:
        return True
    if scene.colour is not None:
        noun = scene.coloured_noun()
        return noun is not None and _share_of("colour", noun, scene.colour) < _COLOUR_SHARE
    return False
