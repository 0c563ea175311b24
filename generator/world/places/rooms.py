"""Places with walls. Each function draws variant 0, 1, 2 or 3 of one place."""

from __future__ import annotations

from generator.world.places import elements as e
from generator.world.places.canvas import Canvas


def _window(
    c: Canvas, x: float, y: float, wide: float, tall: float, frame: str = "#ffffff"
) -> None:
    c.rect(x, y, x + wide, y + tall, frame)
    c.rect(x + 4, y + 4, x + wide - 4, y + tall - 4, "#9fd8f5")
    c.rect(x + wide / 2 - 1.5, y + 4, x + wide / 2 + 1.5, y + tall - 4, frame)


def _lamp(c: Canvas, x: float) -> None:
    c.rect(x - 1.5, 58, x + 1.5, 150, "#6d5a4c")
    c.poly([(x - 10, 34), (x + 10, 34), (x + 17, 62), (x - 17, 62)], "#ffe9a3")
    c.oval(x, 150, 12, 4, "#6d5a4c")


def _framed(c: Canvas, x: float, y: float, fill: str) -> None:
    c.rect(x, y, x + 32, y + 26, "#8a5a36")
    c.rect(x + 3, y + 3, x + 29, y + 23, fill)
    c.disc(x + 10, y + 10, 4, "#f7d56b")


def living_room(variant: int) -> Canvas:
    """A warm wall with a window, pictures, a lamp and a carpet."""
    wall = ("#f3dfc2", "#d9e3cf", "#e6d2dc", "#cfdde8")[variant]
    c = Canvas(wall, wall)
    e.boards(c, 140, ("#b98552", "#a8794e", "#c49a6a", "#9a6f4c")[variant], "#a67443")
    c.rect(0, 136, 192, 142, "#fbf6ec")
    c.oval(96, 176, 82, 11, ("#c9655a", "#5f86b8", "#7a9a6a", "#c98a4a")[variant])
    if variant in (0, 1):
        left = (14, 130)[variant]
        _window(c, left, 12, 44, 54)
        for x in (left - 10, left + 40):
            c.rect(x, 8, x + 14, 76, ("#d8735f", "#6a9a7a")[variant])
        c.rect(left - 12, 5, left + 58, 10, "#8a5a36")
        _framed(c, (104, 40)[variant], 14, "#cfe6b8")
        _lamp(c, (176, 16)[variant])
    elif variant == 2:
        c.rect(4, 84, 40, 138, "#b8564e", 3)
        c.rect(12, 94, 32, 138, "#3a2a28")
        c.poly([(14, 138), (22, 108), (30, 138)], "#ff9a3a")
        c.rect(0, 78, 44, 86, "#8a5a36")
        _framed(c, 8, 40, "#b8d4e8")
        _framed(c, 80, 16, "#e8d0a8")
        _window(c, 136, 14, 46, 56)
    else:
        c.rect(128, 92, 192, 140, "#4f7ab0", 8)
        c.rect(122, 108, 136, 142, "#44699a", 5)
        c.rect(138, 108, 192, 124, "#6a92c4", 5)
        _framed(c, 140, 40, "#e8c8b0")
        _framed(c, 92, 22, "#cfe6b8")
        c.rect(8, 128, 28, 142, "#c98a5a")
        for dx in (-12, -5, 3, 11):
            c.line([(18, 128), (18 + dx, 92 + abs(dx))], "#4a9a54", 5)
    return c


