"""What of a play is shared."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from game.pages.choices import PALETTE
from game.rules.scoring.marks import Answer, Kind, Mark, mark
from game.rules.scoring.sharing import in_palette, share_text, square
from game.words.forms import Form
from tests.game.rules.scoring.answers import ANSWERS, GUESSES

FOX = [Answer(word) for word in ("red", "fox", "big", "cat")]


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (Mark("ccc", Kind.EXACT), "right"),
        (Mark("ccca", Kind.FORM, form=Form.PLURAL), "right"),
        (Mark("aaa", Kind.ACCEPTED), "right"),
        (Mark("aaa", Kind.ELSEWHERE, 3), "near"),
        (Mark("ppp", Kind.MOVED), "near"),
        (Mark("aaa", Kind.WARM, 50), "near"),
        (Mark("aca", Kind.WARM, 49), "far"),
        (Mark("cppa", Kind.WARM, 49), "near"),
        (Mark("cca", Kind.COLD, 0), "near"),
        (Mark("app", Kind.COLD, 0), "far"),
        (Mark("pp", Kind.OTHER), "near"),
        (Mark("aap", Kind.OTHER), "far"),
        (Mark("aaa", Kind.OTHER), "far"),
        (Mark("", Kind.EMPTY), "empty"),
    ],
)
def test_it_sees_a_mark_at_a_glance(given: Mark, expected: str) -> None:
    assert square(given) == expected


def test_it_shares_a_square_a_word_when_a_play_is_solved() -> None:
    rows = [
        mark(FOX, ["big", "fax", "", "dog"]),
        mark(FOX, ["red", "fox", "", ""]),
        mark(FOX, ["red", "fox", "big", "cat"], found={0, 1}),
    ]
    url = "https://sixpix.example/puzzle/12/"
    text = share_text(12, True, rows, flags=[], summary="Solved in 3 tries.", url=url)
    assert text.splitlines() == [
        "Sixpix #12 3/6",
        "🟪🟪⬜⬛",
        "🟩🟩⬜⬜",
        "🟩🟩🟩🟩",
        "Solved in 3 tries.",
        url,
    ]


def test_it_shares_an_x_and_the_flags_when_a_play_is_lost() -> None:
    rows = [mark(FOX, ["", "", "", "dog"])] * 6
    text = share_text(3, False, rows, flags=["hard mode", "1 hint"], summary="", url="")
    assert text.startswith("Sixpix #3 X/6 · hard mode · 1 hint\n⬜⬜⬜⬛\n")
    assert text.count("\n") == 8


@given(ANSWERS, st.lists(GUESSES | st.just(""), min_size=5, max_size=5))
def test_it_shares_squares_alone(answers: list[Answer], words: list[str]) -> None:
    marks = mark(answers, words[: len(answers)])
    [_first, row, *_rest] = share_text(1, False, [marks], flags=[], summary="", url="").splitlines()
    assert len(row) == len(marks)
    assert set(row) <= set("🟩🟪⬛⬜")
    assert all((char == "🟩") == each.is_right for char, each in zip(row, marks, strict=True))


def test_it_shares_blue_and_yellow_when_the_palette_says_so() -> None:
    text = "Sixpix #12 3/6\n🟩🟪⬛⬜"
    assert in_palette(text, "contrast") == "Sixpix #12 3/6\n🟦🟨⬛⬜"
    assert in_palette(text, "standard") == text
    assert {name for name in PALETTE.options if in_palette(text, name)} == {"standard", "contrast"}
