"""Places that people made under the sky. Each function draws variant 0, 1, 2 or 3 of one place."""

from __future__ import annotations

from generator.world.places import elements as e
from generator.world.places.canvas import Canvas


def _barn(c: Canvas, x: float, base: float, wall: str, roof: str) -> None:
    c.rect(x, base - 60, x + 52, base, wall)
    c.poly([(x - 6, base - 58), (x + 8, base - 82), (x + 26, base - 92), (x + 44, base - 82),
            (x + 58, base - 58)], roof)  # fmt: skip
    c.rect(x + 14, base - 32, x + 38, base, "#f6ede0")
    c.line([(x + 14, base - 32), (x + 38, base)], wall, 3)
    c.line([(x + 38, base - 32), (x + 14, base)], wall, 3)
    c.rect(x + 20, base - 72, x + 32, base - 60, "#f6ede0")


def farm(variant: int) -> Canvas:
    """A barn, a fence and a field."""
    c = e.sky(("day", "evening", "morning", "grey")[variant], 110)
    if variant < 2:
        e.sun(c, (172, 130)[variant], (22, 40)[variant], 13)
    c.cloud(110, 24, 16)
    field, rows = (("#9bcf6a", "#8ac25a"), ("#e2bf5a", "#d2ae4c"), ("#a9d27c", "#98c46c"),
                   ("#b99a64", "#a98a56"))[variant]  # fmt: skip
    e.ground(c, 112, field)
    wall, roof = (("#c8443c", "#8f2f2c"), ("#b84038", "#6d2a2a"), ("#d0584a", "#f0e6dc"),
                  ("#c8443c", "#5a6470"))[variant]  # fmt: skip
    _barn(c, (2, 134, 6, 128)[variant], 124, wall, roof)
    silo = (178, 118, 72, 16)[variant]
    if variant:
        c.rect(silo - 10, 62, silo + 10, 124, "#c9d2d8")
        c.oval(silo, 62, 10, 12, "#aab6bf")
    left, right = ((62, 192), (0, 128), (86, 192), (0, 122))[variant]
    for y in (118, 128):
        c.rect(left, y, right, y + 4, "#f8f3e6")
    for x in range(left + 4, right, 22):
        c.rect(x, 112, x + 5, 138, "#f8f3e6")
    for y in (152, 166, 180):
        c.rect(0, y, 192, y + 5, rows)
    if variant == 1:
        c.oval(20, 138, 15, 11, "#d9a63c")
        c.oval(20, 138, 8, 6, "#c2902e")
    return c


def castle(variant: int) -> Canvas:
    """Towers with flags and a wall between them."""
    c = e.sky(("day", "evening", "violet", "grey")[variant], 120)
    stone, wall, dark = (("#b9b4c4", "#cbc7d4", "#9993a8"), ("#c8a890", "#d8bca4", "#a88870"),
                         ("#a8a4c0", "#bcb8d0", "#8884a4"), ("#9aa2a8", "#b0b8bc", "#7c848a"))[
        variant
    ]  # fmt: skip
    roof = ("#7a4fb0", "#c24a5a", "#3f78b8", "#3f8a6a")[variant]
    towers = (
        ((20, 58), (172, 58)),
        ((24, 50), (60, 34), (132, 34), (168, 50)),
        ((96, 26), (16, 64), (176, 64)),
        ((18, 40), (174, 70)),
    )[variant]
    c.rect(14, 88, 178, 136, wall)
    for x in range(18, 172, 18):
        c.rect(x, 80, x + 10, 90, wall)
    for x, top in towers:
        c.rect(x - 18, top, x + 18, 140, stone)
        if variant == 3:
            for k in (-18, -5, 8):
                c.rect(x + k, top - 9, x + k + 10, top, stone)
        else:
            c.poly([(x - 23, top + 2), (x, top - 38), (x + 23, top + 2)], roof)
        c.rect(x - 6, top + 16, x + 6, top + 36, dark, 6)
        c.rect(x - 6, top + 28, x + 6, top + 36, dark)
        pole = top - (9 if variant == 3 else 36)
        c.line([(x, pole), (x, pole - 18)], "#6b5a4a", 2)
        c.poly([(x, pole - 18), (x + 14, pole - 13), (x, pole - 8)],
               roof if variant == 3 else "#f2b93b")  # fmt: skip
    if variant in (1, 3):
        c.rect(82, 104, 110, 138, "#6d4a30", 13)
        c.rect(82, 120, 110, 138, "#6d4a30")
    grass = ("#86c46a", "#b0a85e", "#8cb87c", "#7fa070")[variant]
    e.ground(c, 134, grass)
    if variant in (0, 2):
        c.poly([(70, 134), (122, 134), (160, 192), (32, 192)], "#dfcf9f")
    elif variant == 1:
        c.rect(0, 138, 192, 150, "#7ab6d8")
    return c


