"""Water, air and other worlds. Each function draws variant 0, 1, 2 or 3 of one place."""

from __future__ import annotations

from generator.world.places import elements as e
from generator.world.places.canvas import Canvas


def _craters(c: Canvas, spots: tuple[tuple[float, float, float], ...]) -> None:
    for x, y, r in spots:
        c.oval(x, y, r, r * 0.36, "#8f929c")
        c.oval(x, y + 1.5, r * 0.8, r * 0.26, "#9fa2ab")


def moon(variant: int) -> Canvas:
    """Grey craters under a black sky with the Earth in it."""
    c = Canvas(*(("#05070f", "#141a2c"), ("#0a0a1e", "#26264a"), ("#030408", "#0c1018"),
                 ("#081018", "#1c3040"))[variant], 130)  # fmt: skip
    c.dots(3 + variant, 46, 110, "#ffffff", 0.9)
    x, y, k = ((160, 30, 1.0), (34, 34, 1.15), (96, 34, 1.3), (150, 60, 1.5))[variant]
    c.disc(x, y, 23 * k, "#2f7fe0")
    c.oval(x - 7 * k, y - 6 * k, 9 * k, 7 * k, "#46b35a")
    c.oval(x + 8 * k, y + 8 * k, 8 * k, 6 * k, "#46b35a")
    c.oval(x + 4 * k, y - 15 * k, 9 * k, 3 * k, "#ffffff")
    ground = ("#b4b6bd", "#c4c4cc", "#a8aab2", "#b8bcc0")[variant]
    if variant == 1:
        c.poly([(120, 128), (160, 88), (200, 128)], "#9a9ca6")
    if variant == 3:
        c.poly([(-10, 130), (20, 90), (60, 130)], "#9a9ea4")
    c.hill((116, 122, 128, 118)[variant], 8, ground, (96, 40, 96, 150)[variant], 230)
    _craters(c, (
        ((16, 142, 13), (176, 138, 12), (60, 178, 16), (150, 180, 18), (100, 134, 9)),
        ((30, 150, 20), (170, 150, 14), (100, 184, 20), (130, 136, 8)),
        ((24, 146, 10), (160, 146, 22), (40, 184, 18), (180, 180, 12)),
        ((14, 160, 16), (100, 142, 14), (178, 166, 18), (80, 186, 12)),
    )[variant])  # fmt: skip
    if variant == 2:
        c.line([(30, 140), (30, 92)], "#d8dae0", 2.4)
        c.rect(30, 92, 56, 108, "#f0f2f6")
        c.disc(43, 100, 4.6, "#3f7fd0")
    return c


def mars(variant: int) -> Canvas:
    """Red ground and rocks under a dusty sky."""
    c = Canvas(*(("#e8a878", "#f6d4ae"), ("#c9785a", "#eebc94"), ("#dca898", "#f4dccc"),
                 ("#a8604a", "#e09a6a"))[variant], 120)  # fmt: skip
    c.disc(
        (150, 46, 96, 160)[variant], (24, 26, 30, 20)[variant], (9, 8, 11, 7)[variant], "#fff6e2"
    )
    if variant == 3:
        c.disc(134, 34, 4, "#f6e2cc")
    rocks = (
        (
            [(-10, 130), (-10, 66), (26, 66), (42, 130)],
            [(150, 130), (164, 78), (202, 78), (202, 130)],
        ),
        ([(110, 130), (130, 60), (170, 60), (200, 130)],),
        ([(-10, 130), (30, 76), (70, 130)], [(120, 130), (160, 66), (210, 130)]),
        (
            [(-10, 130), (-10, 84), (60, 84), (74, 130)],
            [(140, 130), (150, 50), (202, 50), (202, 130)],
        ),
    )[variant]  # fmt: skip
    for points in rocks:
        c.poly(points, ("#b5563a", "#a44a32", "#c07058", "#8c3c28")[variant])
    far, near = (("#c8603c", "#b9532f"), ("#b8532f", "#a84828"), ("#d07a58", "#c46c4a"),
                 ("#a84a2c", "#984024"))[variant]  # fmt: skip
    c.hill(120, 8, far, 96, 230)
    e.ground(c, 158, near)
    for x, y, r in (
        ((14, 150, 12), (180, 154, 14), (36, 180, 8), (150, 182, 9), (98, 134, 7)),
        ((20, 150, 16), (60, 136, 7), (176, 178, 12)),
        ((12, 160, 9), (30, 148, 6), (178, 150, 16), (120, 184, 8)),
        ((184, 146, 12), (100, 138, 8), (20, 176, 14), (60, 186, 7)),
    )[variant]:
        c.oval(x, y, r, r * 0.6, "#8f3d26")
    if variant == 1:
        c.oval(28, 118, 22, 20, "#dfe6ea")
        c.rect(4, 118, 52, 132, far)
        c.rect(22, 106, 34, 120, "#8aa0ac", 5)
    return c


