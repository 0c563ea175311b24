import json
from collections.abc import Iterator
from datetime import date
from typing import Any
from uuid import uuid4

import pytest
from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext
from pytest_django import DjangoAssertNumQueries

from game.models import Play, Player, Puzzle, Try
from game.playing import play, wording
from game.rules.scoring.marks import Kind
from game.words.forms import Form
from tests import factories
from tests.factories import ANSWERS, WRONG, day

pytestmark = pytest.mark.django_db


@pytest.fixture
def puzzle() -> Puzzle:
    return factories.make_puzzle()


@pytest.fixture
def player() -> Player:
    return factories.make_player()


# Which puzzles can be played


def test_it_has_a_live_puzzle_when_one_is_approved_for_the_day(puzzle: Puzzle) -> None:
    factories.make_puzzle(2, "a dog under a tree")
    assert play.live(day(1)) == puzzle
    assert play.live(day(3)) is None
    assert play.find(1, day(1)) == puzzle
    assert play.find(1, day(40)) == puzzle


@pytest.mark.parametrize(
    ("number", "today"),
    [
        (2, day(1)),
        (3, day(9)),
        (0, day(9)),
        (-1, day(9)),
        (10**9, day(9)),
        (10**30, day(9)),
        (10**30, date.max),
        (-(10**30), day(9)),
    ],
)
def test_it_finds_no_puzzle_when_it_is_future_or_unknown(
    puzzle: Puzzle, number: int, today: date
) -> None:
    factories.make_puzzle(2, "a dog under a tree")
    with pytest.raises(play.NotPlayable, match="no such puzzle, or not yet") as caught:
        play.find(number, today)
    assert (caught.value.status, caught.value.code) == (404, "not_playable")


@pytest.mark.parametrize("state", [state for state in Puzzle.State if state != "approved"])
def test_it_finds_no_puzzle_when_it_is_not_approved(state: str, puzzle: Puzzle) -> None:
    Puzzle.objects.update(state=state, claim=uuid4(), leased_until=puzzle.created_at)
    assert play.live(day(1)) is None
    with pytest.raises(play.NotPlayable):
        play.find(1, day(1))


@pytest.mark.parametrize("chosen", [0, 5])
def test_it_finds_no_puzzle_when_it_does_not_have_six_pictures(chosen: int) -> None:
    factories.make_puzzle(chosen=chosen)
    assert play.live(day(1)) is None


def test_it_shows_the_six_chosen_pictures_in_their_order(puzzle: Puzzle) -> None:
    for rank in range(1, 7):
        puzzle.candidates.filter(rank=rank).update(position=7 - rank)
    assert [picture.rank for picture in play.pictures(puzzle)] == [6, 5, 4, 3, 2, 1]


# A game


def test_it_shows_an_untouched_board_when_nothing_was_tried(puzzle: Puzzle) -> None:
    untouched = {
        "number": 1,
        "date": settings.FIRST_DAY.isoformat(),
        "hard": False,
        "shape": [
            {"given": "a"},
            {"length": 3},
            {"length": 3},
            {"given": "and"},
            {"given": "a"},
            {"length": 3},
            {"length": 3},
        ],
        "tries_left": 6,
        "next_try": 1,
        "found": [None] * 4,
        "hint": None,
        "tries": [],
        "finished": False,
        "solved": False,
    }
    assert play.state(puzzle, None) == untouched
    assert play.state(puzzle, Player()) == untouched
    assert play.state(puzzle, factories.make_player()) == untouched


