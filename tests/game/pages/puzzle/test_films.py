"""The reveal and the film: for those alone whose play of that puzzle has ended."""

from pathlib import Path
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from game.models import Candidate, Figures, Puzzle
from tests import factories
from tests.factories import ANSWERS, WRONG, WRONGS
from tests.game.pages.visits import noon_of_day_three, puzzle, send

__all__ = ["noon_of_day_three", "puzzle"]
pytestmark = pytest.mark.django_db

FILM = b"RIFF, painted step by step"
REVEAL = "/puzzle/3/reveal/"


@pytest.fixture
def filmed(puzzle: Puzzle) -> Candidate:
    return give_film(puzzle.candidates.get(rank=1))


def give_film(candidate: Candidate) -> Candidate:
    candidate.film.save("film.webp", ContentFile(FILM))
    return candidate


def film_of(candidate: Candidate) -> str:
    return f"/films/{candidate.token}.webp"


def still_of(candidate: Candidate) -> str:
    return f"/films/{candidate.token}/still.webp"


def end_play(client: Client, number: int = 3) -> Any:
    answer = send(client, {"try": 1, "words": ANSWERS}, f"/puzzle/{number}/tries/")
    assert answer.json()["solved"]
    return answer


def test_it_serves_the_film_when_the_play_has_ended(client: Client, filmed: Candidate) -> None:
    end_play(client)
    response = client.get(film_of(filmed))
    assert response.status_code == 200
    assert b"".join(response) == FILM
    assert response.headers["Content-Type"] == "image/webp"
    assert response.headers["Cache-Control"].startswith("private")
    still = client.get(still_of(filmed))
    assert b"".join(still) == Path(filmed.file.path).read_bytes()
    assert still.headers["Cache-Control"].startswith("private")


def test_it_tells_every_level_of_a_description(client: Client, puzzle: Puzzle) -> None:
    levels = {1: ["Night.", "Two animals.", "A red fox."], 4: ["Dusk.", "Three animals."]}
    for rank, told in levels.items():
        puzzle.candidates.filter(rank=rank).update(descriptions=told)
    end_play(client)
    page = client.get(REVEAL).content.decode()
    for level in (*levels[1], *levels[4]):
        assert f"<p>{level}</p>" in page
    assert page.count('class="all-levels"') == 2


def test_it_hides_all_of_it_until_the_play_has_ended(client: Client, filmed: Candidate) -> None:
    addresses = [film_of(filmed), still_of(filmed), REVEAL]
    assert {client.get(url).status_code for url in addresses} == {404}
    send(client, {"try": 1, "words": WRONG})
    assert {client.get(url).status_code for url in addresses} == {404}
    send(client, {"try": 2, "words": ANSWERS})
    assert {client.get(url).status_code for url in addresses} == {200}
    stranger = Client()
    assert {stranger.get(url).status_code for url in addresses} == {404}


def test_it_shows_no_film_of_another_puzzle(client: Client, filmed: Candidate) -> None:
    other = give_film(factories.make_puzzle(2).candidates.get(rank=1))
    future = give_film(factories.make_puzzle(4).candidates.get(rank=1))
    end_play(client, 2)
    assert client.get(film_of(other)).status_code == 200
    for candidate in (filmed, future):
        assert client.get(film_of(candidate)).status_code == 404
        assert client.get(still_of(candidate)).status_code == 404


def test_it_finds_no_film_where_there_is_none(client: Client, filmed: Candidate) -> None:
    end_play(client)
    without = Candidate.objects.get(puzzle=filmed.puzzle, rank=2)
    assert client.get(film_of(without)).status_code == 404
    assert client.get(still_of(without)).status_code == 404
    assert client.get(f"/films/{'0' * 32}.webp").status_code == 404


def test_it_says_not_found_when_the_film_is_gone(
    client: Client, filmed: Candidate, caplog: pytest.LogCaptureFixture
) -> None:
    end_play(client)
    Path(filmed.film.path).unlink()
    assert client.get(film_of(filmed)).status_code == 404
    assert str(filmed.film.name) in caplog.text


def test_it_shows_the_reveal_on_the_page_and_by_itself(client: Client, filmed: Candidate) -> None:
    Figures.objects.create(
        puzzle=filmed.puzzle,
        words=[["cat", 2]],
        wrong=[["cat", "dog", 14, 60, 12], ["cat", "rat", 9, 0, 9]],
    )
    before = client.get("/").content.decode()
    assert not any(told in before for told in ('id="reveal"', film_of(filmed), "Ranked"))
    end_play(client)
    for url in ("/", REVEAL):
        html = client.get(url).content.decode()
        assert film_of(filmed) in html
        for rank in range(1, 7):
            assert f"Ranked {rank} of 9" in html
        assert "Ranked 7 of 9" not in html
        assert "<dd>dog <b>14</b></dd>" in html
        assert "<dd>rat" not in html
        assert "3 more that were not chosen" in html


def test_it_says_so_when_the_film_is_of_a_picture_that_was_not_chosen(
    client: Client, puzzle: Puzzle
) -> None:
    filmed = give_film(puzzle.candidates.get(rank=8))
    end_play(client)
    html = client.get(REVEAL).content.decode()
    assert still_of(filmed) in html
    assert "not one of the six" in html
    assert "not chosen." not in html
    assert html.count("<img") == 7


def test_it_shows_the_pictures_when_there_is_no_film(client: Client, puzzle: Puzzle) -> None:
    end_play(client)
    html = client.get(REVEAL).content.decode()
    assert "data-film" not in html
    assert html.count("<img") == 6


@pytest.mark.parametrize("guesses", [[ANSWERS], WRONGS], ids=["won at once", "lost"])
def test_it_asks_few_queries_when_the_play_has_ended(
    client: Client,
    filmed: Candidate,
    guesses: list[list[str]],
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    Figures.objects.create(puzzle=filmed.puzzle, words=[["cat", 2]], wrong=[["cat", "dog", 4, 60]])
    for number, words in enumerate(guesses, start=1):
        ended = send(client, {"try": number, "words": words}).json()
    assert ended["finished"]
    for url in ("/", REVEAL):
        with django_assert_max_num_queries(4):
            assert client.get(url).status_code == 200
