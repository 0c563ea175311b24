"""A small supersampled drawing surface for the backgrounds, in units of a 192-pixel square."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
from PIL import Image, ImageColor, ImageDraw

UNITS: Final = 192
_SCALE: Final = 4

Point = tuple[float, float]


class Canvas:
    """Draws flat shapes at four times the final size; coordinates run from 0 to 192."""

    def __init__(self, top: str, bottom: str, split: float = UNITS) -> None:
        """Fill with a vertical gradient from ``top`` to ``bottom``, done at height ``split``."""
        side = UNITS * _SCALE
        first = np.array(ImageColor.getrgb(top)[:3], dtype=np.float32)
        last = np.array(ImageColor.getrgb(bottom)[:3], dtype=np.float32)
        t = np.clip(np.arange(side, dtype=np.float32) / (split * _SCALE), 0, 1)[:, None]
        rows = np.round(first + (last - first) * t).astype(np.uint8)
        self._image = Image.fromarray(np.repeat(rows[:, None, :], side, axis=1))
        self._draw = ImageDraw.Draw(self._image, "RGBA")

    def rect(
        self, x0: float, y0: float, x1: float, y1: float, fill: str, radius: float = 0
    ) -> None:
        """A filled rectangle, optionally with round corners."""
        box = self._box(x0, y0, x1, y1)
        self._draw.rounded_rectangle(box, radius * _SCALE, fill=fill)

    def oval(self, x: float, y: float, rx: float, ry: float, fill: str) -> None:
        """A filled ellipse around (x, y)."""
        self._draw.ellipse(self._box(x - rx, y - ry, x + rx, y + ry), fill=fill)

    def disc(self, x: float, y: float, radius: float, fill: str) -> None:
        """A filled circle around (x, y)."""
        self.oval(x, y, radius, radius, fill)

    def poly(self, points: Sequence[Point], fill: str) -> None:
        """A filled polygon."""
        self._draw.polygon([(x * _SCALE, y * _SCALE) for x, y in points], fill=fill)

    def line(self, points: Sequence[Point], fill: str, width: float) -> None:
        """A polyline with round joints."""
        scaled = [(x * _SCALE, y * _SCALE) for x, y in points]
        self._draw.line(scaled, fill=fill, width=max(1, round(width * _SCALE)), joint="curve")

    def arc(self, x: float, y: float, radius: float, fill: str, width: float) -> None:
        """A circle's outline."""
        box = self._box(x - radius, y - radius, x + radius, y + radius)
        self._draw.ellipse(box, outline=fill, width=max(1, round(width * _SCALE)))

    def hill(
        self, y: float, rise: float, fill: str, centre: float = 96, spread: float = 190
    ) -> None:
        """Ground from a gentle hill whose top is at ``y`` down to the lower edge."""
        self.oval(centre, y + rise + 200, spread, 200 + rise, fill)
        self.rect(0, min(y + rise * 2 + 24, UNITS), UNITS, UNITS, fill)

    def cloud(self, x: float, y: float, size: float, fill: str = "#ffffff") -> None:
        """A puffy cloud, ``size`` units wide to each side of (x, y)."""
        self.oval(x, y, size, size * 0.32, fill)
        self.disc(x - size * 0.35, y - size * 0.22, size * 0.34, fill)
        self.disc(x + size * 0.25, y - size * 0.32, size * 0.42, fill)

    def dots(self, seed: int, count: int, lower: float, fill: str, radius: float) -> None:
        """``count`` small discs scattered between the upper edge and height ``lower``."""
        places = np.random.Generator(np.random.Philox(seed)).random((count, 3))
        for x, y, r in places:
            self.disc(x * UNITS, y * lower, radius * (0.5 + r), fill)

    def finish(self, size: int) -> Image.Image:
        """The drawing as a ``size`` x ``size`` RGB picture."""
        return self._image.resize((size, size), Image.Resampling.BOX)

    @staticmethod
    def _box(x0: float, y0: float, x1: float, y1: float) -> tuple[float, float, float, float]:
        return x0 * _SCALE, y0 * _SCALE, x1 * _SCALE, y1 * _SCALE
