"""How the words of a try on tiles are marked, and what the try scores."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from game.rules import boards
from game.rules.boards import Verdict, Word
from game.rules.scoring.marks import Answer, Kind, Mark, judge, mark
from game.rules.scoring.points import score, worth
from game.words.forms import Form
from tests.game.rules.boards import boards_with_tries, letters_by_definition
from tests.game.rules.scoring.answers import ANSWERS, GUESSES, TABLE, WORDS, answers_of, lengths_of

WARMTH = st.none() | st.integers(0, 99)


@pytest.mark.parametrize(
    ("guess", "kind", "form"),
    [
        ("bicycle", Kind.EXACT, None),
        ("bike", Kind.ACCEPTED, None),
        ("two wheeler", Kind.ACCEPTED, None),
        ("bicycles", Kind.FORM, Form.PLURAL),
        ("bicylce", Kind.FORM, Form.TYPO),
        ("xyzzy", Kind.OTHER, None),
    ],
)
def test_it_gives_the_reason_when_a_word_is_judged(
    guess: str, kind: Kind, form: Form | None
) -> None:
    answer = Answer("bicycle", frozenset({"bike", "two wheeler"}), TABLE)
    judged = judge(guess, answer)
    assert (judged.kind, judged.form, judged.warmth) == (kind, form, None)
    assert len(judged.letters) == len(guess)


def test_it_tells_warmth_when_the_table_knows_the_word() -> None:
    judged = judge("zebra", Answer("bicycle", table=TABLE))
    assert judged.warmth == TABLE.look_up("zebra")
    assert judged.kind is Kind.WARM
    cold = next(word for word in ("dog", "house", "tree", "aa") if TABLE.look_up(word) == 0)
    assert judge(cold, Answer("bicycle", table=TABLE)) == Mark(
        judge(cold, Answer("bicycle")).letters, Kind.COLD, 0
    )
    assert judge("zebra", Answer("bicycle")).kind is Kind.OTHER


@pytest.mark.parametrize(
    ("guess", "answer", "letters"),
    [("cats", "cat", "ccca"), ("at", "cat", "pp"), ("cat", "cat", "ccc"), ("taco", "cat", "pcpa")],
)
def test_it_marks_letters_when_lengths_differ(guess: str, answer: str, letters: str) -> None:
    assert judge(guess, Answer(answer)).letters == letters


@pytest.mark.parametrize(
    ("hidden", "guesses", "verdicts"),
    [
        # Each missing place is told once, from the left.
        (["cat", "dog", "cat"], ["dog", "cow", "dog"], ["elsewhere", "wrong", "wrong"]),
        (["cat", "dog", "cat"], ["dog", "dog", "dog"], ["wrong", "exact", "wrong"]),
        (["cat", "dog", "cow"], ["dog", "cat", "cat"], ["elsewhere", "elsewhere", "wrong"]),
        (["cat", "cat", "dog"], ["cow", "cow", "cat"], ["wrong", "wrong", "elsewhere"]),
        (["cat", "cat", "dog"], ["cat", "cow", "cat"], ["exact", "wrong", "elsewhere"]),
        (["cat", "cat", "dog"], ["cat", "cat", "cat"], ["exact", "exact", "wrong"]),
    ],
)
def test_it_tells_elsewhere_once_a_place_when_words_repeat(
    hidden: list[str], guesses: list[str], verdicts: list[str]
) -> None:
    marks = mark([Answer(word) for word in hidden], guesses)
    assert [each.verdict for each in marks] == verdicts


def test_it_does_not_point_to_a_word_that_is_already_found() -> None:
    marks = mark(answers_of("cat", "dog"), ["dog", "dog"], found={1})
    assert marks[0].verdict is Verdict.WRONG


@given(boards_with_tries())
def test_it_says_no_more_than_is_so_when_boards_are_random(
    game: tuple[tuple[Word, ...], list[str]],
) -> None:
    board, guesses = game
    hidden = boards.open_words(board)
    marks = mark([Answer(word) for word in hidden], guesses)
    for word in set(guesses) - {""}:
        told = sum(
            each.verdict in (Verdict.EXACT, Verdict.ELSEWHERE)
            for guess, each in zip(guesses, marks, strict=True)
            if guess == word
        )
        assert told == min(guesses.count(word), hidden.count(word))
    for guess, answer, each in zip(guesses, hidden, marks, strict=True):
        assert (each.verdict is Verdict.EXACT) == (guess == answer)
        assert each.letters == (letters_by_definition(guess, answer) if guess else "")


def test_it_tells_a_corrected_warmth_before_the_tables() -> None:
    answer = Answer("bicycle", table=TABLE, corrected={"zebra": 7, "xyzzy": 80, "dog": 0})
    assert judge("zebra", answer).warmth == 7
    assert judge("xyzzy", answer).warmth == 80
    assert judge("dog", answer).kind is Kind.COLD
    assert judge("house", answer).warmth == TABLE.look_up("house")


def test_it_points_elsewhere_when_a_word_is_right_in_another_form() -> None:
    marks = mark(answers_of("dog", "cat", "zebra"), ["cats", "qqq", "cats"])
    # Only one cat is missing, so only the first is told.
    assert [each.kind for each in marks] == [Kind.ELSEWHERE, Kind.OTHER, marks[2].kind]
    assert marks[2].kind is not Kind.ELSEWHERE


def test_it_keeps_found_words_when_they_come_again() -> None:
    marks = mark(answers_of("cat", "dog"), ["cat", "cat"], found={0})
    assert marks[0] == Mark("ccc", Kind.FOUND)
    assert marks[1].verdict is Verdict.WRONG


@given(ANSWERS, st.lists(GUESSES | st.just(""), min_size=5, max_size=5))
def test_it_keeps_marks_when_they_go_through_json(answers: list[Answer], words: list[str]) -> None:
    marks = mark(answers, words[: len(answers)])
    rows = json.loads(json.dumps([each.as_json() for each in marks]))
    assert tuple(map(Mark.from_json, rows)) == marks


@pytest.mark.parametrize(
    ("why", "verdict", "kind"),
    [
        ("exact", "exact", Kind.EXACT),
        ("found", "exact", Kind.FOUND),
        ("elsewhere", "elsewhere", Kind.ELSEWHERE),
        ("letters", "wrong", Kind.OTHER),
        ("cold", "wrong", Kind.OTHER),
        ("empty", "empty", Kind.EMPTY),
    ],
)
def test_it_reads_a_mark_when_it_is_older_than_warmth(why: str, verdict: str, kind: Kind) -> None:
    old = {"letters": "cpa", "verdict": verdict, "why": why}
    assert Mark.from_json(old) == Mark("cpa", kind)
    assert Mark.from_json(old).verdict == verdict


# Scores


@pytest.mark.parametrize(
    ("marks", "expected"),
    [
        ([Mark("ccc", Kind.EXACT), Mark("ccc", Kind.FOUND)], 100),
        ([Mark("cpa", Kind.ACCEPTED), Mark("ccca", Kind.FORM, form=Form.PLURAL)], 100),
        ([Mark("ccc", Kind.EXACT), Mark("", Kind.EMPTY)], 50),
        ([Mark("ppp", Kind.MOVED), Mark("", Kind.EMPTY)], 40),
        ([Mark("aaa", Kind.WARM, 71)] * 2, 35),
        ([Mark("ccp", Kind.WARM, 71)] * 2, 60),  # 0.3 x 5/6 + 0.5 x 0.71
        ([Mark("cccaaa", Kind.OTHER)] * 2, 15),  # 0.3 x 3/6
        ([Mark("aaa", Kind.ELSEWHERE, 10)] * 2, 20),  # 0.5 x 0.4
        ([Mark("aaa", Kind.ELSEWHERE, 80)] * 2, 40),
        ([Mark("aaa", Kind.COLD, 0)] * 2, 0),
    ],
)
def test_it_scores_by_its_formula(marks: list[Mark], expected: int) -> None:
    assert score(marks, [3, 3]) == expected


@given(ANSWERS, st.lists(GUESSES | st.just(""), min_size=5, max_size=5))
def test_it_scores_100_when_all_is_right_and_only_then(
    answers: list[Answer], words: list[str]
) -> None:
    marks = mark(answers, words[: len(answers)])
    got = score(marks, lengths_of(answers))
    assert 0 <= got <= 100
    assert (got == 100) == all(each.is_right for each in marks)


@given(st.data(), ANSWERS, st.lists(GUESSES | st.just(""), min_size=5, max_size=5))
def test_it_never_lowers_a_score_when_a_word_is_made_right(
    data: st.DataObject, answers: list[Answer], words: list[str]
) -> None:
    words = words[: len(answers)]
    before = score(mark(answers, words), lengths_of(answers))
    index = data.draw(st.integers(0, len(answers) - 1))
    for word in WORDS:
        if judge(word, answers[index]).is_right:
            better = [*words[:index], word, *words[index + 1 :]]
            assert score(mark(answers, better), lengths_of(answers)) >= before


@given(st.text("cpa", min_size=1, max_size=16), st.integers(0, 15), WARMTH, st.integers(1, 16))
def test_it_never_lowers_a_score_when_one_mark_gets_better(
    letters: str, place: int, warmth: int | None, length: int
) -> None:
    place %= len(letters)
    grown = [letters[:place] + each + letters[place + 1 :] for each in "apc"]
    marks = [
        Mark("", Kind.EMPTY),
        Mark("a" * len(letters), Kind.OTHER),
        *(Mark(each, Kind.WARM, warmth) for each in grown),
        Mark(grown[-1], Kind.WARM, max(warmth or 0, 50)),
        Mark(grown[-1], Kind.ELSEWHERE, max(warmth or 0, 50)),
        Mark(letters.replace("c", "p"), Kind.MOVED),
        Mark(letters, Kind.FORM, form=Form.TYPO),
        Mark(letters, Kind.ACCEPTED),
        Mark("c" * length, Kind.EXACT),
    ]
    ladder = [worth(each, length) for each in marks]
    assert ladder == sorted(ladder)
    assert ladder[-4] < ladder[-3] == 1
