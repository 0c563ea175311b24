"""What a try scores.

Every open word counts the same. A right word is worth 1, in whichever form, and an empty one 0. A
right word in another order of the sentence is worth 0.8. Another wrong word is worth 0.3 of its
letters (1 for each correct, ½ for each present, over the longer of the two words) and 0.5 of its
meaning: its warmth over 100, and at least 0.4 if it belongs elsewhere on the board. The score is
the mean in percent, rounded down.

So only a solved board has 100, and a score never falls when one mark gets better. Neither does it
when one word is made right, though that can take “elsewhere” from another word: it gains its own
place at least 0.2, and loses at most one other place 0.5 x 0.4.
"""

from collections.abc import Sequence
from fractions import Fraction

from game.rules.scoring.marks import Kind, Mark

LETTERS, MEANING = Fraction(3, 10), Fraction(5, 10)
ELSEWHERE, MOVED = Fraction(4, 10), Fraction(8, 10)


def score(marks: Sequence[Mark], lengths: Sequence[int]) -> int:
    """From 0 to 100; the lengths are those of the hidden words."""
    pairs = zip(marks, lengths, strict=True)
    return int(100 * sum((worth(mark, length) for mark, length in pairs), Fraction()) / len(marks))


def worth(mark: Mark, length: int) -> Fraction:
    """What a mark adds to the score of a one-word board, from 0 to 1."""
    if mark.is_right:
        return Fraction(1)
    if mark.kind is Kind.EMPTY:
        return Fraction(0)
    if mark.kind is Kind.MOVED:
        return MOVED
    letters = Fraction(
        2 * mark.letters.count("c") + mark.letters.count("p"), 2 * max(len(mark.letters), length)
    )
    meaning = Fraction(mark.warmth or 0, 100)
    if mark.kind is Kind.ELSEWHERE:
        meaning = max(meaning, ELSEWHERE)
    return LETTERS * letters + MEANING * meaning
