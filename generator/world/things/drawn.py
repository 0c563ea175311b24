"""Things that players ask for and no art set has: drawn here, in the manner of each hand."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final


def _rect(x: float, y: float, w: float, h: float, fill: str, r: float = 0) -> str:
    return f'<rect x="{x}" y="{y}" width="{w}" height="{h}" rx="{r}" fill="{fill}"/>'


def _path(d: str, fill: str) -> str:
    return f'<path d="{d}" fill="{fill}"/>'


def _keys(x: float, y: float, w: float, h: float, count: int) -> str:
    """White keys with black ones between them."""
    step = w / count
    parts = [_rect(x, y, w, h, "#ffffff")]
    parts += [_rect(x + i * step - 0.3, y, 0.6, h, "#9aa0a8") for i in range(1, count)]
    black = [i for i in range(1, count) if i % 7 not in (0, 3)]
    parts += [_rect(x + i * step - step * 0.28, y, step * 0.56, h * 0.6, "#20242a") for i in black]
    return "".join(parts)


def _upright(wood: str, dark: str, light: str) -> str:
    """A piano from the front."""
    return "".join((
        _rect(6, 52, 7, 10, dark), _rect(51, 52, 7, 10, dark),
        _rect(5, 8, 54, 48, wood, 2), _rect(3, 4, 58, 6, dark, 2),
        _rect(10, 14, 44, 16, light, 2), _rect(25, 17, 14, 11, "#fdf6e6"),
        _rect(27, 20, 10, 1, "#8a8478"), _rect(27, 23, 10, 1, "#8a8478"),
        _rect(2, 33, 60, 15, dark, 2), _keys(5, 35, 54, 11, 14),
        _rect(27, 56, 3, 5, "#e0b040"), _rect(34, 56, 3, 5, "#e0b040"),
    ))  # fmt: skip


def _grand(wood: str, dark: str, light: str) -> str:
    """A piano with its lid up."""
    return "".join((
        _path("M8 30 L14 6 Q40 2 58 24 L58 30 Z", light),
        _path("M10 30 L16 9 Q39 6 55 25 L55 30 Z", dark),
        _rect(33, 14, 2, 18, "#e0b040"),
        _rect(9, 44, 5, 18, dark), _rect(50, 44, 5, 18, dark), _rect(30, 46, 4, 14, dark),
        _rect(2, 28, 60, 20, wood, 3), _keys(5, 34, 54, 10, 14),
        _rect(26, 59, 12, 3, "#e0b040", 1),
    ))  # fmt: skip


def _turned(shapes: str) -> str:
    return f'<g transform="translate(64 0) scale(-1 1)">{shapes}</g>'


def _sword(x: float, blade: str, hilt: str) -> str:
    return "".join((
        _path(f"M{x - 2} 42 L{x - 2} 8 L{x} 3 L{x + 2} 8 L{x + 2} 42 Z", blade),
        _rect(x - 6, 41, 12, 3, hilt, 1), _rect(x - 1.5, 44, 3, 8, hilt),
    ))  # fmt: skip


def _knight(steel: str, dark: str, light: str, plume: str) -> str:
    """Head and shoulders in armour, with a sword."""
    return "".join((
        _sword(57, light, "#d8a432"),
        _path("M28 12 Q22 -2 6 4 Q14 8 13 18 Q20 10 28 16 Z", plume),
        _path("M4 62 Q4 46 18 44 L40 44 Q54 46 54 62 Z", steel),
        _path("M20 46 L38 46 L29 60 Z", dark), _rect(49, 50, 12, 8, steel, 4),
        _path("M11 44 L11 26 Q12 9 29 9 Q46 9 47 26 L47 44 Q29 52 11 44 Z", steel),
        _path("M29 9 Q46 9 47 26 L47 44 Q39 47 33 48 L33 9.4 Z", light),
        _path("M9 24 L49 24 L49 32 L9 32 Z", dark), _rect(13, 26, 13, 4, "#14181e", 1),
        _rect(32, 26, 13, 4, "#14181e", 1), _rect(27, 10, 4, 37, "#d8a432"),
        "".join(_rect(x, y, 2, 5, dark, 1) for x in (16, 21, 35, 40) for y in (36,)),
    ))  # fmt: skip


def _crusader(steel: str, dark: str, light: str, cloth: str, cross: str) -> str:
    """Head and shoulders in a closed helmet, with a shield."""
    return "".join((
        _path("M14 62 Q14 46 28 45 L48 45 Q62 46 62 62 Z", steel),
        _path("M30 46 L50 46 L54 62 L28 62 Z", cloth), _rect(39, 49, 3, 13, cross),
        _path("M22 16 Q40 -2 58 16 L56 44 Q40 54 24 44 Z", steel),
        _path("M40 7 Q50 7 58 16 L56 44 Q48 49 40 49 Z", light),
        _rect(38, 8, 4, 40, "#d8a432"), _rect(22, 20, 36, 8, "#d8a432"),
        _rect(25, 22, 12, 4, "#14181e", 1), _rect(43, 22, 12, 4, "#14181e", 1),
        "".join(_rect(x, y, 2.4, 2.4, dark, 1) for x in (28, 33, 45, 50) for y in (34, 39)),
        _path("M2 30 L26 30 L26 46 Q25 58 14 63 Q3 58 2 46 Z", dark),
        _path("M4 32 L24 32 L24 46 Q23 56 14 60.5 Q5 56 4 46 Z", cloth),
        _rect(12, 32, 4, 28, cross), _rect(4, 40, 20, 4, cross),
    ))  # fmt: skip


_DRAWN: Final[dict[tuple[str, str], Callable[[], str]]] = {
    ("piano", "noto"): lambda: _upright("#8d5a3a", "#6a3f28", "#a8714c"),
    ("piano", "flat"): lambda: _grand("#533566", "#321b41", "#7a4f96"),
    ("piano", "twemoji"): lambda: _upright("#e6e7e8", "#ccd6dd", "#ffffff"),
    ("knight", "noto"): lambda: _knight("#90a4ae", "#546e7a", "#b0bec5", "#f44336"),
    ("knight", "flat"): lambda: _crusader("#9b9b9b", "#636363", "#cdc4d6", "#f4f4f4", "#f8312f"),
    ("knight", "twemoji"): lambda: _turned(_knight("#99aab5", "#66757f", "#ccd6dd", "#55acee")),
}


def drawn_svg(noun: str, hand: str) -> str | None:
    """The SVG text of a thing that is drawn here; None for one that an art set draws."""
    draw = _DRAWN.get((noun, hand))
    if draw is None:
        return None
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 64 64" width="64" height="64">'
        f"{draw()}</svg>"
    )
