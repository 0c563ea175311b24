"""A try typed as one free sentence, without tiles: which of its words stands for which."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import product

from game.rules import boards
from game.rules.boards import GuessError, gettext_noop
from game.rules.scoring.alignment import Pair, Worth, align
from game.rules.scoring.marks import EMPTY, Answer, Kind, Mark, judge
from game.rules.scoring.points import worth
from game.words.text import is_readable, normalise

# An accepted phrase may be as long as this in words: “hot air balloon”.
WIDEST = 3
# One right word outweighs any wrong ones, and a wrong word is better shown than left over.
_RIGHT, _SHOWN = Fraction(100), Fraction(1, 10_000)


@dataclass(frozen=True, slots=True)
class Sentence:
    """A marked sentence: a word (or phrase) and a mark for each place, and the words left over."""

    words: tuple[str, ...]
    marks: tuple[Mark, ...]
    unused: tuple[str, ...]


def read_sentence(board: Collection[boards.Word], sentence: str) -> tuple[str, ...]:
    """Reduce a sentence to the words that may stand for open words of the board.

    Which these are follows from the sentence and from what is seen of the board. If it followed
    from hidden words, sentences that are refused, and so cost nothing, would tell them.

    Raises:
        GuessError: it is too long, can't be read, or holds connecting words alone.
    """
    if len(sentence) > boards.PROMPT_LENGTH:
        raise GuessError(
            "length",
            gettext_noop("A sentence may have at most %(most)d characters, this one has %(got)d."),
            most=boards.PROMPT_LENGTH,
            got=len(sentence),
        )
    if not is_readable(sentence):
        raise GuessError(
            "letters", gettext_noop("A sentence may hold only letters from a to z and digits.")
        )
    # Where nothing is given, connecting words may have to be guessed, too.
    hides_given = not any(word.is_given for word in board)
    typed = boards.board(sentence, hides_given)
    read = boards.open_words(typed)
    if not read:
        raise GuessError("empty", gettext_noop("Type at least one word that isn't given."))
    return read


def read_answer(text: str) -> str:
    """Bring an answer that editors rule about into its one written form.

    Raises:
        GuessError: it can't be read, or is too long.
    """
    answer = normalise(text)
    if not answer or not is_readable(text) or len(answer) > boards.PROMPT_LENGTH:
        raise GuessError("letters", gettext_noop("A guess holds letters from a to z and digits."))
    if len(answer.split()) > WIDEST:
        raise GuessError(
            "words", gettext_noop("A guess for one word has at most %(most)d words."), most=WIDEST
        )
    return answer


def mark_sentence(
    answers: Sequence[Answer], words: Sequence[str], found: Collection[int] = ()
) -> Sentence:
    """Align the words of a sentence to the open words, in order, and mark them.

    The most right words win, then the nearest wrong ones. A right word that breaks the order is
    moved to its place, unless a right word is there already. Found words stay.

    Making a wrong word right never lowers the score, as long as no word is accepted for one of two
    answers that share others: then which of them it is put beside may cost a moved word.
    """
    marks = _judge_all(answers, words, found)
    moved = _out_of_order(marks, align(len(words), len(answers), _right_alone(marks), WIDEST))
    left = {pair: mark for pair, mark in marks.items() if not _clashes(pair, moved)}
    sizes = [len(answer.word) for answer in answers]
    pairs = align(len(words), len(answers), _as_scored(left, sizes), WIDEST)
    placed = {pair.place: (pair, marks[pair]) for pair in pairs}
    placed |= {pair.place: (pair, _moved(marks[pair])) for pair in moved}
    used = {number for pair, _ in placed.values() for number in range(pair.start, pair.stop)}
    shown = [_show(place, answers, words, found, placed) for place in range(len(answers))]
    return Sentence(
        words=tuple(word for word, _ in shown),
        marks=tuple(mark for _, mark in shown),
        unused=tuple(word for number, word in enumerate(words) if number not in used),
    )


def _judge_all(
    answers: Sequence[Answer], words: Sequence[str], found: Collection[int]
) -> dict[Pair, Mark]:
    """All that may stand beside each other: phrases and found places only where they are right."""
    judged = {}
    for start, place, width in product(
        range(len(words)), range(len(answers)), range(1, WIDEST + 1)
    ):
        pair = Pair(start, start + width, place)
        if pair.stop <= len(words):
            mark = judge(_text(words, pair), answers[place])
            if mark.is_right or (width == 1 and place not in found):
                judged[pair] = mark
    return judged


def _text(words: Sequence[str], pair: Pair) -> str:
    return " ".join(words[pair.start : pair.stop])


def _right_alone(marks: Mapping[Pair, Mark]) -> Worth:
    return lambda pair: Fraction(1) if pair in marks and marks[pair].is_right else None


def _as_scored(marks: Mapping[Pair, Mark], sizes: Sequence[int]) -> Worth:
    def value(pair: Pair) -> Fraction | None:
        if (mark := marks.get(pair)) is None:
            return None
        return worth(mark, sizes[pair.place]) + (_RIGHT if mark.is_right else _SHOWN)

    return value


def _out_of_order(marks: Mapping[Pair, Mark], in_order: Sequence[Pair]) -> list[Pair]:
    moved: list[Pair] = []
    for pair, mark in marks.items():
        if mark.is_right and not _clashes(pair, (*in_order, *moved)):
            moved.append(pair)
    return moved


def _clashes(pair: Pair, others: Iterable[Pair]) -> bool:
    return any(
        pair.place == other.place or (pair.start < other.stop and other.start < pair.stop)
        for other in others
    )


def _moved(mark: Mark) -> Mark:
    """Its letters are all there, but none is in place."""
    return Mark(mark.letters.replace("c", "p"), Kind.MOVED)


def _show(
    place: int,
    answers: Sequence[Answer],
    words: Sequence[str],
    found: Collection[int],
    placed: Mapping[int, tuple[Pair, Mark]],
) -> tuple[str, Mark]:
    if place in found:
        answer = answers[place].word
        return answer, Mark("c" * len(answer), Kind.FOUND)
    if place not in placed:
        return "", EMPTY
    pair, mark = placed[place]
    return _text(words, pair), mark
