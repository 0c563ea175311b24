"""Outdoor backgrounds on Earth.  Each function draws variant 0 or 1 of one place."""

from __future__ import annotations

from generator.world.canvas import Canvas


def _sun(canvas: Canvas, x: float, y: float) -> None:
    canvas.disc(x, y, 17, "#fff3b0")
    canvas.disc(x, y, 13, "#ffd84a")


def _pine(canvas: Canvas, x: float, base: float, height: float, fill: str, cap: str = "") -> None:
    canvas.rect(x - 2, base - 6, x + 2, base, "#7a5436")
    for level in range(3):
        top = base - height + level * height * 0.26
        half = height * (0.16 + 0.07 * level)
        canvas.poly(
            [(x, top), (x - half, top + height * 0.4), (x + half, top + height * 0.4)], fill
        )
        if cap:
            canvas.poly(
                [
                    (x, top),
                    (x - half * 0.5, top + height * 0.2),
                    (x + half * 0.5, top + height * 0.2),
                ],
                cap,
            )


def beach(variant: int) -> Canvas:
    """A palm tree, the sea and sand."""
    c = Canvas("#7fd0f5", "#d3f1fb", 96)
    _sun(c, 166 if variant == 0 else 146, 24)
    c.cloud(112 if variant == 0 else 96, 30, 15)
    c.rect(0, 92, 192, 132, "#2fa8d8")
    c.rect(0, 104, 192, 132, "#4fbfe2")
    c.oval(96, 212, 190, 92, "#e9f7f5")
    c.oval(96, 218, 196, 94, "#f4dba0")
    c.rect(0, 166, 192, 192, "#f0d292")
    c.line([(4, 160), (8, 110), (18, 72), (27, 46)], "#a5743f", 6)
    for dx, dy in ((-30, 8), (-22, -16), (2, -24), (26, -14), (32, 8), (14, 18)):
        c.poly(
            [(27, 42), (27 + dx * 0.5 - 5, 42 + dy * 0.75), (27 + dx, 46 + dy),
             (27 + dx * 0.55 + 4, 46 + dy * 0.4)],
            "#3fa655" if dy > 0 else "#4fbb62",
        )  # fmt: skip
    return c


def forest(variant: int) -> Canvas:
    """Tall trunks to both sides under a leafy roof."""
    c = Canvas("#d5efb8", "#a8d88c", 150)
    for x in (52, 84, 118, 146):
        c.rect(x - 3, 20, x + 3, 130, "#9cc98a")
    c.rect(0, 128, 192, 192, "#6fae4e")
    c.oval(96, 138, 130, 14, "#79b857")
    for x, w in ((10, 9), (182, 9), (34 if variant == 0 else 160, 5)):
        c.rect(x - w, 20, x + w, 152, "#7d5534")
    for x, y, r in (
        (0, 12, 34),
        (40, 4, 28),
        (78, -6, 24),
        (114, -6, 24),
        (152, 4, 28),
        (192, 12, 34),
    ):
        c.disc(x, y, r, "#3f8c42")
    for x, y, r in ((14, 4, 22), (60, -8, 22), (134, -8, 22), (178, 4, 22)):
        c.disc(x, y, r, "#56a452")
    for x in (8, 28, 166, 186):
        c.poly([(x - 7, 176), (x - 4, 160), (x, 172), (x + 4, 160), (x + 7, 176)], "#4c9444")
    return c


def desert(variant: int) -> Canvas:
    """Dunes, a hot sun and cacti."""
    c = Canvas("#ffd98a", "#fff0c4", 120)
    _sun(c, 160 if variant == 0 else 40, 26)
    c.oval(40, 160, 110, 46, "#efc179")
    c.oval(170, 166, 100, 50, "#e8b469")
    c.hill(130, 10, "#e2a757", 96, 240)
    c.rect(0, 150, 192, 192, "#dd9f4e")
    for x, top in ((14, 74), (180, 96)):
        c.rect(x - 5, top, x + 5, 146, "#4f9a4e", 5)
        c.rect(x - 13, top + 18, x - 7, top + 40, "#4f9a4e", 3)
        c.rect(x - 13, top + 34, x, top + 40, "#4f9a4e", 3)
        c.rect(x + 7, top + 10, x + 13, top + 32, "#4f9a4e", 3)
        c.rect(x, top + 26, x + 13, top + 32, "#4f9a4e", 3)
    return c


