"""The record's pages: reading it, and moving it to another device."""

import re
from typing import Any

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from game.models import Figures, MoveCode, Play, Player, Puzzle, Try
from game.players import moving
from game.staff import wrong_codes
from tests import factories
from tests.factories import ANSWERS, WRONG
from tests.game.pages.visits import noon_of_day_three, puzzle, send

__all__ = ["noon_of_day_three", "puzzle"]
pytestmark = pytest.mark.django_db
OTHER = "/puzzle/2/tries/"


def text(response: Any) -> str:
    """What is read, without tags and line ends."""
    return " ".join(re.sub(r"<[^>]*>", " ", response.content.decode()).split())


def win(client: Client, url: str = "/puzzle/3/tries/") -> None:
    assert send(client, {"try": 1, "words": ANSWERS}, url).status_code == 200


def code_on(page: Any) -> str:
    found = re.search(r'class="code"[^>]*><strong>(\w{4}-\w{4})<', page.content.decode())
    assert found
    return found[1]


def player_of(client: Client) -> Player:
    return Player.objects.get(key=client.cookies["sixpix_player"].value.split(":")[0])


def test_it_shows_an_empty_record_when_nothing_was_played(client: Client) -> None:
    page = client.get("/record/")
    assert page.status_code == 200
    assert "0 days in a row" in text(page)
    assert "Make a code" not in text(page)
    assert "no-store" in page.headers["Cache-Control"]
    assert "sixpix_player" not in page.cookies


def test_it_shows_the_record(client: Client, puzzle: Puzzle) -> None:
    factories.make_puzzle(2)
    win(client)
    win(client, OTHER)
    shown = text(client.get("/record/"))
    assert "1 day in a row" in shown
    assert "The puzzle of 3 November, begun on its day and solved." in shown
    assert "In 1 try: 1 2" in shown
    assert "The next badge is for 2 days in a row: 1 day more." in shown


def test_it_offers_yesterdays_puzzle_while_it_saves_the_streak(
    client: Client, puzzle: Puzzle, monkeypatch: pytest.MonkeyPatch
) -> None:
    factories.make_puzzle(2)
    win(client)
    Play.objects.update(puzzle=factories.make_puzzle(1), started_at="2026-11-01T12:00Z")
    assert "Somewhere on earth" not in text(client.get("/"))
    client.cookies["sixpix_tz"] = "Pacific/Auckland"
    # 01:00 on the 4th in Auckland: the 2nd is over everywhere, the 3rd is not, for nine hours.
    factories.make_puzzle(4)
    Play.objects.update(puzzle=Puzzle.objects.get(play_on=factories.day(2)))
    Play.objects.update(started_at="2026-11-02T12:00Z")
    told = (
        "Somewhere on earth it is still 3 November. Begin its puzzle before 5 November, 01:00 and"
        " solve it, and your streak is 2 days. Play No. 3"
    )
    for url in ("/", "/record/"):
        page = client.get(url)
        assert told in text(page)
        assert 'href="/puzzle/3/"' in page.content.decode()
    assert told not in text(client.get("/puzzle/3/"))


