"""Caption rules: whole words and phrases are compared, never parts of words.

So "Essex", "cockpit" and "assassin bug" are judged by themselves and not by what they contain.
Endings of our own English words are folded, so that one entry stands for all its forms; listed
entries of other origin are taken as they are. Only scripts that don't divide words are searched
anywhere in the text.
"""

import re
import unicodedata
from functools import cache

from generator.reading.text import plain
from generator.safety.lists import FOLDED, HARMLESS, UNDIVIDED, read_listed

ENDINGS = (
    "s", "es", "ed", "d", "er", "ers", "ing", "ings", "y", "ies", "ful", "graphy", "graphic",
)  # fmt: skip


class UnsafePrompt(ValueError):
    """The prompt asks for something that is not drawn here."""


def unsafe_words(text: str) -> list[str]:
    """The words and phrases of a text that stand on a list: words first, in order."""
    found = HARMLESS.sub(" ", plain(text))
    listed = _listed_words()
    words = [word for word in found.split() if word in listed or _stems(word) & FOLDED]
    phrases = [phrase for phrase in _listed_phrases() if f" {phrase} " in f" {found} "]
    return words + phrases + _undivided_parts(text)


def check_prompt(prompt: str) -> None:
    """Raise UnsafePrompt, naming the words, when a prompt must not be drawn."""
    if words := unsafe_words(prompt):
        raise UnsafePrompt(f"this is not drawn here: {', '.join(words)}")


@cache
def _listed_words() -> frozenset[str]:
    return frozenset(e for e in read_listed() if " " not in e and not UNDIVIDED.search(e))


@cache
def _listed_phrases() -> tuple[str, ...]:
    return tuple(e for e in read_listed() if " " in e)


@cache
def _parts() -> re.Pattern[str]:
    # Longest first, so that the whole of a longer entry is named.
    parts = sorted((e for e in read_listed() if UNDIVIDED.search(e)), key=len, reverse=True)
    return re.compile("|".join(map(re.escape, parts)))


def _undivided_parts(text: str) -> list[str]:
    if not UNDIVIDED.search(text):
        return []
    return _parts().findall(unicodedata.normalize("NFKC", text).casefold())


def _stems(word: str) -> set[str]:
    """The word without each ending it may carry, and with the letter that the ending took."""
    stems = {word}
    for ending in ENDINGS:
        stem = word.removesuffix(ending)
        if stem == word:
            continue
        stems.add(stem)
        if ending[0] in "eiy":
            stems |= {stem + "e", stem + "y" if ending == "ies" else stem}
            if len(stem) > 2 and stem[-1] == stem[-2]:
                stems.add(stem[:-1])
    return stems