def street(variant: int) -> Canvas:
    """A row of coloured houses or shops behind a road."""
    c = e.sky(("day", "evening", "grey", "morning")[variant], 110)
    walls = ["#f0b48a", "#f3dd8f", "#b9d6a4", "#e9a6a6", "#a9c6e6"]
    walls = walls[variant:] + walls[:variant]
    tops = ((34, 58, 64, 56, 36), (56, 30, 50, 34, 60), (40, 40, 40, 40, 40), (60, 48, 36, 48, 60))[
        variant
    ]
    for i, (wall, top) in enumerate(zip(walls, tops, strict=True)):
        x = -6 + i * 41
        c.rect(x, top, x + 41, 134, wall)
        if variant != 2:
            c.poly([(x - 2, top), (x + 20.5, top - 20), (x + 43, top)],
                   ("#b0685a", "#8a5a6a", "", "#6a7aa0")[variant])  # fmt: skip
        for wy in (top + 10, top + 36):
            for wx in (x + 7, x + 25):
                c.rect(wx, wy, wx + 9, wy + 14, "#eef8ff" if variant != 1 else "#ffe6a0")
        if variant == 2:
            c.rect(x - 1, top - 5, x + 42, top, "#8a8078")
            for k in range(5):
                c.rect(x + k * 8.2, 98, x + k * 8.2 + 8.2, 106, "#ffffff" if k % 2 else "#d8584e")
            c.rect(x + 6, 106, x + 35, 130, "#cfe4ee")
    if variant == 3:
        for x in (14, 178):
            e.round_tree(c, x, 142, 66, "#5aa45a", "#70b86c")
    c.rect(0, 126, 192, 146, ("#d4d2cf", "#c8b4a4", "#c0c4c8", "#dcd4cc")[variant])
    c.rect(0, 144, 192, 192, ("#77797f", "#6a6470", "#70767c", "#82828a")[variant])
    if variant == 1:
        for x in range(-6, 192, 26):
            c.poly([(x + 8, 150), (x + 20, 150), (x + 16, 188), (x, 188)], "#f0ece4")
    else:
        for x in range(4, 192, 40):
            c.rect(x, 180, x + 22, 185, "#f6f1dc")
    if variant in (0, 2):
        lamp = (10, 182)[variant // 2]
        c.rect(lamp - 1.6, 70, lamp + 1.6, 142, "#50545c")
        c.disc(lamp, 68, 6, "#fff0b8")
    return c


def city(variant: int) -> Canvas:
    """A skyline with lit windows at night."""
    top, bottom = (("#0d1638", "#34447e"), ("#1a1038", "#5a3a7e"), ("#06222e", "#245a6a"),
                   ("#10142a", "#3a3f5e"))[variant]  # fmt: skip
    c = Canvas(top, bottom, 130)
    c.dots(21 + variant, 22, 60, "#dfe6ff", 0.8)
    c.disc((96, 40, 150, 100)[variant], (22, 26, 20, 18)[variant], 11, "#fdf3c4")
    if variant == 1:
        c.disc(45, 23, 9, "#221545")
    heights = (
        (24, 52, 74, 84, 78, 88, 66, 40, 18),
        (60, 30, 64, 92, 96, 86, 46, 70, 36),
        (80, 70, 40, 66, 90, 74, 26, 60, 78),
        (20, 34, 60, 96, 100, 96, 60, 34, 20),
    )[variant]
    one, two = (("#1c2550", "#243064"), ("#2a1c50", "#352464"), ("#12384a", "#184858"),
                ("#23283f", "#2c324c"))[variant]  # fmt: skip
    lit = ("#ffd35c", "#ffb86a", "#fff0a0", "#ffd35c")[variant]
    for i, top_y in enumerate(heights):
        x = i * 22 - 3
        c.rect(x, top_y, x + 20, 146, one if i % 2 else two)
        for wy in range(top_y + 6, 132, 11):
            for wx in (x + 4, x + 12):
                if (wx * 7 + wy * 3 + variant) % 5 > variant // 3:
                    c.rect(wx, wy, wx + 4, wy + 6, lit)
    if variant == 2:
        c.rect(0, 138, 192, 192, "#1c5064")
        for x in range(6, 192, 24):
            c.rect(x, 146, x + 8, 148, "#e8d98a")
            c.rect(x + 10, 156, x + 20, 158, "#8fc0c8")
        c.rect(0, 164, 192, 192, "#4a5560")
        c.rect(0, 162, 192, 166, "#76828c")
    else:
        c.rect(0, 138, 192, 192, ("#3b3f55", "#43385a", "", "#34384a")[variant])
        c.rect(0, 138, 192, 144, "#6a6e86")
        for x in range(8, 192, 40):
            c.rect(x, 182, x + 20, 186, "#e8d98a")
    return c


def garden(variant: int) -> Canvas:
    """A fence or a hedge and many flowers."""
    c = e.sky(("day", "morning", "teal", "evening")[variant], 110)
    grass = ("#8fd070", "#a2d688", "#84c878", "#a8c46a")[variant]
    if variant != 2:
        c.oval(30, 96, 60, 40, "#8fcf86")
        c.oval(160, 96, 66, 44, "#84c67c")
    e.ground(c, 104, grass)
    if variant in (0, 3):
        paint = "#ffffff" if variant == 0 else "#c98a5a"
        for x in range(2, 192, 16):
            c.rect(x, 84, x + 9, 124, paint)
            c.poly([(x, 84), (x + 4.5, 76), (x + 9, 84)], paint)
        c.rect(0, 96, 192, 101, "#f2f2ee" if variant == 0 else "#b87a4a")
    elif variant == 1:
        c.rect(0, 74, 192, 122, "#5aa858", 8)
        for x in range(12, 192, 24):
            c.disc(x, 76, 14, "#62b060")
    else:
        c.rect(58, 60, 62, 122, "#ffffff")
        c.rect(130, 60, 134, 122, "#ffffff")
        c.arc(96, 66, 38, "#ffffff", 5)
        c.rect(58, 104, 134, 110, grass)
        for x, y in ((58, 58), (70, 40), (96, 28), (122, 40), (134, 58)):
            c.disc(x, y, 6, "#ef5f7a")
        for x in (18, 174):
            c.disc(x, 108, 30, "#5fb060")
    heads = ["#ef5f7a", "#f7b733", "#b06be0", "#ff8ac2", "#ffffff"]
    spots = [(10, 128), (24, 148), (8, 164), (26, 178), (182, 126), (168, 146), (184, 160),
             (166, 178), (60, 184), (96, 187), (132, 184)]  # fmt: skip
    spots += [(12, 66), (28, 58), (180, 64), (164, 58)] if variant in (0, 3) else []
    spots += [(40, 128), (64, 132), (128, 132), (152, 128)] if variant == 1 else []
    spots += [(14, 96), (28, 104), (166, 100), (180, 108)] if variant == 2 else []
    for i, (x, y) in enumerate(spots):
        size = (4, 4.6, 5, 4)[variant]
        e.flower(c, x, y, heads[(i + variant * 2) % (5 if variant != 1 else 2)], size)
    return c
