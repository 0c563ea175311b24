"""Forms of one word: inflected, spelt the British or the American way, or mistyped.

Inflections are looked up in simplemma's dictionary, which is read at the first use: a tenth of a
second and some 25 MB a process, then a few microseconds a word.
"""

from enum import StrEnum
from functools import cache
from pathlib import Path

import simplemma

FOLDER = Path(__file__).parent
# Shorter words are too near to one another for a slip to be told from another word.
SLIP_LENGTH = 6
# Of a word that isn't its own base form.
PLURAL_ENDINGS = (
    "s",
    "men",
    "children",
    "mice",
    "geese",
    "feet",
    "teeth",
    "oxen",
    "cacti",
    "octopi",
)


class Form(StrEnum):
    """How a guess differs from the word it stands for."""

    PLURAL = "plural"
    INFLECTION = "inflection"
    SPELLING = "spelling"
    TYPO = "typo"


def other_form(guess: str, hidden: str) -> Form | None:
    """Tell in which way a guess is another form of the hidden word; None for the same or another.

    Both are normalised words. A slip of one letter is one only if it makes no word of its own:
    “cattle” is not a mistyped “castle”.
    """
    if guess == hidden:
        return None
    mine, theirs = _american(guess), _american(hidden)
    if mine == theirs or guess.replace(" ", "") == hidden:
        return Form.SPELLING
    if (shared := base(guess)) == base(hidden):
        other = theirs if mine == shared else mine if theirs == shared else ""
        return Form.PLURAL if other.endswith(PLURAL_ENDINGS) else Form.INFLECTION
    if len(hidden) >= SLIP_LENGTH and is_slip(guess, hidden) and not is_word(guess):
        return Form.TYPO
    return None


def base(word: str) -> str:
    """The form that stands for all forms of a word: singular, infinitive, American spelling."""
    word = _american(word)
    lemma = _pairs("lemmas.txt").get(word) or simplemma.lemmatize(word, "en").lower()
    return _american(lemma)


def is_word(word: str) -> bool:
    return simplemma.is_known(word, "en") or word in _pairs("spellings.txt")


def is_slip(one: str, other: str) -> bool:
    """Tell whether one letter added, left out, changed or swapped with its neighbour makes it.

    That is a Damerau-Levenshtein distance of 1: what differs between the longest common beginning
    and ending is at most a letter on each side, or two letters turned round.
    """
    shorter = min(len(one), len(other))
    start = next((i for i in range(shorter) if one[i] != other[i]), shorter)
    one, other = one[start:], other[start:]
    shorter = min(len(one), len(other))
    end = next((i for i in range(shorter) if one[-1 - i] != other[-1 - i]), shorter)
    one, other = one[: len(one) - end], other[: len(other) - end]
    return max(len(one), len(other)) == 1 or (len(one) == 2 and one == other[::-1])


def _american(word: str) -> str:
    return _pairs("spellings.txt").get(word, word)


@cache
def _pairs(name: str) -> dict[str, str]:
    lines = (FOLDER / name).read_text(encoding="ascii").splitlines()
    return dict(line.split() for line in lines if not line.startswith("#"))
