"""Places under the open sky. Each function draws variant 0, 1, 2 or 3 of one place."""

from __future__ import annotations

from generator.world.places import elements as e
from generator.world.places.canvas import Canvas


def beach(variant: int) -> Canvas:
    """The sea, sand, and palms or a parasol."""
    c = e.sky(("day", "evening", "violet", "teal")[variant], 96)
    horizon = (92, 84, 100, 76)[variant]
    if variant < 3:
        e.sun(c, (160, 96, 40, 0)[variant], (26, 76, 30, 0)[variant], (14, 20, 13, 0)[variant])
    else:
        c.cloud(150, 28, 22)
    water, light = (("#2fa8d8", "#4fbfe2"), ("#c9718a", "#e29a8e"), ("#4a86c8", "#76aede"),
                    ("#27b2b4", "#5bd0c8"))[variant]  # fmt: skip
    c.rect(0, horizon, 192, 150, water)
    c.rect(0, horizon + 14, 192, 150, light)
    c.oval((96, 20, 170, 96)[variant], 214, (190, 220, 220, 300)[variant], 92, "#f2f8f5")
    sand = ("#f4dba0", "#eec088", "#f0d8b4", "#f8e6b8")[variant]
    c.oval((96, 16, 174, 96)[variant], 219, (196, 224, 224, 300)[variant], 93, sand)
    c.rect(0, 172, 192, 192, sand)
    if variant == 0:
        e.palm(c, 6, 164, 116, 20)
    elif variant == 1:
        e.palm(c, 184, 150, 110, -16)
        c.poly([(24, 84), (44, 84), (40, 90), (28, 90)], "#8a4a3a")
        c.poly([(33, 54), (33, 82), (50, 82)], "#fff6ea")
    elif variant == 2:
        c.line([(160, 168), (176, 92)], "#f6f2ea", 4)
        c.poly([(132, 96), (156, 66), (190, 72), (200, 108)], "#e8564e")
        c.poly([(148, 99), (164, 68), (176, 69), (174, 103)], "#fff4ea")
    else:
        e.palm(c, 2, 150, 96, 10)
        e.palm(c, 190, 156, 104, -14)
    return c


def forest(variant: int) -> Canvas:
    """Trees to both sides, grass between them."""
    if variant == 1:
        c = Canvas("#cfe6da", "#eef6ea", 140)
        e.ground(c, 132, "#7cab74", "#709f69")
        for x, h in ((60, 70), (132, 76), (92, 56)):
            e.pine(c, x, 134, h, "#a4cbb2")
        for x, h in ((10, 150), (36, 120), (182, 156), (158, 116)):
            e.pine(c, x, 150, h, "#3c7a5c")
    elif variant == 2:
        c = Canvas("#ffe6b4", "#fbd08c", 150)
        e.ground(c, 130, "#c9a35a", "#bb9350")
        for x in (56, 88, 120, 142):
            c.rect(x - 3, 10, x + 3, 132, "#e0b478")
        for x, w in ((8, 10), (34, 6), (184, 10), (160, 6)):
            c.rect(x - w, 0, x + w, 156, "#6d4a30")
        for x, y, r, fill in (
            (4, 8, 34, "#d96a2c"),
            (44, 0, 26, "#eb9a3c"),
            (92, -10, 24, "#d9822c"),
            (142, 0, 28, "#eb9a3c"),
            (188, 8, 36, "#cf5f2a"),
        ):
            c.disc(x, y, r, fill)
    elif variant == 3:
        c = Canvas("#e4f4c0", "#c0e09a", 140)
        e.ground(c, 126, "#86bd5c", "#7ab152")
        for x, h in ((48, 80), (146, 84), (96, 66)):
            e.round_tree(c, x, 130, h, "#a2cf84", "#b0da92")
        for x, h in ((8, 150), (186, 158), (34, 104), (164, 110)):
            e.round_tree(c, x, 152, h, "#4c9444", "#62aa54")
    else:
        c = Canvas("#d5efb8", "#a8d88c", 150)
        for x in (52, 84, 118, 146):
            c.rect(x - 3, 20, x + 3, 130, "#9cc98a")
        e.ground(c, 128, "#6fae4e")
        c.oval(96, 138, 130, 14, "#79b857")
        for x, w in ((10, 9), (182, 9), (34, 5)):
            c.rect(x - w, 20, x + w, 152, "#7d5534")
        for x, y, r in ((0, 12, 34), (40, 4, 28), (78, -6, 24), (114, -6, 24), (152, 4, 28),
                        (192, 12, 34)):  # fmt: skip
            c.disc(x, y, r, "#3f8c42")
        for x, y, r in ((14, 4, 22), (60, -8, 22), (134, -8, 22), (178, 4, 22)):
            c.disc(x, y, r, "#56a452")
    return c


