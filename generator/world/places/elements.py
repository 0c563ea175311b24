"""What several places share: skies, suns, trees and cacti."""

from __future__ import annotations

from typing import Final

from generator.world.places.canvas import UNITS, Canvas

SKIES: Final[dict[str, tuple[str, str]]] = {
    "day": ("#7cc8f4", "#dcf2fc"),
    "morning": ("#f6c3cf", "#fdeedd"),
    "evening": ("#f29a62", "#fde0ac"),
    "grey": ("#b3bfc9", "#e4eaee"),
    "violet": ("#8d8fd6", "#f6c9d2"),
    "teal": ("#7fd6cf", "#e4f8ec"),
}
"""By the time of day and the weather: the colour at the top, and that at the horizon.

None is dark: "at night" belongs to the words of a place.
"""


def sky(name: str, horizon: float = 120) -> Canvas:
    """A canvas with one of the skies."""
    top, bottom = SKIES[name]
    return Canvas(top, bottom, horizon)


def ground(c: Canvas, y: float, fill: str, near: str | None = None) -> None:
    """Flat ground from height ``y`` down, in its lowest part perhaps of another shade."""
    c.rect(0, y, UNITS, UNITS, fill)
    if near is not None:
        c.rect(0, y + (UNITS - y) * 0.6, UNITS, UNITS, near)


def sun(c: Canvas, x: float, y: float, radius: float = 14, fill: str = "#ffd84a") -> None:
    """A sun with a pale rim."""
    c.disc(x, y, radius * 1.3, "#fff3b0")
    c.disc(x, y, radius, fill)


def pine(c: Canvas, x: float, base: float, height: float, fill: str, cap: str = "") -> None:
    """A fir tree, with snow if ``cap`` is a colour."""
    c.rect(x - 2, base - 6, x + 2, base, "#7a5436")
    for level in range(3):
        top = base - height + level * height * 0.26
        half = height * (0.16 + 0.07 * level)
        low = top + height * 0.4
        c.poly([(x, top), (x - half, low), (x + half, low)], fill)
        if cap:
            low = top + height * 0.2
            c.poly([(x, top), (x - half * 0.5, low), (x + half * 0.5, low)], cap)


def round_tree(c: Canvas, x: float, base: float, height: float, fill: str, light: str) -> None:
    """A tree with a round crown."""
    c.rect(x - height * 0.05, base - height * 0.5, x + height * 0.05, base, "#7d5534")
    c.disc(x, base - height * 0.66, height * 0.3, fill)
    c.disc(x - height * 0.08, base - height * 0.74, height * 0.19, light)


def palm(c: Canvas, x: float, base: float, height: float, lean: float) -> None:
    """A palm tree that leans to one side."""
    top = (x + lean, base - height)
    c.line([(x, base), (x + lean * 0.25, base - height * 0.5), top], "#a5743f", 6)
    for dx, dy in ((-30, 8), (-22, -16), (2, -24), (26, -14), (32, 8), (14, 18)):
        tip, middle = (top[0] + dx, top[1] + dy), (top[0] + dx * 0.5, top[1] + dy * 0.75)
        leaf = [
            top, (middle[0] - 5, middle[1] - 3), tip, (middle[0] + 4, middle[1] + 5),
        ]  # fmt: skip
        c.poly(leaf, "#3fa655" if dy > 0 else "#4fbb62")


def cactus(c: Canvas, x: float, base: float, height: float, fill: str = "#4f9a4e") -> None:
    """A cactus with two arms."""
    k = height / 72
    c.rect(x - 5 * k, base - height, x + 5 * k, base, fill, 5 * k)
    for side, low in ((-1, 38), (1, 46)):
        y = base - height + (72 - low) * k
        outer, inner = x + side * 14 * k, x + side * 8 * k
        c.rect(min(outer, inner), y - 16 * k, max(outer, inner), y + 6 * k, fill, 3 * k)
        c.rect(min(x, outer), y, max(x, outer), y + 6 * k, fill, 3 * k)


def flower(c: Canvas, x: float, y: float, fill: str, size: float = 4) -> None:
    """A flower with four petals on a stem."""
    c.line([(x, y), (x, y + size * 3)], "#4a9a4a", 2)
    for dx, dy in ((-size, 0), (size, 0), (0, -size), (0, size)):
        c.disc(x + dx, y + dy, size, fill)
    c.disc(x, y, size * 0.65, "#ffe27a")


def boards(c: Canvas, y: float, fill: str, line: str) -> None:
    """A wooden floor from height ``y`` down."""
    c.rect(0, y, UNITS, UNITS, fill)
    for gap in (12, 26, 40):
        c.rect(0, y + gap, UNITS, y + gap + 1.4, line)