def kitchen(variant: int) -> Canvas:
    """Cupboards, tiles, a fridge and a stove."""
    top, tile = (("#e4f3ee", "#c4ddd4"), ("#f6ecd8", "#e4d4b4"), ("#e2e8f4", "#c8d2e6"),
                 ("#fbe6e0", "#efcabf"))[variant]  # fmt: skip
    c = Canvas(top, top, 140)
    for y in range(48, 140, 16):
        c.rect(0, y, 192, y + 1, tile)
    for x in range(0, 192, 16):
        c.rect(x, 44, x + 1, 140, tile)
    cupboard, door = (("#e9a95c", "#f3bf7c"), ("#6fa8b8", "#8cc0cd"), ("#8a9a6a", "#a4b484"),
                      ("#c9706a", "#dc8a84"))[variant]  # fmt: skip
    fridge = (154, 2, 154, 2)[variant]
    left = 0 if fridge > 90 else 40
    if variant != 2:
        c.rect(left, 0, left + 152, 34, cupboard)
        for x in range(left, left + 152, 38):
            c.rect(x + 2, 3, x + 36, 31, door, 2)
            c.disc(x + 31, 18, 2, "#7a5436")
    else:
        _window(c, 56, 6, 60, 46)
        c.rect(0, 40, 44, 44, "#7a5436")
        for x, fill in ((6, "#d8584e"), (20, "#f0b84a"), (34, "#5a8ab8")):
            c.rect(x - 4, 28, x + 6, 40, fill, 2)
    c.rect(left, 96, left + 152, 102, "#8a6a52")
    c.rect(left, 102, left + 152, 144, cupboard)
    stove = left + (2, 114, 2, 110)[variant]
    c.rect(stove, 106, stove + 34, 142, "#5e6672", 3)
    c.rect(stove + 4, 116, stove + 30, 138, "#2f3640", 3)
    c.rect(stove + 6, 84, stove + 28, 96, ("#c23f3f", "#3f7fb0", "#d8944a", "#5a6470")[variant], 3)
    c.rect(stove + 26, 86, stove + 38, 89, "#4a4a50")
    body, line = (("#f6f8fa", "#c6d0d8"), ("#f6f8fa", "#c6d0d8"), ("#d8dee4", "#b0bac4"),
                  ("#a8d8d0", "#84bcb4"))[variant]  # fmt: skip
    c.rect(fridge, 10, fridge + 36, 146, body, 5)
    c.rect(fridge, 58, fridge + 36, 60, line)
    for y in (34, 70):
        c.rect(fridge + 4, y, fridge + 7, y + 18, "#9aa6b0")
    floor, other = (("#f0e6d6", "#d9c4a8"), ("#e8ecee", "#c4d0d8"), ("#d8c8a8", "#d8c8a8"),
                    ("#f4f0ea", "#dccfc4"))[variant]  # fmt: skip
    c.rect(0, 144, 192, 192, floor)
    for i in range(12):
        for j in range(3):
            if (i + j) % 2:
                c.rect(i * 16, 144 + j * 16, i * 16 + 16, 160 + j * 16, other)
    return c


def stage(variant: int) -> Canvas:
    """Curtains, a spotlight and wooden boards."""
    c = Canvas(*(("#3a1730", "#5d2440"), ("#1a1f44", "#343c74"), ("#26301c", "#46562c"),
                 ("#2a1440", "#4c2670"))[variant], 150)  # fmt: skip
    beams = (
        ((84, 108, 20, 172),),
        ((20, 36, 60, 150), (156, 172, 42, 132)),
        ((84, 108, 30, 162),),
        ((10, 30, 40, 130), (162, 182, 62, 152)),
    )[variant]
    for a, b, low_a, low_b in beams:
        c.poly([(a, 0), (b, 0), (low_b, 160), (low_a, 160)], "#fff2c02c")
    e.boards(c, 150, ("#a86a3a", "#8a5a3a", "#b8844a", "#7a5040")[variant], "#8c5429")
    c.oval(96, 172, 76, 12, "#f6d99a60")
    red, dark = (("#c9283a", "#9c1b2c"), ("#c9283a", "#9c1b2c"), ("#b8324f", "#8a1f3a"),
                 ("#d0443a", "#a02c28"))[variant]  # fmt: skip
    wide = (1.0, 1.4, 0.8, 1.2)[variant]
    for k in range(4):
        fill = red if k % 2 else dark
        x, low = k * 10 * wide, k * 8 * wide
        c.poly([(x, 0), (x + 10 * wide, 0), (low + 7 * wide, 156), (low, 156)], fill)
        c.poly([(192 - x, 0), (182 - x, 0), (192 - low - 7 * wide, 156), (192 - low, 156)], fill)
    if variant in (0, 3):
        for k in range(8):
            c.oval(k * 26 + 5, 6, 14, 20, red if k % 2 else dark)
    elif variant == 1:
        c.rect(0, 8, 192, 13, "#60646c")
        for x in (28, 72, 120, 164):
            c.rect(x - 6, 12, x + 6, 24, "#3a3e46", 3)
            c.disc(x, 25, 5, "#ffe9a3")
    else:
        for k in range(13):
            c.disc(k * 16, 9, 4, "#ffe27a")
    c.rect(0, 0, 192, 6, "#e3b04b")
    return c


