"""A try typed as one sentence."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from game.rules import boards
from game.rules.scoring.marks import Answer, Kind
from game.rules.scoring.points import score
from game.rules.scoring.sentences import Sentence, mark_sentence, read_sentence
from tests.game.rules.scoring.answers import ANSWERS, GUESSES, TABLE, answers_of, lengths_of

BOARD = boards.board("a fox riding a bicycle in front of the castle")
FOX = [
    Answer(word, frozenset({"bike", "push bike"}) if word == "bicycle" else frozenset(), TABLE)
    for word in boards.open_words(BOARD)
]


def play(sentence: str, found: set[int] | None = None) -> Sentence:
    return mark_sentence(FOX, read_sentence(BOARD, sentence), found or set())


def kinds(marked: Sentence) -> list[Kind]:
    return [mark.kind for mark in marked.marks]


def test_it_finds_every_word_when_the_prompt_is_typed() -> None:
    marked = play("A fox, riding a bicycle in front of the castle!")
    assert marked.words == ("fox", "riding", "bicycle", "castle")
    assert kinds(marked) == [Kind.EXACT] * 4
    assert marked.unused == ()


def test_it_finds_words_when_they_come_in_other_forms_and_phrases() -> None:
    marked = play("two foxes ride their push bike to a castel")
    assert marked.words == ("foxes", "ride", "push bike", "castel")
    assert kinds(marked) == [Kind.FORM, Kind.FORM, Kind.ACCEPTED, Kind.FORM]
    assert marked.unused == ("two",)


def test_it_leaves_places_empty_when_words_are_missing() -> None:
    marked = play("the castle")
    assert marked.words == ("", "", "", "castle")
    assert kinds(marked) == [Kind.EMPTY] * 3 + [Kind.EXACT]


def test_it_moves_a_right_word_when_it_breaks_the_order() -> None:
    marked = play("a castle with a fox on a bicycle")
    assert marked.words == ("fox", "", "bicycle", "castle")
    assert kinds(marked) == [Kind.EXACT, Kind.EMPTY, Kind.EXACT, Kind.MOVED]
    assert marked.marks[3].letters == "pppppp"


def test_it_prefers_a_right_word_when_a_wrong_one_wants_its_place() -> None:
    marked = play("castle zebra zebra zebra zebra")
    assert marked.words[3] == "castle"
    assert marked.marks[3].is_right


def test_it_keeps_found_words_when_the_sentence_leaves_them_out() -> None:
    marked = play("zebra", found={0, 3})
    assert [marked.words[0], marked.words[3]] == ["fox", "castle"]
    assert "zebra" in marked.words[1:3]
    assert [kind is Kind.FOUND for kind in kinds(marked)] == [True, False, False, True]


def test_it_uses_up_found_words_when_the_sentence_repeats_them() -> None:
    marked = play("a fox at the castle", found={0, 3})
    assert marked.words == ("fox", "", "", "castle")
    assert marked.unused == ()


def test_it_needs_connecting_words_when_the_board_hides_them() -> None:
    board = boards.board("a fox on the moon", hides_given=True)
    read = read_sentence(board, "a fox next to the moon")
    assert read == ("a", "fox", "next", "to", "the", "moon")
    answers = answers_of(*boards.open_words(board))
    marked = mark_sentence(answers, read)
    assert marked.words[:2] + marked.words[3:] == ("a", "fox", "the", "moon")


def outcome(board: tuple[boards.Word, ...], sentence: str) -> object:
    try:
        return read_sentence(board, sentence)
    except boards.GuessError as error:
        return error.code


@pytest.mark.parametrize(
    "sentence", ["in", "on", "by the", "a fox in", "fox on top of", "on top of"]
)
@pytest.mark.parametrize(
    ("prompts", "hides_given"),
    [
        (("fox in moon", "fox by moon", "fox on moon"), True),
        (("a fox on the hat", "a top on the hat"), False),
        (("fox top moon", "fox red moon"), False),
    ],
)
def test_it_reads_alike_when_only_hidden_words_differ(
    prompts: tuple[str, ...], hides_given: bool, sentence: str
) -> None:
    """Or a sentence that is refused, and so costs nothing, would tell what is hidden."""
    seen = [boards.board(prompt, hides_given) for prompt in prompts]
    assert boards.shape(seen[0]) == boards.shape(seen[1])
    assert len({outcome(board, sentence) for board in seen}) == 1


@pytest.mark.parametrize(
    ("sentence", "code", "message"),
    [
        ("", "empty", "at least one word"),
        ("on the …", "empty", "at least one word"),
        ("fox " * 51, "length", "at most 200 characters, this one has 204"),
        ("лиса", "letters", "only letters"),
        ("fo\x00x", "letters", "only letters"),
    ],
)
def test_it_refuses_a_sentence_when_it_cannot_be_read(
    sentence: str, code: str, message: str
) -> None:
    with pytest.raises(boards.GuessError, match=message) as caught:
        read_sentence(BOARD, sentence)
    assert caught.value.code == code


@given(ANSWERS, st.lists(GUESSES, min_size=1, max_size=7))
def test_it_places_every_word_once_when_sentences_are_random(
    answers: list[Answer], words: list[str]
) -> None:
    marked = mark_sentence(answers, words)
    placed = [word for phrase in marked.words for word in phrase.split()]
    assert sorted([*placed, *marked.unused]) == sorted(words)
    got = score(marked.marks, lengths_of(answers))
    assert 0 <= got <= 100
    assert (got == 100) == all(mark.is_right for mark in marked.marks)


@given(ANSWERS)
def test_it_scores_100_when_the_answers_are_typed_in_order(answers: list[Answer]) -> None:
    marked = mark_sentence(answers, [answer.word for answer in answers])
    assert score(marked.marks, lengths_of(answers)) == 100


@given(ANSWERS, st.lists(GUESSES, min_size=1, max_size=6))
def test_it_never_lowers_a_score_when_a_wrong_word_is_made_right(
    answers: list[Answer], words: list[str]
) -> None:
    marked = mark_sentence(answers, words)
    before = score(marked.marks, lengths_of(answers))
    for place, (word, mark) in enumerate(zip(marked.words, marked.marks, strict=True)):
        if mark.kind in (Kind.WARM, Kind.COLD, Kind.OTHER) and words.count(word) == 1:
            better = [answers[place].word if each == word else each for each in words]
            after = mark_sentence(answers, better)
            assert score(after.marks, lengths_of(answers)) >= before