def test_it_plays_a_whole_game_when_it_is_won(puzzle: Puzzle, player: Player) -> None:
    first = play.take_guess(player, puzzle, 1, ["BIG", "fax", "", "dog"])
    [one] = first["tries"]
    marks = one.pop("marks")
    assert one == {
        "number": 1,
        "sentence": "",
        "words": ["big", "fax", "", "dog"],
        "score": 10,
        "summary": "Try 1, 10 of 100. Word 2, big: Right word, wrong place. Not in it: b, i, g."
        " Word 3, fax: Another word, with some of the same letters. In place: f, x. Not in it: a."
        " Word 7, dog: Another word, with none of the same letters.",
        "notes": [],
    }
    assert marks[0] == {
        "letters": "aaa",
        "verdict": "elsewhere",
        "kind": "elsewhere",
        "warmth": None,
        "square": "near",
        "label": "⇄ elsewhere",
        "why": "Right word, wrong place.",
        "reason": None,
    }
    assert [mark["letters"] for mark in marks] == ["aaa", "cac", "", "aaa"]
    assert [mark["verdict"] for mark in marks] == ["elsewhere", "wrong", "empty", "wrong"]
    assert [mark["label"] for mark in marks] == ["⇄ elsewhere", "×", "", "×"]
    assert (first["tries_left"], first["next_try"], first["finished"]) == (5, 2, False)
    second = play.take_guess(player, puzzle, 2, ["", "Fox", "", "cat"])
    assert second["found"] == [None, "fox", None, "cat"]
    assert [one["score"] for one in second["tries"]] == [10, 50]
    third = play.take_guess(player, puzzle, 3, ["red", "", "big", "cat"])
    assert third["tries"][2]["words"] == ANSWERS
    assert [mark["why"] for mark in third["tries"][2]["marks"]] == [
        "Right.",
        "Found in an earlier try.",
        "Right.",
        "Found in an earlier try.",
    ]
    assert (third["tries_left"], third["next_try"]) == (0, None)
    assert (third["finished"], third["solved"], third["prompt"]) == (True, True, puzzle.prompt)
    assert third["share"].splitlines() == [
        "Sixpix #1 3/6",
        "🟪🟪⬜⬛",
        "⬜🟩⬜🟩",
        "🟩🟩🟩🟩",
        "Solved in 3 tries.",
        f"{settings.SITE_URL}/puzzle/1/",
    ]
    row = Play.objects.get()
    assert row.is_solved
    assert row.finished_at is not None
    assert play.state(puzzle, player) == third


def test_it_shows_the_prompt_when_six_tries_are_lost(puzzle: Puzzle, player: Player) -> None:
    factories.take_guesses(player, puzzle, ["red", "", "", ""])
    lost = factories.take_guesses(player, puzzle, *factories.WRONGS[:5])
    assert (lost["finished"], lost["solved"], lost["tries_left"]) == (True, False, 0)
    assert lost["prompt"] == puzzle.prompt
    assert lost["share"].splitlines()[0] == "Sixpix #1 X/6"
    assert lost["share"].splitlines()[7] == "Not solved: 1 of 4 words found."
    row = Play.objects.get()
    assert not row.is_solved
    assert row.finished_at is not None


def test_it_says_try_when_there_was_only_one(puzzle: Puzzle, player: Player) -> None:
    state = factories.take_guesses(player, puzzle, ANSWERS)
    assert "\nSolved in 1 try.\n" in state["share"]


def test_it_asks_for_every_word_when_given_words_are_hidden(player: Player) -> None:
    puzzle = factories.make_puzzle(prompt="a fox on a hat", hides_given_words=True)
    state = factories.take_guesses(player, puzzle, ["a", "", "on", "", "hut"])
    assert state["shape"] == [{"length": n} for n in (1, 3, 2, 1, 3)]
    assert state["found"] == ["a", None, "on", None, None]


def test_it_keeps_plays_apart_when_players_and_puzzles_differ(
    puzzle: Puzzle, player: Player
) -> None:
    other_puzzle = factories.make_puzzle(2, "a dog under a tree")
    other_player = factories.make_player()
    factories.take_guesses(player, puzzle, *factories.WRONGS[:2])
    factories.take_guesses(player, other_puzzle, ["dog", "under", "tree"])
    factories.take_guesses(other_player, puzzle, ANSWERS)
    assert play.state(puzzle, player)["next_try"] == 3
    assert play.state(other_puzzle, player)["solved"]
    assert play.state(puzzle, other_player)["solved"]
    assert play.state(other_puzzle, other_player)["tries"] == []


def test_it_saves_a_new_player_when_the_first_try_is_taken(puzzle: Puzzle) -> None:
    player = Player()
    play.take_guess(player, puzzle, 1, WRONG)
    assert Play.objects.get().player == Player.objects.get() == player


