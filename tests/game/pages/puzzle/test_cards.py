"""Cards and sheets at their own addresses, and the tags that lead there."""

import io
import re

import pytest
from django.test import Client
from PIL import Image
from pytest_django import Settings

from game.models import Puzzle
from game.playing import cards
from game.playing.cards import Kind
from tests import factories
from tests.game.pages.visits import noon_of_day_three, puzzle

__all__ = ["noon_of_day_three", "puzzle"]
pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(("kind", "size"), [("card", (1200, 630)), ("sheet", (336, 224))])
def test_it_serves_it_when_the_day_has_come(
    client: Client, puzzle: Puzzle, kind: str, size: tuple[int, int]
) -> None:
    response = client.get(f"/puzzle/3/{kind}.jpg")
    assert response.headers["Content-Type"] == "image/jpeg"
    assert response.headers["Cache-Control"] == "private, max-age=86400"
    assert Image.open(io.BytesIO(response.content)).size == size
    chosen = list(puzzle.candidates.filter(position__isnull=False).order_by("position"))
    assert response.content == cards.read(Kind(kind), puzzle, chosen)


@pytest.mark.parametrize("kind", ["card", "sheet"])
def test_it_hides_it_until_the_day_has_come(client: Client, puzzle: Puzzle, kind: str) -> None:
    factories.make_puzzle(5)
    factories.make_puzzle(2, state=Puzzle.State.REVIEW)
    for number in ("5", "2", "99", "9" * 30):
        page = client.get(f"/puzzle/{number}/{kind}.jpg")
        assert page.status_code == 404
        assert "There is no such page, or its day has not come yet." in page.content.decode()


def test_it_serves_a_card_when_the_day_has_begun_anywhere(client: Client, puzzle: Puzzle) -> None:
    factories.make_puzzle(4)
    # Whoever fetches cards has no zone; a sheet is asked for by a player's own archive.
    assert client.get("/puzzle/4/card.jpg").status_code == 200
    assert client.get("/puzzle/4/sheet.jpg").status_code == 404
    client.cookies["sixpix_tz"] = "Pacific/Kiritimati"
    assert client.get("/puzzle/4/sheet.jpg").status_code == 200


@pytest.mark.parametrize("url", ["/", "/puzzle/3/"])
def test_it_tells_other_sites_what_to_show_of_a_link(
    client: Client, puzzle: Puzzle, settings: Settings, url: str
) -> None:
    settings.SITE_URL = "https://sixpix.example"
    html = client.get(url).content.decode()
    tags = re.findall(r'<meta (?:property|name)="((?:og|twitter):[^"]+)" content="([^"]*)">', html)
    assert len(tags) == len(dict(tags))
    found = dict(tags)
    assert found["og:url"] == "https://sixpix.example/puzzle/3/"
    assert found["og:image"] == "https://sixpix.example/puzzle/3/card.jpg"
    assert found["og:title"] == "Sixpix 3: six pictures, one prompt"
    assert found["twitter:card"] == "summary_large_image"
    size = int(found["og:image:width"]), int(found["og:image:height"])
    image = client.get(found["og:image"].removeprefix("https://sixpix.example")).content
    assert Image.open(io.BytesIO(image)).size == size
