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
from PIL import Image

from generator.world.vocabulary import COLOUR

PACK_PATH: Final = Path(__file__).with_name("sprites.zip")
_LUMA: Final = np.array([0.299, 0.587, 0.114], dtype=np.float32)


@dataclass(frozen=True)
class Sprite:
    """A picture ready to be laid over a canvas.

    ``colour`` is (h, w, 3) uint16, premultiplied by alpha; ``clear`` is (h, w, 1) uint16,
    255 minus alpha.  Both hold values 0-255.
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


def member_name(set_name: str, noun: str) -> str:
    """Name of a sprite inside the pack."""
    return f"{set_name}/{noun.replace(' ', '-')}.webp"


@lru_cache(maxsize=1)
def _pack() -> dict[str, bytes]:
    with zipfile.ZipFile(PACK_PATH) as archive:
        return {info.filename: archive.read(info) for info in archive.infolist()}


def has_sprite(set_name: str, noun: str) -> bool:
    """Whether the pack holds a sprite of ``noun`` in that art set."""
    return member_name(set_name, noun) in _pack()


@lru_cache(maxsize=512)
def load(set_name: str, noun: str) -> Image.Image:
    """The stored RGBA picture.  Raises KeyError when the pack has none."""
    return Image.open(io.BytesIO(_pack()[member_name(set_name, noun)])).convert("RGBA")


def tint(image: Image.Image, colour: str) -> Image.Image:
    """``image`` recoloured to the named colour, its light and dark parts kept.

    The middle brightness of the picture becomes the colour itself, darker parts fall to a dark
    shade of it and lighter parts rise to a pale one.
    """
    rgba = np.asarray(image, dtype=np.float32)
    luma = rgba[..., :3] @ _LUMA
    solid = luma[rgba[..., 3] > 128]
    low, middle, high = (float(v) for v in np.percentile(solid, (2, 55, 99)))
    base = np.array(COLOUR[colour].rgb, dtype=np.float32)
    dark, pale = base * 0.28, base + (255 - base) * 0.72
    below = np.clip((luma - low) / max(middle - low, 24.0), 0, 1)[..., None]
    above = np.clip((luma - middle) / max(high - middle, 60.0), 0, 1)[..., None]
    mapped = dark + (base - dark) * below**0.8 + (pale - base) * above
    out = np.concatenate([np.clip(mapped, 0, 255), rgba[..., 3:]], axis=2)
    return Image.fromarray(np.round(out).astype(np.uint8), "RGBA")


def from_image(image: Image.Image) -> Sprite:
    """A Sprite from an RGBA picture."""
    premultiplied = np.asarray(image.convert("RGBa"), dtype=np.uint16)
    return Sprite(
        colour=np.ascontiguousarray(premultiplied[..., :3]),
        clear=np.ascontiguousarray(255 - premultiplied[..., 3:]),
    )


@lru_cache(maxsize=4096)
def sprite(set_name: str, noun: str, box: int, colour: str | None, mirrored: bool) -> Sprite:
    """``noun`` resized so that its longest side is ``box`` pixels, optionally tinted and mirrored.

    Raises KeyError for a noun or colour that does not exist.
    """
    image = load(set_name, noun)
    if colour is not None:
        image = tint(image, colour)
    scale = box / max(image.size)
    size = (max(1, round(image.width * scale)), max(1, round(image.height * scale)))
    image = image.convert("RGBa").resize(size, Image.Resampling.LANCZOS).convert("RGBA")
    if mirrored:
        image = image.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
    return from_image(image)


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
