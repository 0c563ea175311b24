"""The archive's pages."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from game.models import Figures, Puzzle
from game.playing import archive
from tests import factories
from tests.factories import ANSWERS, WRONG
from tests.game.pages.visits import noon_of_day_three, puzzle, send

__all__ = ["noon_of_day_three", "puzzle"]
pytestmark = pytest.mark.django_db


def entries_in(page: Any) -> dict[int, str]:
    """The text of each entry, by its number."""
    found = re.findall(
        r'<a class="entry[^"]*" href="/puzzle/(\d+)/">(.*?)</a>', page.content.decode(), re.DOTALL
    )
    return {int(number): " ".join(re.sub(r"<[^>]+>", " ", html).split()) for number, html in found}


def play_past(client: Client, number: int, *tries: list[str]) -> None:
    for count, words in enumerate(tries, 1):
        answer = send(client, {"try": count, "words": words}, f"/puzzle/{number}/tries/")
        assert answer.status_code == 200


@pytest.fixture
def past(puzzle: Puzzle) -> list[Puzzle]:
    return [factories.make_puzzle(number) for number in (1, 2)]


def test_it_lists_past_puzzles_and_leaves_todays_apart(client: Client, past: list[Puzzle]) -> None:
    page = client.get("/archive/")
    assert page.status_code == 200
    assert list(entries_in(page)) == [2, 1]
    assert entries_in(page)[2] == "No. 2 2 Nov Not played"
    html = page.content.decode()
    assert "0 of 2 past puzzles played." in html
    assert 'href="/"' in html
    # The first six are in sight at once.
    assert 'loading="lazy"' not in html
    assert "no-store" in page.headers["Cache-Control"]


def test_it_tells_a_prompt_to_who_finished_it_alone(client: Client, past: list[Puzzle]) -> None:
    play_past(client, 1, WRONG, ANSWERS)
    play_past(client, 2, WRONG)
    Figures.objects.create(puzzle=past[0], plays=8, solved=5)
    told = entries_in(client.get("/archive/"))
    assert told[1] == f"No. 1 1 Nov {past[0].prompt} ✓ Solved on try 2 62% solved it"
    assert told[2] == "No. 2 2 Nov Begun"
    play_past(Client(), 2, ANSWERS)
    assert "fox" not in entries_in(client.get("/archive/"))[2]
    for number, words in enumerate(factories.WRONGS[1:], start=2):
        send(client, {"try": number, "words": words}, "/puzzle/2/tries/")
    assert "× Not solved, best 2 of 100" in entries_in(client.get("/archive/"))[2]


def test_it_shows_what_is_left_when_asked_for_the_unplayed(
    client: Client, past: list[Puzzle]
) -> None:
    play_past(client, 2, ANSWERS)
    assert list(entries_in(client.get("/archive/?show=unplayed"))) == [1]
    assert client.get("/archive/next/").headers["Location"] == "/puzzle/1/"
    play_past(client, 1, ANSWERS)
    page = client.get("/archive/?show=unplayed")
    assert entries_in(page) == {}
    assert "You have played every one of them." in page.content.decode()
    assert "/archive/next/" not in page.content.decode()
    assert client.get("/archive/next/").headers["Location"] == "/archive/"


def test_it_says_so_when_nothing_is_past(client: Client, puzzle: Puzzle) -> None:
    page = client.get("/archive/")
    assert "Nothing is past yet" in page.content.decode()
    assert entries_in(page) == {}


def test_it_has_pages_when_there_are_many(
    client: Client, past: list[Puzzle], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(archive, "A_PAGE", 1)
    first = client.get("/archive/?show=unplayed")
    assert list(entries_in(first)) == [2]
    assert 'href="?show=unplayed&amp;page=2"' in first.content.decode()
    assert 'href="?page=1"' in client.get("/archive/?page=2").content.decode()
    assert list(entries_in(client.get("/archive/?page=2"))) == [1]
    assert list(entries_in(client.get("/archive/?page=%00"))) == [2]


def test_it_asks_few_queries_when_a_player_looks(
    client: Client, past: list[Puzzle], django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    play_past(client, 2, WRONG)
    with django_assert_max_num_queries(5):
        assert client.get("/archive/").status_code == 200


def test_it_says_before_a_play_that_no_streak_counts_it(
    client: Client, past: list[Puzzle], monkeypatch: pytest.MonkeyPatch
) -> None:
    def has_note(url: str) -> bool:
        return "it counts for no streak" in client.get(url).content.decode()

    # Noon of day three, in UTC, is when day two ends at the date line.
    noon = timezone.now()
    monkeypatch.setattr(timezone, "now", lambda: noon - timedelta(seconds=1))
    assert [has_note(url) for url in ("/puzzle/1/", "/puzzle/2/", "/")] == [True, False, False]
    monkeypatch.setattr(timezone, "now", lambda: noon)
    assert [has_note(url) for url in ("/puzzle/1/", "/puzzle/2/", "/")] == [True, True, False]
    play_past(client, 2, WRONG)
    assert not has_note("/puzzle/2/")
    assert "From the archive." in client.get("/puzzle/2/").content.decode()


@pytest.mark.parametrize("url", ["/archive/", "/archive/next/"])
def test_it_only_answers_to_reading(client: Client, url: str) -> None:
    assert client.post(url).status_code == 405
