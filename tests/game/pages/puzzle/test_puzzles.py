"""The pages that a player opens."""

import re
from typing import Any

import pytest
from django.conf import settings
from django.test import Client, override_settings
from pytest_django import DjangoAssertNumQueries

from game.models import Puzzle
from tests import factories
from tests.factories import WRONG, WRONGS
from tests.game.pages.visits import TRIES, error_of, noon_of_day_three, puzzle, send

__all__ = ["noon_of_day_three", "puzzle"]
pytestmark = pytest.mark.django_db


def pictures_in(page: Any) -> list[str]:
    return re.findall(r'<img class="picture" src="([^"]+)"', page.content.decode())


def test_it_shows_six_pictures_in_their_order_when_today_has_a_puzzle(
    client: Client, puzzle: Puzzle
) -> None:
    page = client.get("/")
    assert page.status_code == 200
    chosen = puzzle.candidates.filter(position__isnull=False).order_by("position")
    assert pictures_in(page) == [f"/pictures/{one.token}.webp" for one in chosen]
    assert [f"Picture {n} of 6" in page.content.decode() for n in range(1, 8)] == [True] * 6 + [
        False
    ]
    assert "no-store" in page.headers["Cache-Control"]
    assert "private" in page.headers["Cache-Control"]
    assert "script-src" not in page.headers["Content-Security-Policy"]
    assert "default-src 'self'" in page.headers["Content-Security-Policy"]
    assert "camera=()" in page.headers["Permissions-Policy"]


def test_it_keeps_to_the_content_security_policy_when_it_writes_a_page(
    client: Client, puzzle: Puzzle
) -> None:
    factories.make_puzzle(2)
    for url in ("/", "/puzzle/2/", "/puzzle/99/"):
        html = client.get(url).content.decode()
        assert not re.search(r"\son\w+=|\sstyle=|<style", html)
        for script in re.findall(r"<script[^>]*>", html):
            assert 'type="application/json"' in script or 'src="/static/' in script


@pytest.mark.parametrize(
    ("level", "word"), [(None, "easy"), (1, "easy"), (3, "medium"), (5, "hard")]
)
def test_it_names_the_difficulty_of_the_day(
    client: Client, puzzle: Puzzle, level: int | None, word: str
) -> None:
    Puzzle.objects.update(difficulty=level)
    assert f'<span class="difficulty">{word}</span>' in client.get("/").content.decode()


def test_it_apologises_when_today_has_no_puzzle(client: Client) -> None:
    page = client.get("/")
    assert page.status_code == 503
    assert int(page.headers["Retry-After"]) > 0
    assert "not ready yet" in page.content.decode()


def test_it_apologises_for_a_day_before_the_first(client: Client, puzzle: Puzzle) -> None:
    with override_settings(FIRST_DAY=factories.day(4)):
        page = client.get("/")
    assert page.status_code == 503
    assert "not ready yet" in page.content.decode()


def test_it_asks_few_queries_when_a_player_comes_back(
    client: Client, puzzle: Puzzle, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    send(client, {"try": 1, "words": WRONG})
    with django_assert_max_num_queries(4):
        assert client.get("/").status_code == 200
    with django_assert_max_num_queries(8):
        assert send(client, {"try": 2, "words": WRONGS[1]}).status_code == 200


def test_it_shows_a_past_puzzle_when_asked_by_number(client: Client, puzzle: Puzzle) -> None:
    past = factories.make_puzzle(1)
    page = client.get("/puzzle/1/")
    assert page.status_code == 200
    assert pictures_in(page) != pictures_in(client.get("/"))
    assert f"/puzzle/{past.number}/tries/" in page.content.decode()


def test_it_answers_alike_when_a_puzzle_is_unknown_or_not_due(
    client: Client, puzzle: Puzzle
) -> None:
    factories.make_puzzle(4)
    factories.make_puzzle(2, state=Puzzle.State.REVIEW)
    pages = [client.get(f"/puzzle/{number}/") for number in ("4", "2", "99", "0", "9" * 30)]
    assert {page.status_code for page in pages} == {404}
    assert len({page.content for page in pages}) == 1


def test_it_follows_the_players_own_day_when_the_zone_is_known(
    client: Client, puzzle: Puzzle
) -> None:
    factories.make_puzzle(4)
    assert f'data-day="{factories.day(3)}"' in client.get("/").content.decode()
    client.cookies["sixpix_tz"] = "Pacific/Kiritimati"
    assert f'data-day="{factories.day(4)}"' in client.get("/").content.decode()
    assert client.get("/puzzle/4/").status_code == 200


@pytest.mark.parametrize("method", ["post", "put", "delete", "patch"])
@pytest.mark.parametrize("url", ["/", "/puzzle/3/", "/healthz", f"/pictures/{'0' * 32}.webp"])
def test_it_names_the_methods_when_the_method_is_wrong(
    client: Client, method: str, url: str
) -> None:
    response = getattr(client, method)(url)
    assert response.status_code == 405
    assert response.headers["Allow"] == "GET, HEAD"
    assert "only answers to GET, HEAD" in response.content.decode()


def test_it_names_the_method_when_tries_are_read(client: Client, puzzle: Puzzle) -> None:
    response = client.get(TRIES, headers={"Accept": "application/json"})
    assert error_of(response) == (405, "wrong_method")
    assert response.headers["Allow"] == "POST"


def test_it_shows_its_own_page_when_the_server_breaks(
    puzzle: Puzzle, monkeypatch: pytest.MonkeyPatch
) -> None:
    def explode(*_: object) -> None:
        raise RuntimeError("secret detail")

    monkeypatch.setattr("game.playing.play.live", explode)
    page = Client(raise_request_exception=False).get("/")
    assert page.status_code == 500
    assert "The fault is ours" in page.content.decode()
    assert "secret detail" not in page.content.decode()
    assert not settings.DEBUG
