"""What a try scores, and what of a play is shared."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from game import rules
from game.rules import Mark, Verdict, Why, Word
from tests.game.boards import FOX, board_of, boards_with_tries

WARMTH = st.none() | st.integers(0, 100)


def mark_of(letters: str, verdict: Verdict) -> Mark:
    return Mark(letters, verdict, Why.LETTERS)


@pytest.mark.parametrize(
    ("guesses", "score"),
    [
        (["red", "fox", "big", "cat"], 100),
        (["red", "fox", "", ""], 50),
        (["red", "fox", "big", "car"], 80),  # 3 + 0.3 x 2/3, of 4
        (["", "", "", "dog"], 0),
        (["", "", "", "act"], 5),  # 0.3 x 2/3, of 4
        (["big", "", "", ""], 5),  # 0.5 x 0.4, of 4
    ],
)
def test_it_scores_a_try_by_its_formula(guesses: list[str], score: int) -> None:
    assert rules.score(rules.mark(FOX, guesses).marks) == score


def test_it_scores_meaning_when_warmth_is_known() -> None:
    marks = rules.mark(FOX, ["big", "fax", "", "dog"]).marks
    # (0.2 + 0.3 x 2/3 + 0 + 0.5 x 0.71) / 4; the empty word has no meaning to speak of.
    assert rules.score(marks, [None, 0, None, 71]) == 18
    # Being elsewhere in the prompt counts as 40, or as its own warmth where that is more.
    assert rules.score(marks, [40, 0, None, 71]) == 18
    assert rules.score(marks, [80, 0, None, 71]) == 23
    with pytest.raises(ValueError, match="shorter"):
        rules.score(marks, [1, 2, 3])


@given(st.data(), boards_with_tries())
def test_it_never_lowers_a_score_when_a_word_is_made_right(
    data: st.DataObject, game: tuple[tuple[Word, ...], list[str]]
) -> None:
    board, guesses = game
    size = len(guesses)
    warmth = data.draw(st.none() | st.lists(WARMTH, min_size=size, max_size=size))
    before = rules.score(rules.mark(board, guesses).marks, warmth)
    assert 0 <= before <= 100
    assert (before == 100) == rules.mark(board, guesses).is_solved
    for index, answer in enumerate(rules.open_words(board)):
        better = [*guesses[:index], answer, *guesses[index + 1 :]]
        assert rules.score(rules.mark(board, better).marks, warmth) >= before


def test_it_never_lowers_a_score_when_making_a_warm_word_right_unmasks_another() -> None:
    # “dog” was told as elsewhere; it no longer is once the second word is itself right.
    board = board_of(["aaa", "dog"])
    for warmth in ([None, None], [0, 100]):
        before = rules.score(rules.mark(board, ["dog", "dig"]).marks, warmth)
        assert rules.score(rules.mark(board, ["dog", "dog"]).marks, warmth) >= before


@given(st.text("cpa", min_size=1, max_size=16), st.integers(0, 15), WARMTH)
def test_it_never_lowers_a_score_when_one_mark_gets_better(
    letters: str, place: int, warmth: int | None
) -> None:
    place %= len(letters)

    def score(letters: str, verdict: Verdict, warmth: int | None) -> int:
        return rules.score([mark_of(letters, verdict)], [warmth])

    ladder = [
        score("", Verdict.EMPTY, None),
        *(
            score(letters[:place] + mark + letters[place + 1 :], Verdict.WRONG, warmth)
            for mark in "apc"
        ),
        score(letters[:place] + "c" + letters[place + 1 :], Verdict.ELSEWHERE, warmth),
        score("c" * len(letters), Verdict.EXACT, None),
    ]
    assert ladder == sorted(ladder)
    assert score(letters, Verdict.WRONG, warmth) <= score(letters, Verdict.WRONG, 100)
    assert ladder[-2] < ladder[-1] == 100


# Sharing


def test_it_shares_a_square_a_word_when_a_play_is_solved() -> None:
    rows = [
        rules.mark(FOX, ["big", "fax", "", "dog"]).marks,
        rules.mark(FOX, ["red", "fox", "", ""]).marks,
        rules.mark(FOX, ["", "", "big", "cat"], found={0, 1}).marks,
    ]
    text = rules.share_text(
        12, True, rows, "Solved in 3 tries.", "https://sixpix.example/puzzle/12/"
    )
    assert text.splitlines() == [
        "Sixpix #12 3/6",
        "🟨🟨⬜⬛",
        "🟩🟩⬜⬜",
        "🟩🟩🟩🟩",
        "Solved in 3 tries.",
        "https://sixpix.example/puzzle/12/",
    ]


def test_it_shares_an_x_when_a_play_is_lost() -> None:
    rows = [rules.mark(FOX, ["", "", "", "dog"]).marks] * rules.TRIES
    text = rules.share_text(3, False, rows, "Not solved.", "http://127.0.0.1:8000/")
    assert text.startswith("Sixpix #3 X/6\n⬜⬜⬜⬛\n")
    assert text.count("\n") == 8


@given(boards_with_tries())
def test_it_shares_no_letter_of_the_prompt(game: tuple[tuple[Word, ...], list[str]]) -> None:
    board, guesses = game
    marks = rules.mark(board, guesses).marks
    assert rules.share_text(1, False, [marks], "", "").splitlines()[1] == "".join(
        "🟩"
        if mark.verdict is Verdict.EXACT
        else "⬜"
        if mark.verdict is Verdict.EMPTY
        else "🟨"
        if mark.verdict is Verdict.ELSEWHERE or set(mark.letters) & set("cp")
        else "⬛"
        for mark in marks
    )
