"""Warmth, other forms, accepted answers and free sentences in a play."""

import zlib
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from game.models import Player, Puzzle, Try, WarmthTable
from game.playing import play
from game.rules import boards, warmth
from game.words import vocabulary
from game.words.reasons import Reason, Tie
from tests import factories
from tests.game.rules.warmths import store_table

pytestmark = pytest.mark.django_db
PROMPT = "a grey fox riding a bicycle"


@pytest.fixture
def puzzle() -> Puzzle:
    return factories.make_puzzle(prompt=PROMPT)


@pytest.fixture
def player() -> Player:
    return factories.make_player()


def told(state: dict[str, Any], key: str) -> list[Any]:
    return [mark[key] for mark in state["tries"][-1]["marks"]]


def test_it_tells_warmth_when_a_table_is_there(puzzle: Puzzle, player: Player) -> None:
    store_table("fox", dog=71)
    state = factories.take_guesses(player, puzzle, ["", "dog", "", ""], ["", "cup", "", ""])
    first, second = (one["marks"][1] for one in state["tries"])
    assert (first["warmth"], first["label"]) == (71, "71")
    assert first["why"] == "Another word, warmth 71 of 100."
    assert (second["warmth"], second["label"]) == (None, "cold")
    assert second["why"] == "Another word, cold."
    assert "dog: Another word, warmth 71 of 100." in state["tries"][0]["summary"]
    stored = Try.objects.order_by("number").values_list("marks", flat=True)
    assert [marks[1]["warmth"] for marks in stored] == [71, 0]
    # (0.3 x 1/3 + 0.5 x 0.71) / 4 and 0
    assert [one["score"] for one in state["tries"]] == [11, 0]


def test_it_tells_the_reason_when_the_dictionary_gives_one(puzzle: Puzzle, player: Player) -> None:
    because = Reason(Tie.BOTH, "canines")
    store_table("fox", {"dog": because}, dog=71, cup=9)
    state = factories.take_guesses(player, puzzle, ["", "dog", "", ""], ["", "cup", "", ""])
    assert [one["marks"][1]["reason"] for one in state["tries"]] == ["both are canines", None]
    stored = Try.objects.order_by("number").values_list("marks", flat=True)
    assert stored[0][1]["reason"] == ["both", "canines"]
    assert "reason" not in stored[1][1]
    puzzle.corrections.create(word="fox", text="dog", warmth=33)
    state = factories.take_guesses(factories.make_player(), puzzle, ["", "dog", "", ""])
    assert state["tries"][0]["marks"][1]["reason"] is None


def test_it_tells_warmth_of_an_older_table_until_there_is_a_new_one(
    puzzle: Puzzle, player: Player
) -> None:
    row = store_table("fox", dog=71)
    version = warmth.versions()[-1]
    old = version + zlib.compress(bytes([55]) * vocabulary.sizes()[0])
    WarmthTable.objects.filter(pk=row.pk).update(version=version.hex(), table=old)
    state = factories.take_guesses(player, puzzle, ["", "dog", "", ""])
    assert told(state, "warmth")[1] == 55
    store_table("fox", dog=71)
    state = factories.take_guesses(factories.make_player(), puzzle, ["", "dog", "", ""])
    assert told(state, "warmth")[1] == 71


def test_it_tells_no_warmth_when_the_table_is_missing_or_stale(
    puzzle: Puzzle, player: Player
) -> None:
    store_table("cup", dog=71)
    WarmthTable.objects.create(
        word="grey", version=warmth.version().hex(), model="another", table=b""
    )
    broken = store_table("fox", dog=71)
    WarmthTable.objects.filter(pk=broken.pk).update(table=b"12345678" + bytes(broken.table)[8:])
    state = factories.take_guesses(player, puzzle, ["dogs", "dog", "", ""])
    assert told(state, "kind") == ["other", "other", "empty", "empty"]
    assert told(state, "warmth") == [None] * 4


