"""What a prompt says under its spelling: letters spaced out, mirrored, or put in other signs.

Each reading is judged like the prompt itself. A word is read mirrored or without its stutter only
where it is no English word as it stands, so that nothing ordinary is read into something else.
"""

import re
from collections.abc import Iterator
from itertools import groupby, product

from game.drawing import drawable
from game.words import known
from game.words.text import normalise

# Signs that are read as letters, the likeliest first.
SIGNS = {
    **{"0": "o", "1": "il", "3": "e", "4": "a", "5": "s", "6": "g", "7": "t", "8": "b", "9": "g"},
    **{"@": "a", "$": "s", "!": "il", "|": "il", "+": "t", "(": "c", "€": "e", "£": "l", "§": "s"},
}
# Letters of other alphabets that look like ours.
ALIKE = str.maketrans(
    "абвеёзікмнорстухѕјһԁɡɩαβεικνορτυχω",
    "abbeezikmhopctyxsjhdgiabeiknoptuxw",
)
# Fewer letters in a row are initials. With more signs in a word, each is its likeliest letter.
SPACED, MOST_SIGNS = 3, 6
TOKEN = re.compile(r"\S+")


def readings(prompt: str) -> Iterator[str]:
    """Other texts that a person may read in the prompt, without those that say the same."""
    folded = prompt.casefold()
    alike = folded.translate(ALIKE)
    if alike != folded:
        yield alike
    for token in TOKEN.findall(alike):
        yield from _signs_as_letters(token)
    words = normalise(alike).split()
    yield from _spaced_out(words)
    for change in (_mirrored, _without_stutter):
        if not drawable.is_decent(" ".join(map(change, words))):
            odd = [word for word in words if len(word) > SPACED and not known.is_listed(word)]
            yield " ".join(map(change, odd))


def _mirrored(word: str) -> str:
    return word[::-1]


def _without_stutter(word: str) -> str:
    return re.sub(r"(.)\1+", r"\1", word)


def _signs_as_letters(token: str) -> Iterator[str]:
    """“n4ked” is “naked”; a number alone is a number."""
    signs = [char for char in token if char in SIGNS]
    if not signs or not any(map(str.isalpha, token)):
        return
    letters = [SIGNS.get(char, char) for char in token]
    if len(signs) > MOST_SIGNS:
        letters = [each[0] for each in letters]
    yield from map("".join, product(*letters))


def _spaced_out(words: list[str]) -> Iterator[str]:
    """“n a k e d”, also with other signs between: the letters of a row of single ones."""
    for is_single, row in groupby(words, key=lambda word: len(word) == 1):
        letters = "".join(row)
        if is_single and len(letters) >= SPACED:
            # The first may be an article.
            for each in (letters, letters[1:]):
                yield each
                yield each[::-1]
