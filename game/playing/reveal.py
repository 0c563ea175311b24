"""What is shown of a puzzle once a play of it has ended: ranks, the film, what everyone tried.

Nothing of it is for anyone whose play goes on.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from game.drawing import candidates
from game.models import Candidate, Figures, Puzzle
from game.playing import sources
from game.words import shown

# A guess that fewer made may say who somebody is, or be put there by a few: so many places, and
# one in fifty of all plays.
FEWEST, ONE_IN = 10, 50
# More places than this are hardly told apart.
MOST_ASKED = sources.NUMBERS // 8
GUESSES_A_WORD, FURTHEST = 5, 3


class Wrong(NamedTuple):
    """A row of `Figures.wrong`: a guess for a hidden word, and how many plays made it."""

    word: str
    guess: str
    plays: int
    warmth: int | None
    sources: int = 0

    def is_public(self, all_plays: int) -> bool:
        """Said by many from different places, and a word fit for strangers: no name, number or
        secret of anybody, and nothing that hurts."""
        fewest = max(FEWEST, math.ceil(all_plays / ONE_IN))
        is_frequent = self.plays >= fewest and self.sources >= min(fewest, MOST_ASKED)
        return is_frequent and shown.is_fit(self.guess)


@dataclass(frozen=True, slots=True)
class Reveal:
    """`first` is the picture with the film, or else the best-ranked; `others` go on by rank."""

    first: Candidate
    others: list[Candidate]
    count: int
    # The most frequent wrong guesses by hidden word, and the coldest of all of them.
    wrong: dict[str, list[Wrong]] = field(default_factory=dict)
    furthest: list[Wrong] = field(default_factory=list)
    # The word that most players found, and how many in a hundred that were.
    best_known: tuple[str, int] | None = None

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
    told = [wrong for wrong in map(of_row, figures.wrong) if wrong.is_public(figures.plays)]
    words = [word for word, _found in figures.words]
    return {
        "wrong": _by_word(words, told),
        "furthest": _furthest(told),
        "best_known": _best_known(figures),
    }


def _best_known(figures: Figures) -> tuple[str, int] | None:
    if figures.plays < FEWEST or not figures.words:
        return None
    word, found = max(figures.words, key=lambda one: one[1])
    return word, 100 * found // figures.plays


def of_row(row: Sequence[Any]) -> Wrong:
    """Rows that were counted before sources were have none."""
    return Wrong(*row)


def _by_word(words: Sequence[str], told: Sequence[Wrong]) -> dict[str, list[Wrong]]:
    """In the order of the board; words that nobody missed are left out."""
    guesses = {word: [wrong for wrong in told if wrong.word == word] for word in words}
    return {word: found[:GUESSES_A_WORD] for word, found in guesses.items() if found}


def _furthest(told: Sequence[Wrong]) -> list[Wrong]:
    """The coldest; of equally cold ones the most frequent."""
    known = [(wrong.warmth, -wrong.plays, wrong) for wrong in told if wrong.warmth is not None]
    return [wrong for _warmth, _plays, wrong in sorted(known)[:FURTHEST]]