def test_it_stores_the_reason_and_tells_it_in_words(puzzle: Puzzle, player: Player) -> None:
    state = factories.take_guesses(player, puzzle, WRONG)
    assert Try.objects.get().marks[3]["why"] == "other"
    assert state["tries"][0]["marks"][3]["why"] == str(wording.WHY[Kind.OTHER])
    assert set(wording.WHY) == set(Kind)
    assert set(wording.WHY_FORM) == set(Form)
    assert json.loads(json.dumps(state)) == state


# Sent again


def test_it_records_once_when_a_try_is_sent_again(puzzle: Puzzle, player: Player) -> None:
    play.take_guess(player, puzzle, 1, ["red", "", "", ""])
    second = play.take_guess(player, puzzle, 2, ["", "fox", "", ""])
    before = factories.playing_rows()
    for words in (["", "fox", "", ""], ["red", "FOX", "", ""], ["Red", "fóx", " ", "!"]):
        assert play.take_guess(player, puzzle, 2, words) == second
    assert play.take_guess(player, puzzle, 1, ["RED", "", "", ""]) == second
    assert factories.playing_rows() == before


def test_it_answers_again_when_the_last_try_is_sent_again(puzzle: Puzzle, player: Player) -> None:
    lost = factories.lose(player, puzzle)
    before = factories.playing_rows()
    assert play.take_guess(player, puzzle, 6, factories.WRONGS[5]) == lost
    assert factories.playing_rows() == before


# Secrecy


def values(data: object) -> Iterator[str]:
    if isinstance(data, dict):
        for key, value in data.items():
            yield str(key)
            yield from values(value)
    elif isinstance(data, list | tuple):
        for value in data:
            yield from values(value)
    else:
        yield str(data)


def test_it_tells_no_unfound_word_before_the_end(puzzle: Puzzle, player: Player) -> None:
    def check(state: dict[str, Any], *found: str) -> None:
        told = " ".join(values(state)).casefold().split()
        assert set(ANSWERS) & set(told) == set(found)
        assert puzzle.prompt not in json.dumps(state)
        assert not {"prompt", "share"} & set(state)

    check(play.state(puzzle, player))
    check(play.take_guess(player, puzzle, 1, ["cow", "fax", "dog", "tac"]))
    check(play.take_guess(player, puzzle, 2, ["", "fox", "", ""]), "fox")
    check(play.take_guess(player, puzzle, 3, ["", "", "bag", "cat"]), "fox", "cat")
    check(play.state(puzzle, player), "fox", "cat")
    check(play.state(puzzle, factories.make_player()))


def test_it_shares_no_word_of_the_prompt(puzzle: Puzzle, player: Player) -> None:
    words = factories.take_guesses(player, puzzle, WRONG, ANSWERS)["share"].casefold().split()
    assert not set(words) & {*ANSWERS, "dog"}


# Speed


def test_it_shows_a_page_when_allowed_four_queries(
    puzzle: Puzzle, player: Player, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    factories.take_guesses(player, puzzle, *factories.WRONGS[:2])
    # A fifth would be one too many: the page needs one more to know the player.
    with django_assert_num_queries(3):
        found = play.live(day(1))
        assert found is not None
        assert len(play.pictures(found)) == 6
        assert len(play.state(found, player)["tries"]) == 2


def test_it_takes_a_try_when_allowed_eight_queries(puzzle: Puzzle) -> None:
    # The first play of a puzzle also freezes its board.
    factories.take_guesses(factories.make_player(), puzzle, WRONG)
    for tries in ([WRONG, ["red", "", "", ""], ANSWERS], [ANSWERS]):
        player = Player()
        for number, words in enumerate(tries, start=1):
            with CaptureQueriesContext(connection) as queries:
                play.take_guess(player, puzzle, number, words)
            # A page asks two more, for the player, who may be new, and for the puzzle.
            asked = [query["sql"] for query in queries if "SAVEPOINT" not in query["sql"]]
            assert len(asked) <= 6 + (number == 1)