def snow(variant: int) -> Canvas:
    """White hills, snowy pines and falling flakes."""
    c = Canvas("#a9cbe8", "#dfeefa", 130)
    c.oval(30, 170, 110, 60, "#e6f1fa")
    c.oval(170, 172, 110, 56, "#edf5fc")
    for x, h in ((14, 84), (38, 56), (178, 90 if variant == 0 else 70), (154, 54)):
        _pine(c, x, 136, h, "#4d8a78", "#f6fbff")
    c.hill(132, 8, "#f7fbff", 96, 240)
    c.dots(11 + variant, 46, 130, "#ffffff", 2.2)
    return c


def mountains(variant: int) -> Canvas:
    """Grey peaks with white caps over a meadow."""
    c = Canvas("#8ec8f0", "#dbeffa", 120)
    c.cloud(96 if variant == 0 else 84, 22, 16)
    for x, top, half in ((96, 62, 60), (30, 22, 66), (164, 30 if variant == 0 else 18, 64)):
        c.poly([(x, top), (x - half, 134), (x + half, 134)], "#8794a8")
        c.poly([(x, top), (x + half * 0.2, 134), (x + half, 134)], "#76849a")
        cap = [(x, top), (x - half * 0.3, top + 34), (x - half * 0.1, top + 26), (x, top + 36),
               (x + half * 0.12, top + 26), (x + half * 0.3, top + 34)]  # fmt: skip
        c.poly(cap, "#ffffff")
    c.hill(126, 6, "#7cc465", 96, 250)
    c.rect(0, 160, 192, 192, "#6eb759")
    return c


def farm(variant: int) -> Canvas:
    """A red barn, a fence and a field."""
    c = Canvas("#9ad7f7", "#e4f6fd", 110)
    c.cloud(110, 24, 16)
    _sun(c, 172 if variant == 0 else 150, 22)
    c.rect(0, 112, 192, 192, "#9bcf6a")
    c.rect(2, 64, 54, 124, "#c8443c")
    c.poly([(-4, 66), (10, 42), (28, 32), (46, 42), (60, 66)], "#8f2f2c")
    c.rect(16, 92, 40, 124, "#f6ede0")
    c.line([(16, 92), (40, 124)], "#c8443c", 3)
    c.line([(40, 92), (16, 124)], "#c8443c", 3)
    c.rect(22, 52, 34, 64, "#f6ede0")
    if variant == 1:
        c.rect(168, 62, 190, 124, "#c9d2d8")
        c.oval(179, 62, 11, 12, "#aab6bf")
    for y in (118, 128):
        c.rect(62, y, 192, y + 4, "#f8f3e6")
    for x in range(68, 192, 22):
        c.rect(x, 112, x + 5, 138, "#f8f3e6")
    for y in (152, 166, 180):
        c.rect(0, y, 192, y + 5, "#8ac25a")
    return c


def castle(variant: int) -> Canvas:
    """Two stone towers with flags and a wall between them."""
    c = Canvas("#a9d3f5", "#eaf5fd", 120)
    c.cloud(98 if variant == 0 else 84, 22, 14)
    stone, dark, roof = "#b9b4c4", "#9993a8", "#7a4fb0" if variant == 0 else "#c24a5a"
    c.rect(24, 88, 168, 136, "#cbc7d4")
    for x in range(36, 160, 18):
        c.rect(x, 80, x + 10, 90, "#cbc7d4")
    for x in (20, 172):
        c.rect(x - 19, 58, x + 19, 140, stone)
        c.poly([(x - 24, 60), (x, 20), (x + 24, 60)], roof)
        c.rect(x - 6, 74, x + 6, 94, dark, 6)
        c.rect(x - 6, 86, x + 6, 94, dark)
        c.line([(x, 22), (x, 4)], "#6b5a4a", 2)
        c.poly([(x, 4), (x + 14, 9), (x, 14)], "#f2b93b")
    c.rect(0, 134, 192, 192, "#86c46a")
    c.poly([(70, 134), (122, 134), (160, 192), (32, 192)], "#dfcf9f")
    return c


