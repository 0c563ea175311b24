"""Indoor, night, water and space backgrounds.  Each function draws variant 0 or 1 of one place."""

from __future__ import annotations

from generator.world.canvas import Canvas


def moon(variant: int) -> Canvas:
    """Grey craters under a black sky with the Earth in it."""
    c = Canvas("#05070f", "#141a2c", 130)
    c.dots(3 + variant, 46, 110, "#ffffff", 0.9)
    x = 160 if variant == 0 else 32
    c.disc(x, 30, 23, "#2f7fe0")
    c.oval(x - 7, 24, 9, 7, "#46b35a")
    c.oval(x + 8, 38, 8, 6, "#46b35a")
    c.oval(x + 4, 15, 9, 3, "#ffffff")
    c.hill(116, 8, "#b4b6bd", 96, 220)
    for cx, cy, r in ((16, 142, 13), (176, 138, 12), (60, 178, 16), (150, 180, 18), (100, 134, 9)):
        c.oval(cx, cy, r, r * 0.36, "#8f929c")
        c.oval(cx, cy + 1.5, r * 0.8, r * 0.26, "#9fa2ab")
    return c


def mars(variant: int) -> Canvas:
    """Red ground and mesas under a dusty sky."""
    c = Canvas("#e8a878", "#f6d4ae", 120)
    c.disc(150 if variant == 0 else 46, 24, 9, "#fff6e2")
    for points in (
        [(-10, 130), (-10, 66), (26, 66), (42, 130)],
        [(150, 130), (164, 78), (202, 78), (202, 130)],
    ):
        c.poly(points, "#b5563a")
    c.hill(120, 8, "#c8603c", 96, 230)
    c.rect(0, 158, 192, 192, "#b9532f")
    for x, y, r in ((14, 150, 12), (180, 154, 14), (36, 180, 8), (150, 182, 9), (98, 134, 7)):
        c.oval(x, y, r, r * 0.6, "#8f3d26")
    return c


def city(variant: int) -> Canvas:
    """A skyline with lit windows at night."""
    c = Canvas("#0d1638", "#34447e", 130)
    c.dots(21, 22, 60, "#dfe6ff", 0.8)
    c.disc(96 if variant == 0 else 74, 22, 11, "#fdf3c4")
    heights = (24, 52, 74, 84, 78, 88, 66, 40, 18)
    heights = heights if variant == 0 else heights[::-1]
    for i, top in enumerate(heights):
        x = i * 22 - 3
        c.rect(x, top, x + 20, 146, "#1c2550" if i % 2 else "#243064")
        for wy in range(top + 6, 132, 11):
            for wx in (x + 4, x + 12):
                if (wx * 7 + wy * 3) % 5:
                    c.rect(wx, wy, wx + 4, wy + 6, "#ffd35c")
    c.rect(0, 140, 192, 192, "#3b3f55")
    c.rect(0, 138, 192, 144, "#6a6e86")
    for x in range(8, 192, 40):
        c.rect(x, 180, x + 20, 184, "#e8d98a")
    return c


def sea(variant: int) -> Canvas:
    """Blue water, light rays, seaweed and sand."""
    c = Canvas("#4fc3ea", "#0f6fb4", 150)
    for x in (30, 84, 140):
        c.poly([(x, 0), (x + 18, 0), (x + 2, 140), (x - 30, 140)], "#ffffff1c")
    c.hill(152, 6, "#e8d3a0", 96, 230)
    for x, height, hue in (
        (8, 96, "#2f9a6a"),
        (22, 66, "#48b57c"),
        (184, 100, "#2f9a6a"),
        (170, 60, "#48b57c"),
    ):
        points = [(x + (4 if k % 2 else -4), 166 - k * height / 6) for k in range(7)]
        c.line(points, hue, 7)
    coral = 182 if variant == 0 else 12
    for dx, dy in ((-9, -22), (0, -30), (9, -20)):
        c.line([(coral, 176), (coral + dx, 176 + dy)], "#ff7f7a", 6)
        c.disc(coral + dx, 176 + dy, 4, "#ff9a8f")
    for x, y, r in (
        (30, 30, 6),
        (42, 14, 4),
        (22, 52, 4),
        (158, 22, 6),
        (172, 44, 4),
        (146, 10, 3),
    ):
        c.arc(x, y, r, "#d8f5ff", 1.6)
    return c