def desert(variant: int) -> Canvas:
    """Dunes, a hot sun and cacti."""
    top, bottom = (("#ffd98a", "#fff0c4"), ("#8fd0ee", "#f6ecc8"), ("#e88a6a", "#ffd9a0"),
                   ("#f6c6a8", "#fdf0d8"))[variant]  # fmt: skip
    c = Canvas(top, bottom, 120)
    if variant != 3:
        e.sun(c, (160, 40, 100, 0)[variant], (26, 26, 66, 0)[variant], (14, 12, 24, 0)[variant])
    far, middle, near = (("#efc179", "#e2a757", "#dd9f4e"), ("#ecd08c", "#e4bc6c", "#dcb060"),
                         ("#c9704e", "#b9603f", "#ad5636"), ("#e6b48a", "#d99e70", "#cf9262"))[
        variant
    ]  # fmt: skip
    if variant in (0, 3):
        c.oval(40, 160, 110, 46, far)
        c.oval(170, 166, 100, 50, far)
    else:
        c.poly([(-20, 136), (50, 92), (130, 136)], far)
        c.poly([(90, 136), (168, 84), (230, 136)], far)
    c.hill(130, 10, middle, 96, 240)
    e.ground(c, 152, near)
    for x, base, height in (
        ((14, 146, 72), (180, 146, 50)),
        ((176, 152, 88),),
        ((12, 150, 84), (182, 140, 40)),
        ((20, 144, 50), (172, 150, 80), (190, 140, 40)),
    )[variant]:
        e.cactus(c, x, base, height, "#4f9a4e" if variant != 2 else "#4a6a4a")
    return c


def snow(variant: int) -> Canvas:
    """White ground, snowy firs, perhaps a hut, and falling flakes."""
    top, bottom = (("#a9cbe8", "#dfeefa"), ("#7fb6ea", "#e6f4fd"), ("#b7b3d8", "#f4e3ea"),
                   ("#9fb4c4", "#d3dfe8"))[variant]  # fmt: skip
    c = Canvas(top, bottom, 130)
    c.oval(30, 170, 110, 60, "#e6f1fa")
    c.oval(170, 172, 110, 56, "#edf5fc")
    firs = (
        ((14, 84), (38, 56), (178, 90), (154, 54)),
        ((180, 110), (156, 70)),
        ((10, 60), (30, 90), (184, 64)),
        ((8, 120), (184, 124), (40, 70), (160, 66)),
    )[variant]
    if variant == 1:
        c.rect(14, 84, 66, 134, "#9a6a48")
        c.poly([(6, 88), (40, 58), (74, 88), (70, 92), (40, 68), (10, 92)], "#ffffff")
        c.rect(34, 104, 46, 134, "#6d4730")
    if variant == 2:
        c.poly([(60, 136), (120, 60), (190, 136)], "#c6d2e8")
        c.poly([(120, 60), (104, 80), (120, 76), (136, 80)], "#ffffff")
    for x, height in firs:
        e.pine(c, x, 138, height, "#4d8a78", "#f6fbff")
    c.hill(132, 8, "#f7fbff", 96, 240)
    if variant != 1:
        c.dots(11 + variant, (46, 0, 26, 70)[variant], 128, "#ffffff", 2.2)
    return c


def mountains(variant: int) -> Canvas:
    """Peaks with white caps over a meadow or a lake."""
    c = e.sky(("day", "evening", "morning", "grey")[variant], 120)
    peaks = (
        ((96, 62, 60), (30, 22, 66), (164, 30, 64)),
        ((150, 16, 80), (40, 54, 70)),
        ((60, 14, 92), (160, 58, 60)),
        ((20, 40, 56), (84, 18, 60), (160, 34, 66)),
    )[variant]
    light, dark = (("#8794a8", "#76849a"), ("#a5748a", "#8c6078"), ("#a79ac4", "#9286b2"),
                   ("#76838e", "#66727e"))[variant]  # fmt: skip
    for x, top, half in peaks:
        c.poly([(x, top), (x - half, 134), (x + half, 134)], light)
        c.poly([(x, top), (x + half * 0.2, 134), (x + half, 134)], dark)
        cap = [(x, top), (x - half * 0.3, top + 34), (x - half * 0.1, top + 26), (x, top + 36),
               (x + half * 0.12, top + 26), (x + half * 0.3, top + 34)]  # fmt: skip
        c.poly(cap, "#ffffff")
    meadow, near = (("#7cc465", "#6eb759"), ("#a3a45a", "#969650"), ("#8cc68a", "#7eb97e"),
                    ("#8aa77a", "#7d9a6e"))[variant]  # fmt: skip
    c.hill(126, 6, meadow, 96, 250)
    e.ground(c, 160, near)
    if variant == 2:
        c.oval(96, 142, 110, 11, "#bfe0f0")
    if variant == 3:
        for x, height in ((10, 50), (26, 38), (184, 54), (168, 40)):
            e.pine(c, x, 140, height, "#4c7a62")
    if variant == 0:
        c.cloud(96, 22, 16)
    return c


