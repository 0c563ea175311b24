"""The share text, in the colours that a player has chosen."""

import html
import json
import re

import pytest
from django.test import Client

from game.models import Puzzle
from tests.factories import ANSWERS
from tests.game.pages.visits import noon_of_day_three, puzzle, send, send_form

__all__ = ["noon_of_day_three", "puzzle"]
pytestmark = pytest.mark.django_db

TRY = ["big", "red", "", "cat"]


def shared_in(page: str) -> list[str]:
    """As the page shows it, and as its scripts read it."""
    [shown] = re.findall(r'data-end="share"[^>]*>([^<]*)</textarea>', page)
    [state] = re.findall(r'id="state" type="application/json">(.*?)</script>', page)
    return [html.unescape(shown), json.loads(state)["share"]]


@pytest.mark.parametrize(
    ("cookie", "rows"),
    [
        ("contrast", "\n🟨🟨⬜🟦\n🟦🟦🟦🟦\n"),
        ("standard", "\n🟪🟪⬜🟩\n🟩🟩🟩🟩\n"),
        ("<script>", "\n🟪🟪⬜🟩\n🟩🟩🟩🟩\n"),
    ],
)
def test_it_shares_squares_in_the_chosen_palette(
    client: Client, puzzle: Puzzle, cookie: str, rows: str
) -> None:
    client.cookies["sixpix_palette"] = cookie
    send(client, {"try": 1, "words": TRY})
    answered = send(client, {"try": 2, "words": ANSWERS}).json()["share"]
    assert rows in answered
    assert shared_in(client.get("/").content.decode()) == [answered, answered]


def test_it_shares_them_without_scripts_too(client: Client, puzzle: Puzzle) -> None:
    client.cookies["sixpix_palette"] = "contrast"
    assert send_form(client, 1, ANSWERS).status_code == 302
    assert all("\n🟦🟦🟦🟦\n" in text for text in shared_in(client.get("/").content.decode()))
    # The choice is the browser's, and nothing of it is kept with the play.
    del client.cookies["sixpix_palette"]
    assert all("\n🟩🟩🟩🟩\n" in text for text in shared_in(client.get("/").content.decode()))
