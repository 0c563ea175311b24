"""`python -m generator.safety.build_lists` makes listed.txt of the package glin-profanity.

The package (MIT) carries lists in 24 languages, which grew out of the "List of Dirty, Naughty,
Obscene and Otherwise Bad Words". They are made for chats: half of some is everyday words, and a
word of one language is a harmless one of another, hence `ordinary.txt`.
"""

import importlib
import sys
import unicodedata

from generator.reading.text import plain
from generator.safety.lists import LISTED_FILE, UNDIVIDED, read_ordinary

LANGUAGES = (
    "arabic", "chinese", "czech", "danish", "dutch", "english", "esperanto", "finnish", "french",
    "german", "hindi", "hungarian", "italian", "japanese", "korean", "norwegian", "persian",
    "polish", "portuguese", "russian", "spanish", "swedish",
)  # fmt: skip
# Most of the Turkish list is politics and slips of the pen; much of the Thai one is single letters.
LEFT_OUT = ("thai", "turkish")
# Shorter words are too often a word of another language: "con", "del", "fan", "pot".
SHORTEST, SHORTEST_UNDIVIDED = 4, 2


def build() -> list[str]:
    """Every entry that is kept, in the form that the rules compare, in order of the alphabet.

    Raises:
        ImportError: glin-profanity is not installed.
    """
    library = importlib.import_module("glin_profanity.data.dictionary").dictionary
    ordinary = read_ordinary()
    kept = {
        form
        for language in LANGUAGES
        for entry in library.get_words(language)
        if (form := _form(entry, language)) and plain(entry) not in ordinary.get(language, ())
    }
    return sorted(kept)


def _form(entry: str, language: str) -> str | None:
    """None for what is too short or spelled with signs, which a plain text does not have."""
    if UNDIVIDED.search(entry):
        form = unicodedata.normalize("NFKC", entry).casefold()
        return form if len(form) >= SHORTEST_UNDIVIDED and form.isalnum() else None
    if not all(c.isalnum() or c in " -'’" or unicodedata.combining(c) for c in entry):
        return None
    form = plain(entry)
    return form if len(form) >= (2 if language == "english" else SHORTEST) else None


if __name__ == "__main__":
    entries = build()
    LISTED_FILE.write_text("".join(f"{entry}\n" for entry in entries), encoding="utf-8")
    sys.stdout.write(f"{len(entries)} entries are in {LISTED_FILE}\n")
