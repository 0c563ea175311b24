"""Reading what people type: letters matter, their accents, case and punctuation don't.

Pure Python, and linear in the length of a text.
"""

import unicodedata

_APOSTROPHES = "'`\u00b4\u2018\u2019\u02bc\u2032\uff07"
# Letters that Unicode doesn't decompose, as an English keyboard would write them.
# The page's own scripts read by the same table.
LETTERS = {
    **{"æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ħ": "h"},
    **{"ß": "ss", "\u0131": "i"},
}
_LATIN = str.maketrans(LETTERS | dict.fromkeys(_APOSTROPHES, ""))
_ALPHABET = frozenset("abcdefghijklmnopqrstuvwxyz0123456789")


def normalise(text: str) -> str:
    """Reduce a text to words of the letters a to z and 0 to 9, with one space between them.

    Apostrophes join (“fox's” is “foxs”); hyphens and everything else split.
    """
    kept = (char if char in _ALPHABET else " " for char in _fold(text) if not _is_silent(char))
    return " ".join("".join(kept).split())


def is_readable(text: str) -> bool:
    """Tell whether normalising loses only accents, case, spaces and punctuation: no content."""
    return all(
        char in _ALPHABET
        or char in " \t\r\n"
        or _is_silent(char)
        or unicodedata.category(char)[0] in "PZ"
        for char in _fold(text)
    )


def _fold(text: str) -> str:
    folded = unicodedata.normalize("NFKD", text.translate(_LATIN)).casefold()
    # Case folding can bring new marks (İ), and decomposing can bring new ligatures (ǽ).
    return unicodedata.normalize("NFKD", folded).translate(_LATIN)


def _is_silent(char: str) -> bool:
    category = unicodedata.category(char)
    return category[0] == "M" or category == "Cf"
