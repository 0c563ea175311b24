"""Scenes of the kind that puzzles are made of: every relation in turn, always at a place."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from generator.world.scenes.drawing import Mix, draw
from generator.world.scenes.relations import RELATIONS
from generator.world.scenes.scene import Scene

_COLOURED_EVERY: Final = 4
"""One in so many rounds of all relations names a colour, in each relation another round."""
_MOST_TRIES: Final = 1000


def game_scene(seed: int, index: int, split: str, mix: Mix) -> Scene:
    """Scene number ``index`` of a stream in which relations take turns and a quarter of each is
    coloured; ``mix`` says how often things are far or mirrored.

    Raises RuntimeError when the mix leaves no scene for the split.
    """
    turn, number = divmod(index, len(RELATIONS))
    is_coloured = turn % _COLOURED_EVERY == number % _COLOURED_EVERY
    asked = replace(
        mix, relations={RELATIONS[number].key: 1.0}, colour=float(is_coloured), place=1.0
    )
    for attempt in range(_MOST_TRIES):
        scene = draw(seed, index * _MOST_TRIES + attempt, split, asked)
        # Not everything can be tinted.
        if bool(scene.colour) == is_coloured:
            return scene
    raise RuntimeError("the mix leaves no coloured scene")