def test_it_tells_a_corrected_warmth_when_editors_gave_one(puzzle: Puzzle, player: Player) -> None:
    store_table("fox", dog=71)
    puzzle.corrections.create(word="fox", text="dog", warmth=33)
    puzzle.corrections.create(word="grey", text="wool", warmth=88)
    state = factories.take_guesses(player, puzzle, ["wool", "dog", "", ""])
    assert told(state, "warmth") == [88, 33, None, None]


def test_it_counts_another_form_and_says_so(puzzle: Puzzle, player: Player) -> None:
    state = factories.take_guesses(player, puzzle, ["gray", "", "", "bicylce"])
    assert told(state, "verdict") == ["exact", "empty", "empty", "exact"]
    assert told(state, "label") == ["✓ other form", "", "", "✓ other form"]
    assert state["found"] == ["grey", None, None, "bicycle"]
    assert state["tries"][0]["notes"] == [
        "gray: Same word, spelt another way: counts as “grey”.",
        "bicylce: Same word with a slip: counts as “bicycle”.",
    ]
    state = factories.take_guesses(player, puzzle, ["", "fox", "riding", ""])
    assert state["solved"]
    assert state["tries"][1]["words"] == ["grey", "fox", "riding", "bicycle"]


def test_it_counts_what_editors_accept(puzzle: Puzzle, player: Player) -> None:
    puzzle.accepted.create(word="bicycle", text="tandems")
    puzzle.accepted.create(word="bicycle", text="push bike")
    state = factories.take_guesses(player, puzzle, ["", "", "", "tandems"])
    assert state["found"][3] == "bicycle"
    assert state["tries"][0]["notes"] == ["tandems: Accepted by the editors: counts as “bicycle”."]
    other = play.take_sentence(factories.make_player(), puzzle, 1, "a push bike")
    assert other["tries"][0]["words"] == ["", "", "", "push bike"]
    assert other["found"][3] == "bicycle"


# One query for all that guesses are held against


def test_it_asks_once_for_answers_however_many_words_there_are(
    puzzle: Puzzle, player: Player
) -> None:
    for word in ("grey", "fox", "riding", "bicycle"):
        store_table(word, dog=5)
    puzzle.accepted.create(word="fox", text="wolf")
    factories.take_guesses(player, puzzle, ["", "dog", "", ""])
    with CaptureQueriesContext(connection) as queries:
        play.take_guess(player, puzzle, 2, ["blue", "cat", "", "tractor"])
    asked = [query["sql"] for query in queries if "warmthtable" in query["sql"]]
    assert len(asked) == 1
    assert "game_accepted" in asked[0]


# Sentences


def test_it_takes_a_sentence_and_goes_on_with_words(puzzle: Puzzle, player: Player) -> None:
    store_table("fox", wolf=90)
    state = play.take_sentence(player, puzzle, 1, " Two grey wolves on a bicycle! ")
    [one] = state["tries"]
    assert one["sentence"] == "Two grey wolves on a bicycle!"
    assert one["words"] == ["grey", "wolves", "", "bicycle"]
    assert told(state, "kind") == ["exact", "warm", "empty", "exact"]
    assert state["found"] == ["grey", None, None, "bicycle"]
    state = play.take_guess(player, puzzle, 2, ["", "fox", "", ""])
    state = play.take_sentence(player, puzzle, 3, "riding")
    assert state["solved"]
    assert state["tries"][2]["words"] == ["grey", "fox", "riding", "bicycle"]
    assert "🟩🟪⬜🟩" in state["share"]


def test_it_records_a_sentence_once_when_it_is_sent_again(puzzle: Puzzle, player: Player) -> None:
    first = play.take_sentence(player, puzzle, 1, "a grey dog")
    before = factories.playing_rows()
    assert play.take_sentence(player, puzzle, 1, "A GREY dog!") == first
    for again in ("a gray dog", "grey"):
        with pytest.raises(play.WrongTry):
            play.take_sentence(player, puzzle, 1, again)
    with pytest.raises(play.WrongTry):
        play.take_guess(player, puzzle, 1, ["grey", "dog", "", ""])
    assert factories.playing_rows() == before


