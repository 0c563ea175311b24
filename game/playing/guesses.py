"""The two ways to write a try: a word for each place of the board, or one free sentence."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol

from game.models import Try
from game.rules import boards
from game.rules.scoring import marks, sentences
from game.rules.scoring.marks import Answer, Kind, Mark
from game.words import known

Board = Sequence[boards.Word]
# Of a word that is right nowhere on the board.
_WRONG = frozenset({Kind.WARM, Kind.COLD, Kind.OTHER})


class Marked(NamedTuple):
    """A word and a mark for each open word of the board."""

    words: tuple[str, ...]
    marks: tuple[Mark, ...]


class Guess(Protocol):
    @property
    def sentence(self) -> str: ...

    def read(self, board: Board, found: Collection[int]) -> tuple[str, ...]:
        """The words in their one written form; GuessError says what is wrong with them."""

    def mark(
        self, answers: Sequence[Answer], read: Sequence[str], found: Collection[int]
    ) -> Marked: ...


@dataclass(frozen=True, slots=True)
class Words:
    """“” stands for a word left empty."""

    words: Sequence[str]
    sentence: str = ""

    def read(self, board: Board, found: Collection[int]) -> tuple[str, ...]:
        return boards.read_guess(board, self.words, found)

    def mark(
        self, answers: Sequence[Answer], read: Sequence[str], found: Collection[int]
    ) -> Marked:
        return Marked(tuple(read), marks.mark(answers, read, found))


@dataclass(frozen=True, slots=True)
class FreeSentence:
    sentence: str

    def read(self, board: Board, found: Collection[int]) -> tuple[str, ...]:
        return sentences.read_sentence(board, self.sentence)

    def mark(
        self, answers: Sequence[Answer], read: Sequence[str], found: Collection[int]
    ) -> Marked:
        marked = sentences.mark_sentence(answers, read, found)
        return Marked(marked.words, marked.marks)


def stored(one: Try) -> Guess:
    return FreeSentence(one.sentence) if one.sentence else Words(one.words)


def is_same(guess: Guess, one: Try, board: Board, found: Collection[int]) -> bool:
    """Whether a stored try was this guess, as far as letters matter."""
    try:
        read = guess.read(board, found)
    except boards.GuessError:
        return False
    if guess.sentence and one.sentence:
        return read == sentences.read_sentence(board, one.sentence)
    return not guess.sentence and not one.sentence and list(read) == one.words


def says_nothing_new(
    guess: Guess, read: Sequence[str], tries: Sequence[Try], board: Board, found: Collection[int]
) -> bool:
    """Whether each word of a guess stood in its place in an earlier try: it would tell nothing."""
    if guess.sentence:
        return any(is_same(guess, one, board, found) for one in tries if one.sentence)
    new = [(index, word) for index, word in enumerate(read) if word and index not in found]
    return all(any(one.words[index] == word for one in tries) for index, word in new)


def no_word(marked: Marked) -> str:
    """The first word of a marked guess that is in no list and right nowhere; or nothing."""
    wrong = (word for word, mark in zip(*marked, strict=True) if mark.kind in _WRONG)
    return next((word for word in wrong if not known.is_known(word)), "")
