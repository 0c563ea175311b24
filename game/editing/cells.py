"""What an editor means by a cell of a row: a day, a difficulty, accepted answers. Pure Python."""

import re
from collections.abc import Collection
from datetime import date

from game.editing.rows import UnreadableError
from game.rules import boards
from game.rules.boards import gettext_noop
from game.rules.scoring import sentences
from game.words.text import normalise

_ISO = re.compile(r"(?P<year>\d{4})-(?P<month>\d\d?)-(?P<day>\d\d?)")
# What spreadsheets make of it: dots, typographic dashes, a time behind it. Days with slashes mean
# different things in different countries.
_DASHES = re.compile("[\u2010-\u2015\u2212\u00ad\ufe58\ufe63\uff0d]")
_TIME = re.compile(r"[T\s]\s*\d\d?:\d\d(:\d\d([.,]\d+)?)?$")
_DOTTED = re.compile(r"(?P<day>\d\d?)\.\s?(?P<month>\d\d?)\.\s?(?P<year>\d{4})")
_DIFFICULTY = re.compile(r"([1-5])(?:[.,]0+)?")
_BETWEEN = re.compile("[,;|]")


def read_day(cell: str) -> date:
    day = _TIME.sub("", _DASHES.sub("-", cell.strip("“”„\"'"))).strip()
    match = _ISO.fullmatch(day) or _DOTTED.fullmatch(day)
    try:
        if match:
            return date(int(match["year"]), int(match["month"]), int(match["day"]))
    except ValueError:
        pass
    raise UnreadableError(
        gettext_noop("“%(cell)s” is no day: write it like 2026-12-24."), cell=cell
    )


def read_difficulty(cell: str) -> int:
    match = _DIFFICULTY.fullmatch(cell)
    if match is None:
        raise UnreadableError(
            gettext_noop("“%(cell)s” is no difficulty: it goes from 1 to 5."), cell=cell
        )
    return int(match[1])


def read_accepted(cell: str, hidden: Collection[str]) -> list[tuple[str, str]]:
    """Pairs of hidden word and answer out of “bicycle=bike, fox=vixen”, each once."""
    pairs = filter(None, map(str.strip, _BETWEEN.split(cell)))
    return list(dict.fromkeys(_read_pair(pair, hidden) for pair in pairs))


def _read_pair(pair: str, hidden: Collection[str]) -> tuple[str, str]:
    named, _equals, answer = pair.replace("\uff1d", "=").partition("=")
    word = normalise(named)
    try:
        read = sentences.read_answer(answer)
    except boards.GuessError:
        read = ""
    if word not in hidden or read in ("", word):
        raise UnreadableError(
            gettext_noop("“%(pair)s”: name a word of the prompt and an answer, like bicycle=bike."),
            pair=pair,
        )
    return word, read