def test_it_shows_record_and_comparison_when_the_play_has_ended(
    client: Client, puzzle: Puzzle, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    Figures.objects.create(puzzle=puzzle, plays=20, solved=15, distribution=[5, 10, 0, 0, 0, 0])
    send(client, {"try": 1, "words": WRONG})
    assert client.get("/puzzle/3/record/").status_code == 404
    assert "75%" not in text(client.get("/"))
    send(client, {"try": 2, "words": ANSWERS})
    with django_assert_max_num_queries(4):
        part = client.get("/puzzle/3/record/")
    page = client.get("/")
    for shown in (text(part), text(page)):
        assert "1 day in a row" in shown
        assert "1 of 1 puzzle solved" in shown
        assert "75% of 20 players solved it" in shown
        assert "In 1 try: 1 25%" in shown
        assert "In 2 tries: 2 50% , as you did" in shown


def test_it_compares_nothing_when_nobody_was_counted(client: Client, puzzle: Puzzle) -> None:
    win(client)
    assert "Everyone’s tries" not in text(client.get("/"))
    assert "1 day in a row" in text(client.get("/"))


def test_it_shows_no_part_of_a_puzzle_that_is_unknown_or_not_due(
    client: Client, puzzle: Puzzle
) -> None:
    factories.make_puzzle(4)
    win(client)
    for number in (4, 99, 0, 10**30):
        assert client.get(f"/puzzle/{number}/record/").status_code == 404


def test_it_says_when_the_next_puzzle_comes(client: Client, puzzle: Puzzle) -> None:
    win(client)
    page = client.get("/")
    assert "The next puzzle comes at 00:00 (UTC)." in text(page)
    assert 'data-rollover="2026-11-04T00:00:00+00:00"' in page.content.decode()
    client.cookies["sixpix_tz"] = "Asia/Kolkata"
    page = client.get("/")
    assert "The next puzzle comes at 00:00 (Asia/Kolkata)." in text(page)
    assert 'data-rollover="2026-11-03T18:30:00+00:00"' in page.content.decode()


def test_it_asks_few_queries_when_a_page_shows_the_record(
    client: Client, puzzle: Puzzle, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    Figures.objects.create(puzzle=puzzle, plays=20, solved=15, distribution=[5, 10])
    for words in (WRONG, ANSWERS):
        state = send(client, {"try": 1 + Try.objects.count(), "words": words}).json()
        with django_assert_max_num_queries(4):
            page = client.get("/")
        assert ("1 day in a row" in text(page)) is state["finished"]


def test_it_moves_a_player_to_another_device(client: Client, puzzle: Puzzle) -> None:
    win(client)
    page = client.post("/record/code/")
    code = code_on(page)
    assert "http" in text(page)
    assert "/record/move/" in text(page)
    other = Client()
    assert other.get("/record/move/").status_code == 200
    answer = other.post("/record/move/", {"code": code.lower()})
    assert (answer.status_code, answer.headers["Location"]) == (302, "/record/")
    assert player_of(other) == player_of(client)
    shown = text(other.get("/record/"))
    assert "Your record is here now." in shown
    assert "1 day in a row" in shown
    assert "Your record is here now." not in text(other.get("/record/"))
    # Both go on as one.
    assert "1 day in a row" in text(client.get("/record/"))
    assert Client().post("/record/move/", {"code": code}).status_code == 422


def test_it_asks_first_when_the_other_device_has_plays_of_its_own(
    client: Client, puzzle: Puzzle
) -> None:
    factories.make_puzzle(2)
    win(client)
    other = Client()
    win(other)
    win(other, OTHER)
    code = code_on(client.post("/record/code/"))
    before = factories.playing_rows()
    page = other.post("/record/move/", {"code": code})
    assert page.status_code == 200
    assert "2 puzzles were played here, and 1 with the record of the code." in text(page)
    assert "1 puzzle was played on both" in text(page)
    assert factories.playing_rows() == before
    assert MoveCode.objects.exists()
    other.post("/record/move/", {"code": code, "agreed": "yes"})
    assert player_of(other) == player_of(client)
    assert player_of(client).plays.count() == 2
    assert Player.objects.count() == 1


def test_it_says_so_when_the_code_is_entered_where_it_was_made(
    client: Client, puzzle: Puzzle
) -> None:
    win(client)
    code = code_on(client.post("/record/code/"))
    page = client.post("/record/move/", {"code": code})
    assert page.status_code == 409
    assert "has that record already" in text(page)
    assert Client().post("/record/move/", {"code": code}).status_code == 302


@pytest.mark.parametrize("sent", [{}, {"code": ""}, {"code": "<b>ABCD"}, {"code": "9" * 5000}])
def test_it_gives_a_wrong_code_back_with_the_reason(client: Client, sent: dict[str, str]) -> None:
    page = client.post("/record/move/", sent)
    assert page.status_code == 422
    assert "This code is wrong, used, or older than ten minutes." in text(page)
    assert "<b>" not in page.content.decode()
    assert "sixpix_player" not in page.cookies


def test_it_refuses_a_form_that_is_far_too_long(client: Client) -> None:
    assert client.post("/record/move/", {"code": "9" * 20_000}).status_code == 413


def test_it_makes_no_code_when_nobody_has_played(client: Client) -> None:
    page = client.post("/record/code/")
    assert page.status_code == 409
    assert "play a puzzle first" in text(page)
    assert not Player.objects.exists()


def test_it_lets_an_address_wait_when_it_sent_too_many_wrong_codes(
    client: Client, puzzle: Puzzle, redis_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wrong_codes, "MOST", 3)
    win(client)
    code = moving.make_code(player_of(client))
    guesser = Client(REMOTE_ADDR="192.0.2.77")
    for _ in range(3):
        assert guesser.post("/record/move/", {"code": "23456789"}).status_code == 422
    # The right one comes too late, and isn't used up.
    page = guesser.post("/record/move/", {"code": code})
    assert page.status_code == 429
    assert "Wait ten minutes" in text(page)
    elsewhere = Client(REMOTE_ADDR="192.0.2.78")
    assert elsewhere.post("/record/move/", {"code": code}).status_code == 302


@pytest.mark.parametrize(
    ("method", "url", "allowed"),
    [
        ("post", "/record/", "GET, HEAD"),
        ("get", "/record/code/", "POST"),
        ("put", "/record/move/", "GET, HEAD, POST"),
        ("post", "/puzzle/3/record/", "GET, HEAD"),
    ],
)
def test_it_names_the_methods_when_the_method_is_wrong(
    client: Client, method: str, url: str, allowed: str
) -> None:
    response = getattr(client, method)(url)
    assert response.status_code == 405
    assert response.headers["Allow"] == allowed


def test_it_trusts_no_form_from_elsewhere(puzzle: Puzzle) -> None:
    strict = Client(enforce_csrf_checks=True)
    for url in ("/record/code/", "/record/move/"):
        assert strict.post(url, {"code": "23456789"}).status_code == 403