@pytest.mark.parametrize(
    ("sentence", "message"),
    [
        (None, "must be text"),
        (["a", "fox"], "must be text"),
        ("", "at least one word"),
        (" on the ", "at least one word"),
        ("fox " * 60, "at most 200 characters, this one has 239"),
        ("a 🦊", "only letters"),
        ("a fo\x00", "only letters"),
    ],
)
def test_it_refuses_a_sentence_when_it_is_malformed(
    puzzle: Puzzle, sentence: object, message: str
) -> None:
    player = Player()
    with pytest.raises(play.BadGuess, match=message):
        play.take_sentence(player, puzzle, 1, sentence)
    assert factories.playing_rows() == [[], [], []]
    assert not player.pk


# Boards and marks from before


def test_it_keeps_the_board_when_the_rules_change_after_the_first_play(
    puzzle: Puzzle, player: Player, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = factories.take_guesses(player, puzzle, ["grey", "", "", ""])
    frozen = Puzzle.objects.values_list("frozen_board", flat=True).get()
    assert frozen is not None
    assert frozen[:2] == [["a", True], ["grey", False]]
    monkeypatch.setattr(boards, "CONNECTING", frozenset({"grey"}))
    fresh = Puzzle.objects.get()
    assert play.state(fresh, player) == before
    assert play.state(fresh, None)["shape"] == before["shape"]
    # A puzzle that nobody has played follows the rules.
    other = factories.make_puzzle(2, PROMPT)
    assert play.state(other, None)["shape"][1] == {"given": "grey"}


def test_it_takes_the_board_of_whoever_was_first_when_two_freeze_it(puzzle: Puzzle) -> None:
    stale = Puzzle.objects.get()
    Puzzle.objects.update(frozen_board=[["a", True], ["dog", False]])
    with pytest.raises(play.BadGuess, match="needed 1, given 4"):
        factories.take_guesses(factories.make_player(), stale, ["grey", "", "", ""])


def test_it_reads_tries_when_they_are_older_than_warmth(puzzle: Puzzle, player: Player) -> None:
    factories.take_guesses(player, puzzle, ["grey", "cat", "", ""], ["", "cow", "", ""])
    old = [
        {"letters": "cccc", "verdict": "exact", "why": "exact"},
        {"letters": "aaa", "verdict": "wrong", "why": "cold"},
        {"letters": "", "verdict": "empty", "why": "empty"},
        {"letters": "", "verdict": "empty", "why": "empty"},
    ]
    Try.objects.filter(number=1).update(marks=old)
    Try.objects.filter(number=2).update(
        marks=[old[0] | {"why": "found"}, old[1] | {"why": "letters", "letters": "aca"}, *old[2:]]
    )
    state = play.state(puzzle, player)
    assert [one["marks"][1]["why"] for one in state["tries"]] == [
        "Another word, with none of the same letters.",
        "Another word, with some of the same letters.",
    ]
    assert [one["marks"][0]["label"] for one in state["tries"]] == ["✓", "✓"]
    assert play.take_guess(player, puzzle, 3, ["", "fox", "riding", "bicycle"])["solved"]


def test_it_tells_of_each_letter_where_it_stands(puzzle: Puzzle, player: Player) -> None:
    state = factories.take_guesses(player, puzzle, ["gone", "fix", "", ""])
    summary = state["tries"][0]["summary"]
    assert "Word 2, gone: " in summary
    assert (
        "fix: Another word, with some of the same letters. In place: f, x. Not in it: i." in summary
    )


def test_it_tells_what_of_a_sentence_had_no_place(puzzle: Puzzle, player: Player) -> None:
    state = play.take_sentence(player, puzzle, 1, "one old fox riding in the park with a dog today")
    told = state["tries"][0]
    assert told["notes"][-1].startswith("Left out, as nothing was free for it: ")
    assert told["summary"].endswith(told["notes"][-1])
    assert "riding" not in told["notes"][-1]