def street(variant: int) -> Canvas:
    """A row of coloured houses behind a road."""
    c = Canvas("#a5dbf7", "#e6f6fd", 110)
    walls = ["#f0b48a", "#f3dd8f", "#b9d6a4", "#e9a6a6", "#a9c6e6"]
    walls = walls if variant == 0 else walls[2:] + walls[:2]
    for i, wall in enumerate(walls):
        x, top = -6 + i * 41, (34, 58, 64, 56, 36)[i]
        c.rect(x, top, x + 41, 134, wall)
        c.poly([(x - 2, top), (x + 20.5, top - 20), (x + 43, top)], "#b0685a")
        for wy in (top + 10, top + 36):
            c.rect(x + 7, wy, x + 16, wy + 14, "#eef8ff")
            c.rect(x + 25, wy, x + 34, wy + 14, "#eef8ff")
    c.rect(0, 126, 192, 146, "#d4d2cf")
    c.rect(0, 144, 192, 192, "#77797f")
    for x in range(4, 192, 40):
        c.rect(x, 180, x + 22, 185, "#f6f1dc")
    return c


def garden(variant: int) -> Canvas:
    """A white fence and many flowers."""
    c = Canvas("#bfe8fb", "#eefaf0", 110)
    c.oval(30, 96, 60, 40, "#8fcf86")
    c.oval(160, 96, 66, 44, "#84c67c")
    c.rect(0, 100, 192, 192, "#8fd070")
    for x in range(2, 192, 16):
        c.rect(x, 84, x + 9, 124, "#ffffff")
        c.poly([(x, 84), (x + 4.5, 76), (x + 9, 84)], "#ffffff")
    c.rect(0, 96, 192, 101, "#f2f2ee")
    heads = ["#ef5f7a", "#f7b733", "#b06be0", "#ff8ac2", "#ffffff"]
    spots = [
        (10, 128),
        (24, 148),
        (8, 164),
        (26, 178),
        (182, 126),
        (168, 146),
        (184, 160),
        (166, 178),
    ]
    spots += [(12, 66), (28, 58), (180, 64), (164, 58), (60, 184), (96, 187), (132, 184)]
    for i, (x, y) in enumerate(spots):
        c.line([(x, y), (x, y + 12)], "#4a9a4a", 2)
        for dx, dy in ((-4, 0), (4, 0), (0, -4), (0, 4)):
            c.disc(x + dx, y + dy, 4, heads[(i + variant * 2) % 5])
        c.disc(x, y, 2.6, "#ffe27a")
    return c


def rain(variant: int) -> Canvas:
    """Dark clouds, streaks of rain and puddles."""
    c = Canvas("#76879b", "#a9b7c4", 130)
    c.rect(0, 132, 192, 192, "#7f9a86")
    c.oval(40 if variant == 0 else 150, 182, 34, 6, "#9fb9c9")
    c.oval(160 if variant == 0 else 30, 166, 26, 5, "#9fb9c9")
    for i in range(14):
        for j in range(5):
            x, y = i * 15 + (j % 2) * 7, 44 + j * 24 + (i * 7 + variant * 5) % 12
            c.line([(x, y), (x - 4, y + 12)], "#d3e4f2", 1.6)
    for x, y, s in ((20, 22, 34), (76, 12, 34), (132, 14, 34), (180, 24, 34)):
        c.cloud(x, y, s, "#55616f" if (x // 50 + variant) % 2 else "#626f7e")
    return c
