"""Paints a scene: lays its things over the place."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from generator.world.places.backgrounds import background
from generator.world.places.names import NO_PLACE, PLACE
from generator.world.scenes.layouts import lay_out
from generator.world.scenes.placing import CELLS, SUBJECT
from generator.world.scenes.scene import Scene
from generator.world.things.hands import HAND_NAMES
from generator.world.things.sprites import NOTES, paste, shadow, sprite


def paint(scene: Scene, size: int) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """The scene and where its things are.

    Returns:
        (size, size, 3) uint8 RGB, and (size, size) uint8: 0 for the place, 1 for the subject, 2
        for the object.
    Raises:
        KeyError: unknown words, or a thing that the scene's hand does not draw.
        ValueError: a relation that lacks its object.
    """
    pixels = background(scene.place, scene.variant, size)
    pixels = np.ascontiguousarray(pixels[:, ::-1]) if scene.mirrored else pixels.copy()
    mask = np.zeros((size, size), dtype=np.uint8)
    cell = size / CELLS
    grounded = scene.place == NO_PLACE or not PLACE[scene.place].floating
    for thing in lay_out(scene):
        part = "subject" if thing.part == SUBJECT else "object"
        colour = scene.colour_for(part) if thing.noun != NOTES else None
        picture = sprite(
            HAND_NAMES[scene.hand], thing.noun, round(thing.box * cell), colour, thing.bites
        )
        middle, foot = round(thing.middle * cell), round(thing.bottom * cell)
        if thing.standing and grounded:
            width, height = max(8, picture.width * 7 // 8), max(4, round(cell * 0.8))
            paste(pixels, shadow(width, height), middle - width // 2, foot - height // 2)
        left, top = middle - picture.width // 2, foot - picture.height
        paste(pixels, picture, left, top)
        x0, y0 = max(left, 0), max(top, 0)
        solid = picture.solid[y0 - top : size - top, x0 - left : size - left]
        mask[y0 : y0 + solid.shape[0], x0 : x0 + solid.shape[1]][solid] = thing.part
    return pixels, mask
