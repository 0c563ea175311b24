"""The tints that a caption can name."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True)
class Colour:
    """A tint: its word and its base RGB (0-255)."""

    name: str
    rgb: tuple[int, int, int]


COLOURS: Final[tuple[Colour, ...]] = (
    Colour("red", (222, 30, 40)),
    Colour("orange", (250, 132, 18)),
    Colour("yellow", (252, 214, 30)),
    Colour("green", (46, 168, 60)),
    Colour("blue", (36, 104, 232)),
    Colour("purple", (134, 56, 200)),
    Colour("pink", (252, 120, 190)),
)
COLOUR: Final[dict[str, Colour]] = {colour.name: colour for colour in COLOURS}
