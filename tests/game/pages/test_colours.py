"""The colours of the style sheet: enough contrast in both themes and both palettes."""

import re
from itertools import product

import pytest
from django.conf import settings

from game.pages.site.app import PAPER

CSS = (settings.BASE_DIR / "static/css/site.css").read_text()
THEMES = ("light", "dark")
PALETTES = ("standard", "contrast")
# WCAG 2.2: 1.4.3 for text, 1.4.11 for what is drawn and has to be seen.
TEXT, DRAWN = 4.5, 3.0
PAIRS = [
    *((ink, ground, TEXT) for ink in ("ink", "faded", "red") for ground in ("paper", "sheet")),
    *((ink, "paper", TEXT) for ink in ("right", "present", "near")),
    ("right", "sheet", TEXT),
    ("paper", "ink", TEXT),
    ("on-right", "right", TEXT),
    ("on-present", "present", TEXT),
    ("on-off", "off", TEXT),
    ("ink", "key", TEXT),
    *((line, ground, DRAWN) for line in ("edge", "focus", "near") for ground in ("paper", "sheet")),
]


def block(selector: str, css: str) -> dict[str, str]:
    body = re.search(rf"(?:^|\n) *{re.escape(selector)} \{{(.*?)\n *\}}", css, re.DOTALL)
    assert body is not None
    return dict(re.findall(r"--([\w-]+): (.+?);", body[1]))


def side(value: str, theme: str) -> str:
    pair = re.fullmatch(r"light-dark\((#\w+|rgb\([^)]*\)), (#\w+|rgb\([^)]*\))\)", value)
    return pair[1 + THEMES.index(theme)] if pair else value


def colours(theme: str, palette: str) -> dict[str, str]:
    modern, _, _ = CSS.partition("@supports not")
    marks = {
        "standard": block(':root,\n[data-palette="standard"]', modern),
        "contrast": block('[data-palette="contrast"]', modern),
    }
    values = block(":root", modern) | marks[palette]
    return {name: side(value, theme) for name, value in values.items()}


def luminance(colour: str) -> float:
    digits = colour.removeprefix("#")
    digits = "".join(2 * digit for digit in digits) if len(digits) == 3 else digits
    parts = [int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def test_it_measures_contrast_as_the_guidelines_do() -> None:
    assert contrast("#000", "#fff") == pytest.approx(21)
    assert contrast("#767676", "#ffffff") == pytest.approx(4.54, abs=0.005)


@pytest.mark.parametrize(("theme", "palette"), list(product(THEMES, PALETTES)))
def test_it_can_be_read_in_every_theme_and_palette(theme: str, palette: str) -> None:
    shown = colours(theme, palette)
    weak = {
        f"{ink} on {ground}": round(ratio, 2)
        for ink, ground, least in PAIRS
        if (ratio := contrast(shown[ink], shown[ground])) < least
    }
    assert weak == {}


def test_it_shows_older_browsers_the_light_side() -> None:
    _, _, old = CSS.partition("@supports not")
    for palette in PALETTES:
        new = colours("light", palette)
        selector = ':root,\n  [data-palette="standard"]'
        marks = block(selector if palette == "standard" else '[data-palette="contrast"]', old)
        plain = block(":root", old) | marks
        in_two = {name for name, value in colours("dark", palette).items() if value != new[name]}
        assert set(plain) >= in_two
        assert plain == {name: new[name] for name in plain}


def test_it_paints_the_browsers_own_bars_like_the_paper() -> None:
    base = (settings.BASE_DIR / "templates/base.html").read_text()
    for theme in THEMES:
        assert colours(theme, "standard")["paper"] == PAPER[theme]
        assert f'content="{PAPER[theme]}"' in base
