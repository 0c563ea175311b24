"""Draws a scene: lays the sprites over the background on a grid of 12 x 12 cells.

Sprites have few sizes and stand on whole cells, because a cell is what a code of the bundled VQGAN
covers: the same thing then looks the same to it wherever it stands.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from generator.world.anchors import HEADS
from generator.world.places import background
from generator.world.scene import Scene
from generator.world.sprites import Sprite, paste, shadow, sprite
from generator.world.vocabulary import CARTOON_SET, NO_PLACE, NOUN, PLACE, PLAIN_SET, Noun

CELLS = 12
_GROUND = 11
# The longest side of a sprite, in cells.
_TINY, _SMALL, _MEDIUM, _LARGE = 4, 5, 6, 8
# A head this much of the picture's longest side takes a hat of medium size.
_WIDE_HEAD = 0.75
_PIXEL = 4
_LEVELS = 24


class _Painter:
    """The canvas of one scene in the making; positions are in cells."""

    def __init__(self, scene: Scene, size: int) -> None:
        self.scene = scene
        self.cell = size // CELLS
        self.art = CARTOON_SET if scene.style == "cartoon" else PLAIN_SET
        self.pixels = background(scene.place, scene.variant, size).copy()
        self.grounded = scene.place == NO_PLACE or not PLACE[scene.place].floating

    def object_noun(self) -> Noun:
        """The object; raises ValueError for a scene that has none."""
        if self.scene.object is None:
            raise ValueError(f"a scene of the kind {self.scene.relation!r} needs an object")
        return NOUN[self.scene.object]

    def picture(self, part: str, box: float) -> Sprite:
        """The sprite of "subject" or "object" with its longest side ``box`` cells."""
        noun = self.object_noun().name if part == "object" else self.scene.subject
        side = round(box * self.cell)
        return sprite(self.art, noun, side, self.scene.colour_for(part), False)

    def put(self, picture: Sprite, middle: float, bottom: float, shade: bool = False) -> int:
        """Paste with the lower edge's middle at (middle, bottom) cells; returns the top in px."""
        x = round((middle + self.scene.jitter) * self.cell) - picture.width // 2
        foot = round(bottom * self.cell)
        if shade and self.grounded:
            width, height = max(8, picture.width * 7 // 8), max(4, self.cell * 3 // 4)
            left = round((middle + self.scene.jitter) * self.cell) - width // 2
            paste(self.pixels, shadow(width, height), left, foot - height // 2)
        paste(self.pixels, picture, x, foot - picture.height)
        return foot - picture.height


def _alone(p: _Painter) -> None:
    p.put(p.picture("subject", _LARGE), 6, _GROUND, shade=True)


def _count(p: _Painter) -> None:
    if p.scene.count == 2:
        picture = p.picture("subject", _MEDIUM)
        for middle in (3, 9):
            p.put(picture, middle, _GROUND, shade=True)
        return
    picture = p.picture("subject", _SMALL)
    p.put(picture, 6, _GROUND - 5, shade=False)
    for middle in (3, 9):
        p.put(picture, middle, _GROUND, shade=True)


def _next_to(p: _Painter) -> None:
    p.put(p.picture("subject", _MEDIUM), 3, _GROUND, shade=True)
    p.put(p.picture("object", _MEDIUM), 9, _GROUND, shade=True)


def _riding(p: _Painter) -> None:
    vehicle, rider = p.object_noun(), p.picture("subject", _MEDIUM)
    # A tall mount is drawn smaller, so that its rider keeps a whole head.
    for box in (_LARGE, _MEDIUM):
        mount = p.picture("object", box)
        height = _GROUND - mount.height * vehicle.seat / p.cell
        seat = round(height + (1.25 if vehicle.behind else 0.5))
        if seat >= _MEDIUM:
            break
    seat = max(seat, _MEDIUM)
    if vehicle.behind:
        p.put(rider, 6, seat)
        p.put(mount, 6, _GROUND, shade=True)
    else:
        p.put(mount, 6, _GROUND, shade=True)
        p.put(rider, 6, seat)


def _on_top_of(p: _Painter) -> None:
    top = p.put(p.picture("object", _MEDIUM), 6, CELLS, shade=True)
    p.put(p.picture("subject", _MEDIUM), 6, round(top / p.cell + 0.6))


def _front_object(p: _Painter, middle: float, bottom: float) -> None:
    p.put(p.picture("subject", _LARGE), 5, _GROUND, shade=True)
    p.put(p.picture("object", _SMALL), middle, bottom)


def _holding(p: _Painter) -> None:
    _front_object(p, 9.5, _GROUND - 1)


def _eating(p: _Painter) -> None:
    _front_object(p, 8.5, CELLS)


def _wearing(p: _Painter) -> None:
    body = p.picture("subject", _LARGE)
    top = p.put(body, 6, CELLS)
    head = HEADS[p.scene.subject][p.art == CARTOON_SET]
    box = _MEDIUM if head.wide > _WIDE_HEAD else _TINY
    item = p.picture("object", box)
    x = 6 + (head.x - 0.5) * body.width / p.cell
    x = round(x - box / 2) + box / 2
    if "hat" in p.object_noun().roles:
        bottom = (top + head.top * body.height) / p.cell + 0.3
    else:
        bottom = (top + head.eyes * body.height + item.height / 2) / p.cell
    p.put(item, x, round(2 * bottom) / 2)


_LAYOUTS = {
    "alone": _alone,
    "count": _count,
    "next_to": _next_to,
    "riding": _riding,
    "on_top_of": _on_top_of,
    "holding": _holding,
    "eating": _eating,
    "wearing": _wearing,
    "playing": _eating,
}


def _pixel_art(pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Blocks of 4 x 4 pixels with few levels; the side must be a multiple of 4."""
    side = pixels.shape[0] // _PIXEL
    sums = pixels.reshape(side, _PIXEL, side, _PIXEL, 3).sum(axis=(1, 3), dtype=np.uint16)
    small = sums // (_PIXEL * _PIXEL)
    small = np.minimum((small + _LEVELS // 2) // _LEVELS * _LEVELS, 255).astype(np.uint8)
    return np.repeat(np.repeat(small, _PIXEL, axis=0), _PIXEL, axis=1)


def _black_and_white(pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    wide = pixels.astype(np.uint16)
    luma = ((wide[..., 0] * 77 + wide[..., 1] * 150 + wide[..., 2] * 29) >> 8).astype(np.uint8)
    return np.repeat(luma[..., None], 3, axis=2)


def render(scene: Scene, size: int) -> NDArray[np.uint8]:
    """The scene as (size, size, 3) uint8 RGB.

    Raises KeyError for unknown words and ValueError for a relation that lacks its object.
    """
    painter = _Painter(scene, size)
    _LAYOUTS[scene.relation](painter)
    pixels = painter.pixels
    if scene.mirrored:
        pixels = np.ascontiguousarray(pixels[:, ::-1])
    if scene.style == "pixel_art":
        return _pixel_art(pixels)
    if scene.style == "black_and_white":
        return _black_and_white(pixels)
    return pixels
