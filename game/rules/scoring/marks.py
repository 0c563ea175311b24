"""What a word of a try is marked, and why."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Self

from game.rules.boards import Verdict, mark_letters
from game.rules.warmth import Table
from game.words.forms import Form, other_form
from game.words.reasons import Reason, Tie


class Kind(StrEnum):
    """Why a word got its mark."""

    EXACT = "exact"
    FOUND = "found"  # in an earlier try
    ACCEPTED = "accepted"  # an editor lets it count
    FORM = "form"  # another form of the right word
    MOVED = "moved"  # right, but in another order in the sentence
    ELSEWHERE = "elsewhere"  # belongs in another place of the board
    WARM = "warm"
    COLD = "cold"
    OTHER = "other"  # another word, of unknown warmth
    EMPTY = "empty"


RIGHT = frozenset({Kind.EXACT, Kind.FOUND, Kind.ACCEPTED, Kind.FORM})
# What marks said before they told warmth.
_BEFORE_WARMTH = frozenset({"letters", "cold"})


@dataclass(frozen=True, slots=True)
class Answer:
    """An open word of the board, and all that a guess is held against.

    Accepted are normalised words or phrases that count as the word. Without a table no warmth is
    told, and a guess that the table doesn't know is not punished for it. A corrected warmth goes
    before the table's.
    """

    word: str
    accepted: frozenset[str] = frozenset()
    table: Table | None = None
    corrected: Mapping[str, int] = field(default_factory=dict)

    def warmth(self, guess: str) -> int | None:
        if guess in self.corrected:
            return self.corrected[guess]
        return None if self.table is None else self.table.look_up(guess)

    def why(self, guess: str) -> Reason | None:
        """Why the table finds it warm; what editors corrected stands without a reason."""
        if self.table is None or guess in self.corrected:
            return None
        return self.table.why(guess)


@dataclass(frozen=True, slots=True)
class Mark:
    """How one word was marked: “c”, “p” or “a” for each letter of the guess, and the reason."""

    letters: str
    kind: Kind
    warmth: int | None = None
    form: Form | None = None
    reason: Reason | None = None

    @property
    def is_right(self) -> bool:
        return self.kind in RIGHT

    @property
    def verdict(self) -> Verdict:
        if self.is_right:
            return Verdict.EXACT
        if self.kind in (Kind.MOVED, Kind.ELSEWHERE):
            return Verdict.ELSEWHERE
        return Verdict.EMPTY if self.kind is Kind.EMPTY else Verdict.WRONG

    def as_json(self) -> dict[str, Any]:
        row: dict[str, Any] = {
            "letters": self.letters,
            "verdict": self.verdict.value,
            "why": self.kind.value,
        }
        if self.warmth is not None:
            row["warmth"] = self.warmth
        if self.form is not None:
            row["form"] = self.form.value
        if self.reason is not None:
            row["reason"] = [self.reason.tie.value, self.reason.name]
        return row

    @classmethod
    def from_json(cls, row: Mapping[str, Any]) -> Self:
        warmth = row.get("warmth")
        is_old = warmth is None and row["why"] in _BEFORE_WARMTH
        kind = Kind.OTHER if is_old else Kind(row["why"])
        form = Form(row["form"]) if "form" in row else None
        tie, name = row.get("reason", (None, ""))
        return cls(row["letters"], kind, warmth, form, Reason(Tie(tie), name) if tie else None)


EMPTY = Mark("", Kind.EMPTY)


def judge(guess: str, answer: Answer) -> Mark:
    """Mark a guess for its own place alone. Its length may be any, as in a free sentence."""
    letters = letter_marks(guess, answer.word)
    if guess == answer.word:
        return Mark(letters, Kind.EXACT)
    if guess in answer.accepted:
        return Mark(letters, Kind.ACCEPTED)
    if (form := other_form(guess, answer.word)) is not None:
        return Mark(letters, Kind.FORM, form=form)
    if (warmth := answer.warmth(guess)) is None:
        return Mark(letters, Kind.OTHER)
    if not warmth:
        return Mark(letters, Kind.COLD, warmth)
    return Mark(letters, Kind.WARM, warmth, reason=answer.why(guess))


def letter_marks(guess: str, answer: str) -> str:
    """`rules.mark_letters` for words of any two lengths; what sticks out matches nothing."""
    size = max(len(guess), len(answer))
    return mark_letters(guess.ljust(size, "<"), answer.ljust(size, ">"))[: len(guess)]


def mark(
    answers: Sequence[Answer], words: Sequence[str], found: Collection[int] = ()
) -> tuple[Mark, ...]:
    """Mark a try as `rules.read_guess` has read it: one word a place, "" where it is empty.

    A word that belongs elsewhere is told once for each place where it is still missing, from
    the left, exactly as letters are inside a word.
    """
    marks = [
        _mark_place(word, answer, index in found)
        for index, (word, answer) in enumerate(zip(words, answers, strict=True))
    ]
    for index in _elsewhere(answers, words, marks):
        marks[index] = Mark(marks[index].letters, Kind.ELSEWHERE, marks[index].warmth)
    return tuple(marks)


def _mark_place(word: str, answer: Answer, is_found: bool) -> Mark:
    if is_found:
        return Mark(letter_marks(word, answer.word), Kind.FOUND)
    return judge(word, answer) if word else EMPTY


def _elsewhere(
    answers: Sequence[Answer], words: Sequence[str], marks: Sequence[Mark]
) -> Iterator[int]:
    missing = [answer for answer, mark in zip(answers, marks, strict=True) if not mark.is_right]
    for index, (word, mark) in enumerate(zip(words, marks, strict=True)):
        if mark.is_right or not word:
            continue
        belongs = next((answer for answer in missing if judge(word, answer).is_right), None)
        if belongs is not None:
            missing.remove(belongs)
            yield index
