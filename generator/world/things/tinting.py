"""Recolours a picture so that it stays itself: eyes, teeth and outlines keep their colours.

Works in Oklab (Björn Ottosson 2020, “A perceptual color space for image processing”), where
lightness and hue can be changed apart.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from generator.world.things.colours import COLOUR

_Floats = NDArray[np.float32]
_TO_CONES: Final = np.array(
    [
        [0.4122214708, 0.5363325363, 0.0514459929],
        [0.2119034982, 0.6806995451, 0.1073969566],
        [0.0883024619, 0.2817188376, 0.6299787005],
    ],
    dtype=np.float32,
)
_TO_LAB: Final = np.array(
    [
        [0.2104542553, 0.7936177850, -0.0040720468],
        [1.9779984951, -2.4285922050, 0.4505937099],
        [0.0259040371, 0.7827717662, -0.8086757660],
    ],
    dtype=np.float32,
)
_FROM_CONES: Final = np.linalg.inv(_TO_CONES)
_FROM_LAB: Final = np.linalg.inv(_TO_LAB)
_NEUTRAL: Final = 0.045
"""Chroma below which a pixel has no hue to speak of."""
_MOSTLY: Final = 0.35
"""A thing with this share of coloured pixels is repainted where it is coloured, another where it
is grey."""


def _to_oklab(rgb: _Floats) -> _Floats:
    value = rgb / 255
    linear = np.where(value <= 0.04045, value / 12.92, ((value + 0.055) / 1.055) ** 2.4)
    return np.cbrt(linear @ _TO_CONES.T) @ _TO_LAB.T


def _from_oklab(lab: _Floats) -> _Floats:
    linear = np.clip((lab @ _FROM_LAB.T) ** 3 @ _FROM_CONES.T, 0, 1)
    value = np.where(linear <= 0.0031308, linear * 12.92, 1.055 * linear ** (1 / 2.4) - 0.055)
    return value * 255


def _rising(values: _Floats, low: float, high: float) -> _Floats:
    t = np.clip((values - low) / (high - low), 0, 1)
    return t * t * (3 - 2 * t)


def _to_paint(lab: _Floats, solid: NDArray[np.bool_]) -> _Floats:
    """How much of each pixel is repainted, 0 to 1."""
    light, chroma = lab[..., 0], np.hypot(lab[..., 1], lab[..., 2])
    between = _rising(light, 0.24, 0.36) * (1 - _rising(light, 0.93, 0.985))
    coloured = solid & (chroma > _NEUTRAL) & (light > 0.3)
    if coloured.sum() < _MOSTLY * solid.sum():
        return between * (1 - _rising(chroma, 0.06, 0.12))
    hue = np.arctan2(lab[..., 2], lab[..., 1])
    bins = ((hue[coloured] + np.pi) / (2 * np.pi) * 36).astype(int) % 36
    counts = np.bincount(bins, chroma[coloured], 36)
    smooth = counts + np.roll(counts, 1) + np.roll(counts, -1)
    main = (smooth.argmax() + 0.5) / 36 * 2 * np.pi - np.pi
    off = np.abs((hue - main + np.pi) % (2 * np.pi) - np.pi)
    near = 1 - _rising(off, 0.9, 1.3)
    return _rising(chroma, 0.02, 0.05) * near * _rising(light, 0.2, 0.32)


def tint(image: Image.Image, colour: str) -> Image.Image:
    """``image`` with its main colour exchanged for the named one, its light and dark parts kept.

    What is nearly black or white, or of a hue far from the main one, stays as it is.
    """
    rgba = np.asarray(image, dtype=np.float32)
    lab = _to_oklab(rgba[..., :3])
    solid = rgba[..., 3] > 128
    paint = _to_paint(lab, solid)
    target = _to_oklab(np.array(COLOUR[colour].rgb, dtype=np.float32))
    main = solid & (paint > 0.5)
    middle = float(np.median(lab[..., 0][main if main.any() else solid]))
    light = np.clip(target[0] + (lab[..., 0] - middle) * 0.85, 0.16, 0.97)
    # Colours fade toward white and black.
    strength = np.clip(1.0 - 1.6 * np.abs(light - target[0]), 0.35, 1.0)
    new = np.stack([light, target[1] * strength, target[2] * strength], axis=-1)
    mixed = lab + (new - lab) * paint[..., None]
    out = np.concatenate([_from_oklab(mixed), rgba[..., 3:]], axis=-1)
    return Image.fromarray(np.round(out).astype(np.uint8), "RGBA")