def space(variant: int) -> Canvas:
    """Stars, a ringed planet and a small red one in a violet sky."""
    c = Canvas("#1b0f3e", "#3c1f6e")
    for x, y, r in ((60, 120, 70), (140, 80, 70), (100, 160, 60)):
        c.disc(x, y, r, "#7a3fb016")
    c.dots(31 + variant, 80, 192, "#ffffff", 1.0)
    x, far = (32, 168) if variant == 0 else (160, 24)
    c.oval(x, 32, 36, 9, "#f2cf94")
    c.oval(x, 32, 28, 5, "#2a164f")
    c.disc(x, 30, 19, "#e8a04c")
    c.rect(x - 18, 26, x + 18, 31, "#f4bd70", 2)
    c.oval(x, 38, 27, 3, "#f2cf94")
    c.disc(far, 172, 13, "#e2574f")
    c.oval(far - 4, 168, 4, 3, "#b8403c")
    return c


def living_room(variant: int) -> Canvas:
    """A warm wall with a window, a picture and a lamp."""
    wall = "#f3dfc2" if variant == 0 else "#d9e3cf"
    c = Canvas(wall, wall)
    c.rect(0, 140, 192, 192, "#b98552")
    for y in (152, 166, 180):
        c.rect(0, y, 192, y + 1.4, "#a67443")
    c.rect(0, 136, 192, 142, "#fbf6ec")
    c.oval(96, 176, 82, 11, "#c9655a" if variant == 0 else "#5f86b8")
    c.rect(14, 12, 58, 66, "#ffffff")
    c.rect(18, 16, 54, 62, "#9fd8f5")
    c.rect(34.5, 16, 37.5, 62, "#ffffff")
    for x in (4, 54):
        c.rect(x, 8, x + 14, 76, "#d8735f")
    c.rect(2, 5, 72, 10, "#8a5a36")
    c.rect(104, 14, 136, 40, "#8a5a36")
    c.rect(107, 17, 133, 37, "#cfe6b8")
    c.disc(114, 24, 4, "#f7d56b")
    c.rect(175, 58, 178, 150, "#6d5a4c")
    c.poly([(166, 34), (187, 34), (194, 62), (159, 62)], "#ffe9a3")
    c.oval(176, 150, 12, 4, "#6d5a4c")
    return c


def kitchen(variant: int) -> Canvas:
    """Cupboards, tiles, a fridge and a stove."""
    c = Canvas("#e4f3ee", "#d6ebe4", 140)
    for y in range(48, 140, 16):
        c.rect(0, y, 192, y + 1, "#c4ddd4")
    for x in range(0, 192, 16):
        c.rect(x, 44, x + 1, 140, "#c4ddd4")
    cupboard = "#e9a95c" if variant == 0 else "#6fa8b8"
    c.rect(0, 0, 152, 34, cupboard)
    for x in range(0, 152, 38):
        c.rect(x + 2, 3, x + 36, 31, "#f3bf7c" if variant == 0 else "#8cc0cd", 2)
        c.disc(x + 31, 18, 2, "#7a5436")
    c.rect(0, 96, 192, 102, "#8a6a52")
    c.rect(0, 102, 192, 144, cupboard)
    c.rect(2, 106, 36, 142, "#5e6672", 3)
    c.rect(6, 116, 32, 138, "#2f3640", 3)
    c.rect(8, 84, 30, 96, "#c23f3f", 3)
    c.rect(28, 86, 40, 89, "#4a4a50")
    c.rect(154, 10, 190, 146, "#f6f8fa", 5)
    c.rect(154, 58, 190, 60, "#c6d0d8")
    for y in (34, 70):
        c.rect(158, y, 161, y + 18, "#9aa6b0")
    c.rect(0, 144, 192, 192, "#f0e6d6")
    for i in range(12):
        for j in range(3):
            if (i + j) % 2:
                c.rect(i * 16, 144 + j * 16, i * 16 + 16, 160 + j * 16, "#d9c4a8")
    return c