def sea(variant: int) -> Canvas:
    """Water from below: light rays, weed, corals, bubbles and sand."""
    c = Canvas(*(("#4fc3ea", "#0f6fb4"), ("#6fe0d8", "#15808c"), ("#3f7fd8", "#14306e"),
                 ("#8adcf4", "#2a94cc"))[variant], 150)  # fmt: skip
    for x in ((30, 84, 140), (60, 120), (20, 70, 150), (50, 100, 150))[variant]:
        c.poly([(x, 0), (x + 18, 0), (x + 2, 140), (x - 30, 140)], "#ffffff1c")
    sand = ("#e8d3a0", "#e4dcb4", "#7f8ab0", "#f2dcae")[variant]
    c.hill((152, 156, 160, 150)[variant], 6, sand, (96, 30, 96, 160)[variant], 240)
    weeds = (
        ((8, 96), (22, 66), (184, 100), (170, 60)),
        ((186, 124), (172, 84), (158, 56)),
        ((6, 60), (184, 66), (172, 44)),
        ((8, 130), (24, 90), (38, 60)),
    )[variant]
    for n, (x, height) in enumerate(weeds):
        points = [(x + (4 if k % 2 else -4), 168 - k * height / 6) for k in range(7)]
        c.line(points, "#48b57c" if n % 2 else "#2f9a6a", 7)
    for coral, fill in (
        ((182, "#ff7f7a"),),
        ((14, "#ff9a5a"), (34, "#e86aa8")),
        ((18, "#b47ae0"), (172, "#ff7f9a")),
        ((180, "#ffb04a"), (160, "#ff7f7a")),
    )[variant]:
        for dx, dy in ((-9, -22), (0, -30), (9, -20)):
            c.line([(coral, 178), (coral + dx, 178 + dy)], fill, 6)
            c.disc(coral + dx, 178 + dy, 4, fill)
    bubbles = ((30, 30, 6), (42, 14, 4), (22, 52, 4), (158, 22, 6), (172, 44, 4), (146, 10, 3))
    for n, (x, y, r) in enumerate(bubbles):
        c.arc((x + variant * 37) % 192, y + (n * variant * 5) % 17, r, "#d8f5ff", 1.6)
    return c


def _ringed(c: Canvas, x: float, y: float, k: float, fill: str, band: str, back: str) -> None:
    c.oval(x, y + 2, 36 * k, 9 * k, "#f2cf94")
    c.oval(x, y + 2, 28 * k, 5 * k, back)
    c.disc(x, y, 19 * k, fill)
    c.rect(x - 18 * k, y - 4 * k, x + 18 * k, y + k, band, 2)
    c.oval(x, y + 8 * k, 27 * k, 3 * k, "#f2cf94")


def space(variant: int) -> Canvas:
    """Stars and planets in a dark sky."""
    c = Canvas(*(("#1b0f3e", "#3c1f6e"), ("#0a1430", "#16386a"), ("#10081e", "#2e1238"),
                 ("#04141c", "#0e3c44"))[variant])  # fmt: skip
    haze = ("#7a3fb016", "#2f7fe016", "#d04a8a14", "#2fb09a14")[variant]
    for x, y, r in ((60, 120, 70), (140, 80, 70), (100, 160, 60)):
        c.disc(x, y, r, haze)
    c.dots(31 + variant, 80, 192, "#ffffff", 1.0)
    if variant == 0:
        _ringed(c, 32, 30, 1.0, "#e8a04c", "#f4bd70", "#2a164f")
        c.disc(168, 172, 13, "#e2574f")
    elif variant == 1:
        c.disc(176, 20, 40, "#3f9ad0")
        c.oval(160, 24, 14, 6, "#6fbce4")
        c.disc(20, 150, 12, "#c8ccd4")
        c.disc(16, 148, 3, "#a4a8b4")
    elif variant == 2:
        c.line([(20, 60), (70, 30)], "#ffe8b080", 7)
        c.disc(72, 29, 8, "#fff4d0")
        c.disc(170, 30, 15, "#b06ae0")
        c.disc(20, 176, 18, "#e0704a")
    else:
        _ringed(c, 158, 34, 1.2, "#5ac0a8", "#8adcc8", "#08242c")
        c.disc(24, 24, 9, "#f0d080")
        c.disc(14, 168, 9, "#e2574f")
    return c


def clouds(variant: int) -> Canvas:
    """A bright sky over a floor of clouds."""
    c = Canvas(*(("#3f9bea", "#bfe4fb"), ("#f08a6a", "#fde2b8"), ("#8a8ae0", "#f4d4ec"),
                 ("#58b8e0", "#e0f6fa"))[variant], 150)  # fmt: skip
    if variant in (0, 1):
        e.sun(c, (164, 96)[variant], (28, 44)[variant], (15, 22)[variant])
    shade, light = (("#e3f1fc", "#ffffff"), ("#f8d8c0", "#fff0e2"), ("#e8dcf4", "#fbf4ff"),
                    ("#dff0f4", "#ffffff"))[variant]  # fmt: skip
    if variant != 1:
        c.cloud((28, 0, 40, 150)[variant], (36, 0, 30, 34)[variant], 24, light)
    if variant == 2:
        c.cloud(158, 56, 20, light)
    lift = (0, 10, -6, 4)[variant]
    for x, y, r in ((0, 168, 34), (36, 180, 30), (70, 184, 26), (104, 186, 28), (140, 182, 30),
                    (184, 168, 34)):  # fmt: skip
        c.disc(x + variant * 5, y + lift, r, shade)
    for x, y, r in ((14, 190, 32), (54, 196, 28), (92, 198, 28), (126, 198, 28), (170, 190, 34)):
        c.disc(x + variant * 5, y + lift, r, light)
    if variant == 3:
        c.cloud(16, 120, 34, light)
        c.cloud(182, 104, 30, shade)
    return c