def _shelves(c: Canvas, left: int, right: int, variant: int) -> None:
    hues = ["#c4473f", "#3f7fb0", "#e0b04a", "#5a9a62", "#8a5aa0", "#d98246", "#e8dcc0"]
    wood, back = (("#7a4f2e", "#4d3019"), ("#5a4636", "#3a2c22"), ("#a87a4c", "#6d4c2c"),
                  ("#6a3f34", "#40241e"))[variant]  # fmt: skip
    c.rect(left, 0, right, 142, wood)
    for shelf in range(4):
        top = 5 + shelf * 34
        c.rect(left + 2, top, right - 2, top + 29, back)
        x, k = left + 3.0, shelf * 3 + variant * 5 + left
        while x < right - 8:
            width, height = 5 + (k * 5) % 4, 20 + (k * 7) % 7
            c.rect(x, top + 29 - height, x + width, top + 29, hues[(k * 3 + shelf) % 7])
            x, k = x + width + 0.6, k + 1


def library(variant: int) -> Canvas:
    """Shelves full of books."""
    c = Canvas(*(("#efdfc0", "#e6d2ac"), ("#cfe0d4", "#bcd0c2"), ("#f4ead8", "#ecdcc0"),
                 ("#d8cce0", "#c8bad2"))[variant], 140)  # fmt: skip
    for left, right in (
        ((0, 46), (146, 192)),
        ((0, 70),),
        ((0, 34), (158, 192)),
        ((96, 192),),
    )[variant]:
        _shelves(c, left, right, variant)
    if variant in (0, 2):
        c.rect(76, 10, 116, 64, "#8a5a36", 12)
        c.rect(80, 14, 112, 60, "#a9dcf5", 9)
        c.rect(95, 14, 97, 60, "#8a5a36")
    elif variant == 1:
        c.line([(78, 140), (96, 6)], "#8a5a36", 4)
        c.line([(96, 140), (114, 6)], "#8a5a36", 4)
        for k in range(6):
            c.line([(81 + k * 2.6, 122 - k * 20), (99 + k * 2.6, 122 - k * 20)], "#8a5a36", 3)
        _window(c, 136, 14, 42, 56, "#8a5a36")
    else:
        _window(c, 20, 14, 46, 56, "#6a3f34")
        c.rect(8, 100, 60, 106, "#6a3f34")
        for n, fill in enumerate(("#c4473f", "#e0b04a", "#3f7fb0")):
            c.rect(16 + n, 94 - n * 6, 44 - n * 2, 100 - n * 6, fill)
        for x in (12, 52):
            c.rect(x, 106, x + 5, 142, "#6a3f34")
    e.boards(c, 140, ("#c89a68", "#a88458", "#d4ac7c", "#94705c")[variant], "#b48a58")
    c.rect(0, 138, 192, 143, "#5f3c20")
    c.oval(96, 176, 84, 11, ("#4f7a62", "#8c3f4a", "#4f6a9a", "#7a5a8c")[variant])
    return c