def stage(variant: int) -> Canvas:
    """Red curtains, a spotlight and wooden boards."""
    c = Canvas("#3a1730", "#5d2440", 150)
    c.poly([(84, 0), (108, 0), (172, 160), (20, 160)], "#fff2c030")
    c.rect(0, 150, 192, 192, "#a86a3a")
    for y in (162, 175):
        c.rect(0, y, 192, y + 1.5, "#8c5429")
    c.oval(96, 172, 76, 12, "#f6d99a60")
    red, dark = ("#c9283a", "#9c1b2c") if variant == 0 else ("#b8324f", "#8a1f3a")
    for k in range(4):
        c.poly(
            [(k * 10, 0), (k * 10 + 10, 0), (k * 8 + 7, 156), (k * 8, 156)], red if k % 2 else dark
        )
        right = 192 - k * 10
        c.poly(
            [(right, 0), (right - 10, 0), (185 - k * 8, 156), (192 - k * 8, 156)],
            red if k % 2 else dark,
        )
    for k in range(8):
        c.oval(k * 26 + 5, 6, 14, 20, red if k % 2 else dark)
    c.rect(0, 0, 192, 6, "#e3b04b")
    return c


def clouds(variant: int) -> Canvas:
    """A bright sky over a floor of clouds."""
    c = Canvas("#3f9bea", "#bfe4fb", 150)
    x = 164 if variant == 0 else 30
    c.disc(x, 28, 20, "#fff3b0")
    c.disc(x, 28, 15, "#ffd84a")
    c.cloud(192 - x, 36, 24, "#f4fbff")
    for cx, cy, r in (
        (0, 168, 34),
        (36, 180, 30),
        (70, 184, 26),
        (104, 186, 28),
        (140, 182, 30),
        (184, 168, 34),
    ):
        c.disc(cx, cy, r, "#e3f1fc")
    for cx, cy, r in ((14, 190, 32), (54, 196, 28), (92, 198, 28), (126, 198, 28), (170, 190, 34)):
        c.disc(cx, cy, r, "#ffffff")
    return c


def library(variant: int) -> Canvas:
    """Shelves full of books."""
    c = Canvas("#efdfc0", "#e6d2ac", 140)
    hues = ["#c4473f", "#3f7fb0", "#e0b04a", "#5a9a62", "#8a5aa0", "#d98246", "#e8dcc0"]
    for left, right in ((0, 46), (146, 192)):
        c.rect(left, 0, right, 142, "#7a4f2e")
        for shelf in range(4):
            top = 5 + shelf * 34
            c.rect(left + 2, top, right - 2, top + 29, "#4d3019")
            x, k = left + 3.0, shelf * 3 + variant * 5 + left
            while x < right - 8:
                width, height = 5 + (k * 5) % 4, 20 + (k * 7) % 7
                fill = hues[(k * 3 + shelf) % 7]
                c.rect(x, top + 29 - height, x + width, top + 29, fill)
                x, k = x + width + 0.6, k + 1
    c.rect(76, 10, 116, 64, "#8a5a36", 12)
    c.rect(80, 14, 112, 60, "#a9dcf5", 9)
    c.rect(95, 14, 97, 60, "#8a5a36")
    c.rect(0, 140, 192, 192, "#c89a68")
    c.rect(0, 138, 192, 143, "#5f3c20")
    c.oval(96, 176, 84, 11, "#4f7a62" if variant == 0 else "#8c3f4a")
    return c


def volcano(variant: int) -> Canvas:
    """A smoking volcano with running lava over dark ground."""
    c = Canvas("#5a2a3a", "#f0915a", 130)
    x = 44 if variant == 0 else 148
    for dx, dy, r in ((0, 24, 13), (-12, 12, 15), (12, 8, 17), (-2, -2, 16)):
        c.disc(x + dx, dy, r, "#57484f")
    c.poly([(x - 16, 44), (x + 16, 44), (x + 78, 136), (x - 78, 136)], "#4a3238")
    c.poly(
        [
            (x - 16, 44),
            (x + 16, 44),
            (x + 14, 62),
            (x + 7, 54),
            (x + 4, 86),
            (x - 3, 58),
            (x - 9, 74),
        ],
        "#ff6a2a",
    )
    c.poly([(x - 10, 44), (x, 24), (x + 10, 44)], "#ffc23d")
    for dx, dy in ((-24, 30), (24, 26), (-30, 46), (32, 44), (8, 16)):
        c.disc(x + dx, dy, 2.6, "#ff8a3a")
    c.hill(126, 6, "#3d2b30", 96, 240)
    for px, py in ((16, 150), (172, 154), (60, 184), (140, 186)):
        c.oval(px, py, 16, 3.4, "#ff7a34")
    return c
