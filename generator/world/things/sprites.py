"""The sprite pack: lazily decoded, resized, tinted and cached pictures with transparency."""

from __future__ import annotations

import io
import zipfile
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFilter

from generator.world.things.hands import HAND_NAMES
from generator.world.things.nouns import NOUN
from generator.world.things.tinting import tint

PACK_PATH: Final = Path(__file__).with_name("sprites.zip")
NOTES: Final = "musical notes"
"""Drawn beside an instrument that is played; no caption names them."""
_BITES: Final = ((0.02, 0.16, 0.17), (0.17, 0.02, 0.17), (0.22, 0.20, 0.14))
"""Where an eaten thing has been bitten: x from the right, y and radius, as fractions of its box."""
_MOST_EATEN: Final = 0.3
_SCALE: Final = 4
_RIM: Final = 5
"""Width in pixels of the pale rim that keeps the notes readable on dark ground."""


@dataclass(frozen=True)
class Sprite:
    """A picture ready to be laid over a canvas.

    ``colour`` is (h, w, 3) uint16, premultiplied by alpha; ``clear`` is (h, w, 1) uint16,
    255 minus alpha. Both hold values 0-255.
    """

    colour: NDArray[np.uint16]
    clear: NDArray[np.uint16]

    @property
    def height(self) -> int:
        """Height in pixels."""
        return int(self.colour.shape[0])

    @property
    def width(self) -> int:
        """Width in pixels."""
        return int(self.colour.shape[1])

    @property
    def solid(self) -> NDArray[np.bool_]:
        """(h, w): where the picture is more opaque than clear."""
        return self.clear[..., 0] < 128


def member_name(hand: str, noun: str) -> str:
    """Name of a sprite inside the pack."""
    return f"{hand}/{noun.replace(' ', '-')}.webp"


@lru_cache(maxsize=1)
def _pack() -> dict[str, bytes]:
    with zipfile.ZipFile(PACK_PATH) as archive:
        return {info.filename: archive.read(info) for info in archive.infolist()}


@lru_cache(maxsize=1)
def _hands_by_noun() -> dict[str, tuple[int, ...]]:
    pack = _pack()
    return {
        noun: tuple(i for i, hand in enumerate(HAND_NAMES) if member_name(hand, noun) in pack)
        for noun in NOUN
    }


def hands_of(*nouns: str) -> tuple[int, ...]:
    """The numbers of the hands that draw all of the nouns. Raises KeyError for unknown ones."""
    known = _hands_by_noun()
    shared = set(known[nouns[0]]).intersection(*(known[noun] for noun in nouns[1:]))
    return tuple(sorted(shared))


@lru_cache(maxsize=1024)
def load(hand: str, noun: str) -> Image.Image:
    """The stored RGBA picture. Raises KeyError when the pack has none."""
    return Image.open(io.BytesIO(_pack()[member_name(hand, noun)])).convert("RGBA")


def from_image(image: Image.Image) -> Sprite:
    """A Sprite from an RGBA picture."""
    premultiplied = np.asarray(image.convert("RGBa"), dtype=np.uint16)
    return Sprite(
        colour=np.ascontiguousarray(premultiplied[..., :3]),
        clear=np.ascontiguousarray(255 - premultiplied[..., 3:]),
    )


def _bitten(image: Image.Image) -> Image.Image:
    """The picture with bites taken out of its upper right, where the eater is."""
    whole = np.asarray(image.getchannel("A")) > 128
    for size in (1.0, 0.8, 0.6, 0.45):
        bitten = _bitten_by(image, size)
        left = (np.asarray(bitten.getchannel("A")) > 128).sum() / whole.sum()
        if left >= 1 - _MOST_EATEN:
            break
    return bitten


def _bitten_by(image: Image.Image, size: float) -> Image.Image:
    width, height = image.size
    mask = image.getchannel("A").resize((width * _SCALE, height * _SCALE), Image.Resampling.BOX)
    draw = ImageDraw.Draw(mask)
    # Counted from where the thing begins on the diagonal, which may be far from the box's corner.
    alpha = np.asarray(image.getchannel("A")) > 128
    steps = range(60)
    diagonal = [alpha[t * height // 100, width - 1 - t * width // 100] for t in steps]
    start = diagonal.index(True) / 100 if True in diagonal else 0.0
    side = max(mask.size)
    for x, y, radius in _BITES:
        right = (1 - start) * mask.width - x * size * side
        down, r = start * mask.height + y * size * side, radius * size * side
        draw.ellipse((right - r, down - r, right + r, down + r), fill=0)
    out = image.copy()
    out.putalpha(mask.resize(image.size, Image.Resampling.BOX))
    return out


def _rimmed(image: Image.Image) -> Image.Image:
    """The picture with a pale rim around it."""
    wide = Image.new("RGBA", (image.width + 2 * _RIM, image.height + 2 * _RIM))
    wide.paste(image, (_RIM, _RIM))
    rim = wide.getchannel("A").filter(ImageFilter.MaxFilter(2 * _RIM + 1))
    pale = Image.new("RGBA", wide.size, "#fffdf4")
    pale.putalpha(rim)
    return Image.alpha_composite(pale, wide)


@lru_cache(maxsize=8192)
def sprite(
    hand: str, noun: str, box: int, colour: str | None = None, bites: bool = False
) -> Sprite:
    """``noun`` resized so that its longest side is ``box`` pixels, perhaps tinted or bitten.

    Raises KeyError for a noun or colour that does not exist.
    """
    image = load(hand, noun)
    if colour is not None:
        image = tint(image, colour)
    if bites:
        image = _bitten(image)
    if noun == NOTES:
        image = _rimmed(image)
    scale = box / max(image.size)
    size = (max(1, round(image.width * scale)), max(1, round(image.height * scale)))
    return from_image(image.convert("RGBa").resize(size, Image.Resampling.LANCZOS).convert("RGBA"))


@lru_cache(maxsize=256)
def shadow(width: int, height: int, strength: float = 0.32) -> Sprite:
    """A soft dark ellipse of the given size in pixels."""
    y = (np.arange(height, dtype=np.float32)[:, None] + 0.5) / height * 2 - 1
    x = (np.arange(width, dtype=np.float32)[None, :] + 0.5) / width * 2 - 1
    alpha = np.clip(1 - (x * x + y * y), 0, 1) ** 0.8 * strength * 255
    clear = (255 - np.round(alpha)).astype(np.uint16)[..., None]
    return Sprite(np.zeros((height, width, 3), dtype=np.uint16), clear)


def paste(canvas: NDArray[np.uint8], picture: Sprite, left: int, top: int) -> None:
    """Lay ``picture`` over ``canvas`` (h, w, 3) in place; parts outside are cut off."""
    x0, y0 = max(left, 0), max(top, 0)
    x1 = min(left + picture.width, canvas.shape[1])
    y1 = min(top + picture.height, canvas.shape[0])
    if x0 >= x1 or y0 >= y1:
        return
    rows, columns = slice(y0 - top, y1 - top), slice(x0 - left, x1 - left)
    region = canvas[y0:y1, x0:x1]
    mixed = region * picture.clear[rows, columns]
    mixed += 128
    mixed += mixed >> 8
    mixed >>= 8
    mixed += picture.colour[rows, columns]
    np.minimum(mixed, 255, out=mixed)
    region[...] = mixed
