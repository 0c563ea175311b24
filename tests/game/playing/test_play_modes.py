"""Hard mode and the hint."""

import pytest

from game.models import Play, Player, Puzzle
from game.playing import play
from tests import factories
from tests.factories import ANSWERS, WRONG
from tests.game.rules.warmths import store_table

pytestmark = pytest.mark.django_db
ALL = ["a", "red", "fox", "and", "a", "big", "cat"]


@pytest.fixture
def puzzle() -> Puzzle:
    return factories.make_puzzle()


@pytest.fixture
def player() -> Player:
    return factories.make_player()


def test_it_gives_no_word_and_no_warmth_in_hard_mode(puzzle: Puzzle, player: Player) -> None:
    store_table("fox", dog=71)
    assert play.state(puzzle, player, is_hard=True)["shape"] == [{"length": len(w)} for w in ALL]
    state = play.take_guess(player, puzzle, 1, ["a", "", "dog", "", "", "", ""], is_hard=True)
    assert state["hard"]
    assert [mark["warmth"] for mark in state["tries"][0]["marks"]] == [None] * 7
    assert state["tries"][0]["marks"][2]["kind"] == "other"
    # What a later try says of the mode doesn't change it.
    state = play.take_guess(player, puzzle, 2, ["", *ALL[1:]], is_hard=False)
    assert state["solved"]
    assert state["share"].startswith("Sixpix #1 2/6 · hard mode\n🟩")
    assert play.state(puzzle, player) == state


def test_it_stays_in_normal_mode_when_a_play_has_begun(puzzle: Puzzle, player: Player) -> None:
    factories.take_guesses(player, puzzle, WRONG)
    assert not play.state(puzzle, player, is_hard=True)["hard"]
    state = play.take_guess(player, puzzle, 2, ANSWERS, is_hard=True)
    assert state["solved"]
    assert "hard" not in state["share"]


def test_it_tells_one_first_letter_once(puzzle: Puzzle, player: Player) -> None:
    factories.take_guesses(player, puzzle, ["red", "", "", ""])
    state = play.give_hint(player, puzzle, 1)
    assert state["hint"] == {"index": 1, "letter": "f"}
    assert play.give_hint(player, puzzle, 3) == state == play.state(puzzle, player)
    state = play.take_guess(player, puzzle, 2, ANSWERS)
    assert state["share"].startswith("Sixpix #1 2/6 · 1 hint\n")
    assert play.give_hint(player, puzzle, 2)["hint"] == {"index": 1, "letter": "f"}


@pytest.mark.parametrize(
    ("index", "message"),
    [(0, "isn't found yet"), (4, "isn't found yet"), (99, "isn't found yet")],
)
def test_it_hints_at_no_word_when_it_is_found_or_unknown(
    puzzle: Puzzle, player: Player, index: int, message: str
) -> None:
    factories.take_guesses(player, puzzle, ["red", "", "", ""])
    with pytest.raises(play.NoHint, match=message):
        play.give_hint(player, puzzle, index)
    assert Play.objects.get().hinted is None


def test_it_gives_no_hint_before_the_first_try_or_after_the_end(
    puzzle: Puzzle, player: Player
) -> None:
    for nobody in (Player(), player):
        with pytest.raises(play.NoHint, match="after your first try"):
            play.give_hint(nobody, puzzle, 1)
    factories.lose(player, puzzle)
    with pytest.raises(play.Finished):
        play.give_hint(player, puzzle, 1)
