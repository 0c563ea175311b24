import re
from io import BytesIO

import pytest
import resvg_py
from django.conf import settings
from django.test import Client
from PIL import Image, ImageChops

from game.pages.puzzle.boards import MARKS
from game.rules.boards import mark_letters
from tests import factories
from tests.game.pages.visits import noon_of_day_three, puzzle

__all__ = ["noon_of_day_three", "puzzle"]
pytestmark = pytest.mark.django_db

IMG = settings.BASE_DIR / "static/img"
RENDERED = [
    ("icon-192", 192, "icon"),
    ("icon-512", 512, "icon"),
    ("icon-maskable-512", 512, "icon-maskable"),
    ("apple-touch-icon", 180, "icon-maskable"),
]


def test_it_can_be_installed(client: Client) -> None:
    answer = client.get("/manifest.webmanifest")
    assert answer.headers["Content-Type"] == "application/manifest+json"
    told = answer.json()
    assert (told["name"], told["start_url"], told["scope"]) == ("Sixpix", "/", "/")
    assert told["display"] == "standalone"
    assert {icon["purpose"] for icon in told["icons"]} == {"any", "maskable"}
    for icon in told["icons"]:
        assert client.get(icon["src"]).headers["Content-Type"] == "image/png"
        picture = Image.open(settings.BASE_DIR / icon["src"].lstrip("/"))
        assert icon["sizes"] == f"{picture.width}x{picture.height}"


def test_it_is_installed_in_the_theme_that_was_chosen(client: Client) -> None:
    light = client.get("/manifest.webmanifest").json()
    client.cookies["sixpix_theme"] = "dark"
    dark = client.get("/manifest.webmanifest").json()
    assert light["background_color"] != dark["background_color"]
    assert dark["theme_color"] == "#191714"


@pytest.mark.parametrize(("png", "side", "svg"), RENDERED)
def test_it_ships_icons_that_are_those_of_the_drawing(png: str, side: int, svg: str) -> None:
    drawn = resvg_py.svg_to_bytes(
        svg_path=str(IMG / f"{svg}.svg"), width=side, skip_system_fonts=True
    )
    kept, fresh = (
        Image.open(file).convert("RGBA") for file in (IMG / f"{png}.png", BytesIO(drawn))
    )
    assert ImageChops.difference(kept, fresh).getbbox(alpha_only=False) is None


def test_it_keeps_the_maskable_icon_inside_every_mask() -> None:
    icon = Image.open(IMG / "icon-maskable-512.png").convert("RGB")
    paper = icon.getpixel((0, 0))
    outside = [
        (x, y)
        for x in range(0, 512, 4)
        for y in range(0, 512, 4)
        if (x - 256) ** 2 + (y - 256) ** 2 > (0.4 * 512) ** 2
    ]
    assert all(icon.getpixel(place) == paper for place in outside)


def test_it_names_manifest_and_icon_on_every_page(client: Client) -> None:
    page = client.get("/about/").content.decode()
    assert 'rel="manifest" href="/manifest.webmanifest"' in page
    assert 'rel="apple-touch-icon" href="/static/img/apple-touch-icon.png"' in page


@pytest.mark.parametrize(
    ("theme", "media"),
    [
        ("", ["(prefers-color-scheme: light)", "(prefers-color-scheme: dark)"]),
        ("light", ["all", "not all"]),
        ("dark", ["not all", "all"]),
    ],
)
def test_it_colours_the_browsers_bars_by_the_theme(
    client: Client, theme: str, media: list[str]
) -> None:
    client.cookies["sixpix_theme"] = theme
    page = client.get("/about/").content.decode()
    assert re.findall(r'name="theme-color" content="#\w+" media="([^"]+)"', page) == media


def test_it_serves_the_worker_from_the_root_and_unkept(client: Client) -> None:
    answer = client.get("/worker.js")
    assert answer.headers["Content-Type"].startswith("text/javascript")
    assert "no-store" in answer.headers["Cache-Control"]
    assert "worker-src 'self'" in answer.headers["Content-Security-Policy"]
    assert "manifest-src 'self'" in answer.headers["Content-Security-Policy"]
    assert 'const OFFLINE = "/offline/"' in answer.content.decode()


def test_it_renews_the_worker_when_the_offline_page_changes(client: Client) -> None:
    def version() -> str:
        found = re.search(r'"sixpix-(\w{12})"', client.get("/worker.js").content.decode())
        assert found is not None
        return found[1]

    before = version()
    assert version() == before
    client.cookies["sixpix_theme"] = "dark"
    assert version() != before


def test_it_says_that_it_is_offline(client: Client) -> None:
    page = client.get("/offline/").content.decode()
    assert "You are offline" in page
    assert "csrfmiddlewaretoken" not in page


def test_it_shows_one_worked_example_that_is_marked_right(client: Client, puzzle: object) -> None:
    page = client.get("/").content.decode()
    examples = page[page.index('class="examples"') :]
    shown = re.findall(r'class="tile is-(\w+)">(\w)<', examples[: examples.index("</dl>")])
    guesses = {"cow": "fox", "wind": "snow"}
    expected = [
        (MARKS[code], letter)
        for guess, hidden in guesses.items()
        for letter, code in zip(guess, mark_letters(guess, hidden), strict=True)
    ]
    assert shown == expected


@pytest.mark.parametrize(("prompt", "has_digits"), [("a fox", False), ("12 foxes", True)])
def test_it_has_keys_for_digits_where_the_board_has_one(
    client: Client, prompt: str, has_digits: bool
) -> None:
    factories.make_puzzle(3, prompt)
    assert ("data-digits" in client.get("/").content.decode()) == has_digits