def rain(variant: int) -> Canvas:
    """Dark clouds, streaks of rain and puddles."""
    top, bottom, land = (("#76879b", "#a9b7c4", "#7f9a86"), ("#6a7486", "#9aa6b4", "#8d8f92"),
                         ("#7c9096", "#b4c4c4", "#a49a80"), ("#66707f", "#8f9bab", "#6d8a78"))[
        variant
    ]  # fmt: skip
    c = Canvas(top, bottom, 130)
    e.ground(c, (132, 124, 140, 128)[variant], land)
    for x, y, w in (
        ((40, 182, 34), (160, 166, 26)),
        ((150, 182, 40), (30, 166, 26)),
        ((96, 184, 60), (20, 160, 18)),
        ((50, 164, 30), (140, 184, 40)),
    )[variant]:
        c.oval(x, y, w, w * 0.17, "#9fb9c9")
    slant = (-4, -7, 0, 4)[variant]
    for i in range(14):
        for j in range(5):
            x, y = i * 15 + (j % 2) * 7, 44 + j * 24 + (i * 7 + variant * 5) % 12
            c.line([(x, y), (x + slant, y + 11)], "#cfe2f1", 1.6)
    clouds = (
        ((20, 22, 34), (76, 12, 34), (132, 14, 34), (180, 24, 34)),
        ((30, 16, 46), (110, 12, 50), (176, 20, 40)),
        ((60, 24, 50), (150, 22, 50)),
        ((10, 14, 40), (60, 24, 36), (120, 14, 40), (176, 22, 36)),
    )[variant]
    for n, (x, y, size) in enumerate(clouds):
        c.cloud(x, y, size, "#55616f" if n % 2 else "#626f7e")
    if variant == 3:
        c.poly([(150, 40), (138, 66), (148, 66), (140, 92), (164, 58), (153, 58), (162, 40)],
               "#ffe27a")  # fmt: skip
    return c


def volcano(variant: int) -> Canvas:
    """A volcano with running lava over dark ground."""
    top, bottom = (("#5a2a3a", "#f0915a"), ("#3a2a4a", "#d8607a"), ("#7a3a2a", "#f8b45a"),
                   ("#8a94a4", "#f0c9a0"))[variant]  # fmt: skip
    c = Canvas(top, bottom, 130)
    x, peak, half = ((44, 44, 78), (148, 36, 84), (96, 30, 110), (60, 50, 70))[variant]
    if variant != 2:
        for dx, dy, r in ((0, -20, 13), (-12, -32, 15), (12, -36, 17), (-2, -46, 16)):
            c.disc(x + dx, peak + dy, r, "#57484f")
    else:
        for k in (-2, -1, 0, 1, 2):
            c.line([(x, peak), (x + k * 12, peak - 18 + abs(k) * 4)], "#ff8a3a", 4)
    cone = ("#4a3238", "#3d3040", "#5a3830", "#6a5a5c")[variant]
    c.poly([(x - 16, peak), (x + 16, peak), (x + half, 138), (x - half, 138)], cone)
    lava = [(-16, 0), (16, 0), (14, 18), (7, 10), (4, 46), (-3, 14), (-9, 34)]
    c.poly([(x + dx, peak + dy) for dx, dy in lava], "#ff6a2a")
    c.poly([(x - 10, peak), (x, peak - 18), (x + 10, peak)], "#ffc23d")
    for dx, dy in ((-24, -14), (24, -18), (-30, 2), (32, 0)):
        c.disc(x + dx, peak + dy, 2.6, "#ff8a3a")
    c.hill(126, 6, ("#3d2b30", "#33283a", "#4a2e2a", "#57494a")[variant], 96, 240)
    for px, py in ((16, 150), (172, 154), (60, 186), (140, 187))[variant % 2 :]:
        c.oval(px, py, 16, 3.4, "#ff7a34")
    return c
