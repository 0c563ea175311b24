"""The preview: a puzzle's page as players will see it, for editors alone and without a game."""

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from game.models import Puzzle
from tests import factories
from tests.game.admin.editing import PROMPT, State, coming, drawn, editor, looker
from tests.roles import make_staff

__all__ = ["editor", "looker"]
pytestmark = pytest.mark.django_db


def address(puzzle: Puzzle) -> str:
    return reverse("preview", args=[puzzle.pk])


def picture(client: Client, puzzle: Puzzle) -> Any:
    token = puzzle.candidates.get(rank=1).token
    return client.get(reverse("picture", args=[token]))


@pytest.mark.parametrize(
    "fields",
    [
        {"state": State.APPROVED, "chosen": 6},
        {"state": State.REVIEW, "chosen": 0},
        {"state": State.FAILED, "play_on": None},
        {"state": State.WANTED, "play_on": coming(-3)},
    ],
)
def test_it_shows_the_players_page_in_any_state(
    client: Client, editor: User, fields: dict[str, Any]
) -> None:
    puzzle = drawn(**fields)
    response = client.get(address(puzzle))
    assert response.status_code == 200
    page = response.content.decode()
    assert "This is how players will see it." in page
    for candidate in puzzle.candidates.filter(rank__lte=6):
        assert reverse("picture", args=[candidate.token]) in page
    assert page.count('class="picture"') == 6
    for word in ("bicycle", "moon"):
        assert word not in page
    assert "no-store" in response["Cache-Control"]
    puzzle.refresh_from_db()
    assert (puzzle.play_on, puzzle.state) == (
        fields.get("play_on", coming()),
        fields["state"],
    )


def test_it_serves_its_pictures_to_editors_alone(client: Client, editor: User) -> None:
    puzzle = drawn()
    response = picture(client, puzzle)
    assert response.status_code == 200
    assert response["Cache-Control"] == "private, no-store"
    assert picture(Client(), puzzle).status_code == 404


def test_it_takes_no_try(client: Client, editor: User) -> None:
    puzzle = drawn(chosen=6, state=State.APPROVED)
    page = client.get(address(puzzle)).content.decode()
    for elsewhere in ("tries", "hint"):
        assert reverse(elsewhere, args=[puzzle.number]) not in page
    assert page.count(f'action="{address(puzzle)}"') >= 2
    before = factories.playing_rows()
    attempt = {"try": 1, "words": ["fox", "riding", "bicycle", "moon"]}
    response = client.post(address(puzzle), attempt, content_type="application/json")
    assert response.status_code == 422
    assert "nothing is counted" in response.json()["error"]["message"]
    response = client.post(address(puzzle), {"try": "1", "word-0": "fox"})
    assert response.status_code == 422
    assert factories.playing_rows() == before


def test_it_shows_hard_mode(client: Client, editor: User) -> None:
    puzzle = drawn(chosen=6)
    page = client.get(address(puzzle), {"mode": "hard"}).content.decode()
    assert f'href="{address(puzzle)}"' in page
    assert 'name="mode" value="hard"' in page


def test_it_shows_nothing_without_six_pictures(client: Client, editor: User) -> None:
    assert client.get(address(factories.make_draft(None, PROMPT))).status_code == 404
    assert client.get(address(drawn(candidates=5))).status_code == 404
    assert client.get(address(Puzzle(pk=999_999))).status_code == 404


def test_it_is_for_those_who_may_see_the_puzzle(client: Client) -> None:
    puzzle = drawn(chosen=6)
    response = client.get(address(puzzle))
    assert (response.status_code, "login" in response["Location"]) == (302, True)
    client.force_login(make_staff("writer"))
    assert client.get(address(puzzle)).status_code == 403
    assert picture(client, puzzle).status_code == 404


def test_it_may_be_looked_at_without_the_right_to_change(client: Client, looker: User) -> None:
    assert client.get(address(drawn(chosen=6))).status_code == 200
