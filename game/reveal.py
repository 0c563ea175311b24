"""What is shown of a puzzle once a play of it has ended: ranks, the film, what everyone tried.

Nothing of it is for anyone whose play goes on.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from game import candidates
from game.models import Candidate, Figures, Puzzle
from game.words import vocabulary

# A guess that fewer plays made may say who somebody is.
FEWEST_PLAYS = 3
GUESSES_A_WORD, FURTHEST = 5, 3


class Wrong(NamedTuple):
    """A row of `Figures.wrong`: a guess for a hidden word, and how many plays made it."""

    word: str
    guess: str
    plays: int
    warmth: int | None


@dataclass(frozen=True, slots=True)
class Reveal:
    """`first` is the picture with the film, or else the best-ranked; `others` go on by rank."""

    first: Candidate
    others: list[Candidate]
    count: int
    # The most frequent wrong guesses by hidden word, and the coldest of all of them.
    wrong: dict[str, list[Wrong]] = field(default_factory=dict)
    furthest: list[Wrong] = field(default_factory=list)

    @property
    def unchosen(self) -> int:
        return self.count - sum(one.position is not None for one in (self.first, *self.others))


def of(puzzle: Puzzle) -> Reveal:
    drawn = candidates.drawn(puzzle)
    chosen = [one for one in drawn if one.position is not None]
    first = next((one for one in drawn if one.film), chosen[0])
    others = [one for one in chosen if one != first]
    return Reveal(first, others, len(drawn), **_everyone(getattr(puzzle, "figures", None)))


def _everyone(figures: Figures | None) -> dict[str, Any]:
    if figures is None:
        return {}
    shown = [wrong for row in figures.wrong if _is_public(wrong := Wrong(*row))]
    words = [word for word, _found in figures.words]
    return {"wrong": _by_word(words, shown), "furthest": _furthest(shown)}


def _is_public(wrong: Wrong) -> bool:
    """Said by several, and a word of the vocabulary: no name, number or secret of anybody."""
    return wrong.plays >= FEWEST_PLAYS and vocabulary.find(wrong.guess) is not None


def _by_word(words: Sequence[str], shown: Sequence[Wrong]) -> dict[str, list[Wrong]]:
    """In the order of the board; words that nobody missed are left out."""
    guesses = {word: [wrong for wrong in shown if wrong.word == word] for word in words}
    return {word: found[:GUESSES_A_WORD] for word, found in guesses.items() if found}


def _furthest(shown: Sequence[Wrong]) -> list[Wrong]:
    """The coldest; of equally cold ones the most frequent."""
    known = [(wrong.warmth, -wrong.plays, wrong) for wrong in shown if wrong.warmth is not None]
    return [wrong for _warmth, _plays, wrong in sorted(known)[:FURTHEST]]
