"""Answers that editors accept after people have played."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Event
from typing import Any

import pytest
from django.db import connection, transaction

from game.models import Accepted, Play, Player, Puzzle, Try
from game.playing import answers, play, regrading
from tests import factories
from tests.game.rules.warmths import store_table

PROMPT = "a grey fox riding a bicycle"
ALL = ["grey", "fox", "riding", "bicycle"]
MORE = [["", "", "", word] for word in ("tractor", "balloon", "unicorn", "penguin", "lantern")]
NEARLY = ["grey", "fox", "riding", "scooter"]


@pytest.fixture
def puzzle(db: None) -> Puzzle:
    return factories.make_puzzle(prompt=PROMPT)


@pytest.fixture
def player(puzzle: Puzzle) -> Player:
    return factories.make_player()


def accept(puzzle: Puzzle, word: str = "bicycle", text: str = "scooter") -> int:
    puzzle.accepted.create(word=word, text=text)
    return regrading.regrade(puzzle)


def test_it_finds_a_word_when_it_is_accepted_later(puzzle: Puzzle, player: Player) -> None:
    tries = [["", "dog", "", "scooter"], ["", "fox", "", "tractor"]]
    before = factories.take_guesses(player, puzzle, *tries)
    assert accept(puzzle) == 2
    state = play.state(puzzle, player)
    assert state["found"] == [None, "fox", None, "bicycle"]
    first, second = state["tries"]
    assert first["marks"][3]["why"] == "Accepted later by the editors: counts as “bicycle”."
    assert first["notes"] == ["scooter: Accepted later by the editors: counts as “bicycle”."]
    assert second["marks"][3]["why"] == "Found in an earlier try."
    assert second["words"] == before["tries"][1]["words"]
    assert (first["score"], second["score"]) == (25 + 2, 50)
    assert all(
        new["score"] > old["score"]
        for new, old in zip(state["tries"], before["tries"], strict=True)
    )
    # And the play goes on from there.
    assert play.take_guess(player, puzzle, 3, ["grey", "", "riding", ""])["solved"]


@pytest.mark.parametrize("more", [[], [["", "", "", "tractor"]], MORE])
def test_it_solves_a_play_when_the_missing_word_is_accepted_later(
    puzzle: Puzzle, player: Player, more: list[list[str]]
) -> None:
    factories.take_guesses(player, puzzle, NEARLY, *more)
    ended_at = Play.objects.get().finished_at
    accept(puzzle)
    state = play.state(puzzle, player)
    assert (state["solved"], state["finished"]) == (True, True)
    # The tries after it are kept, but the play was solved by the first.
    assert len(state["tries"]) == 1
    assert Try.objects.count() == 1 + len(more)
    assert state["share"].splitlines()[:2] == ["Sixpix #1 1/6", "🟩🟩🟩🟩"]
    row = Play.objects.get()
    assert row.is_solved
    assert row.finished_at == Try.objects.get(number=1).created_at
    assert (ended_at is None) == (len(more) < 5)
    with pytest.raises(play.Finished):
        play.take_guess(player, puzzle, len(more) + 2, ALL)


def test_it_changes_nothing_when_it_is_done_again(puzzle: Puzzle, player: Player) -> None:
    factories.take_guesses(player, puzzle, NEARLY, ["", "", "", "tractor"])
    other = factories.make_player()
    play.take_sentence(other, puzzle, 1, "a grey fox on a scooter")
    assert set(regrading.ungraded()) == set()
    puzzle.accepted.create(word="bicycle", text="scooter")
    assert set(regrading.ungraded()) == {puzzle}
    assert regrading.regrade(puzzle) == 3
    assert set(regrading.ungraded()) == set()
    before = factories.playing_rows(), list(Accepted.objects.values())
    assert regrading.regrade(puzzle) == 0
    assert (factories.playing_rows(), list(Accepted.objects.values())) == before


def test_it_regrades_sentences_when_a_phrase_is_accepted_later(
    puzzle: Puzzle, player: Player
) -> None:
    state = play.take_sentence(player, puzzle, 1, "a grey fox riding a push bike")
    assert state["tries"][0]["words"] != ["grey", "fox", "riding", "push bike"]
    accept(puzzle, text="push bike")
    state = play.state(puzzle, player)
    assert state["solved"]
    assert state["tries"][0]["words"] == ["grey", "fox", "riding", "push bike"]
    assert "later" in state["tries"][0]["notes"][0]


def test_it_takes_nothing_away_when_a_ruling_is_withdrawn_or_tables_cool(
    puzzle: Puzzle, player: Player
) -> None:
    table = store_table("fox", dog=90)
    accept(puzzle)
    factories.take_guesses(player, puzzle, ["", "", "", "scooter"], ["", "dog", "", ""])
    before = factories.playing_rows()
    Accepted.objects.all().delete()
    table.delete()
    store_table("fox", dog=20)
    assert regrading.regrade(puzzle) == 0
    assert factories.playing_rows() == before


def test_it_leaves_other_puzzles_alone(puzzle: Puzzle, player: Player) -> None:
    other = factories.make_puzzle(2, PROMPT)
    factories.take_guesses(player, other, NEARLY)
    before = factories.playing_rows()
    assert accept(puzzle) == 0
    assert factories.playing_rows() == before


def test_it_regrades_plays_in_hard_mode_by_their_own_board(puzzle: Puzzle, player: Player) -> None:
    words = ["a", "grey", "fox", "riding", "a", "scooter"]
    play.take_guess(player, puzzle, 1, words, is_hard=True)
    factories.take_guesses(factories.make_player(), puzzle, NEARLY)
    assert accept(puzzle) == 2
    assert Play.objects.filter(is_solved=True).count() == 2


def in_thread(call: Callable[[], Any], pool: ThreadPoolExecutor) -> Any:
    def run() -> Any:
        try:
            return call()
        finally:
            connection.close()

    return pool.submit(run)


@pytest.mark.parametrize("is_begun", [False, True])
@pytest.mark.django_db(transaction=True)
def test_it_misses_no_try_that_is_recorded_at_the_same_instant(
    monkeypatch: pytest.MonkeyPatch, is_begun: bool
) -> None:
    puzzle = factories.make_puzzle(prompt=PROMPT, candidates=0)
    player = factories.make_player()
    if is_begun:
        # Later plays write nothing into the puzzle's row.
        factories.take_guesses(factories.make_player(), puzzle, ["", "dog", "", ""])
    load, has_loaded, may_record = answers.load, Event(), Event()

    def load_slowly(*args: Any, **kwargs: Any) -> Any:
        against = load(*args, **kwargs)
        has_loaded.set()
        assert may_record.wait(10)
        return against

    with ThreadPoolExecutor(2) as pool:
        with monkeypatch.context() as patch:
            patch.setattr(answers, "load", load_slowly)
            first = in_thread(lambda: play.take_guess(player, puzzle, 1, NEARLY), pool)
            assert has_loaded.wait(10)
        with transaction.atomic():
            puzzle.accepted.create(word="bicycle", text="scooter")
        regraded = in_thread(lambda: regrading.regrade(puzzle), pool)
        with pytest.raises(TimeoutError):
            regraded.result(1)
        may_record.set()
        first.result(10)
        assert regraded.result(10) == 1
    assert play.state(puzzle, player)["solved"]
