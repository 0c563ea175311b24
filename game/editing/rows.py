"""Prompts as editors paste or upload them: one a line, or CSV with a header.

Pure Python. Whatever stands in a row is kept as it was written, so that it can be shown again and
mended: what it means is for game.editing.bulk to judge.
"""

import codecs
import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from game.rules.boards import gettext_noop

COLUMNS = ("prompt", "day", "difficulty", "notes", "accepted")
MOST_ROWS = 5_000
MOST_BYTES = 1_000_000
DELIMITERS = (",", ";", "\t")
# Signs that a file isn't what Excel on Windows writes: on a Mac, quotes and accents of words come
# out as capitals inside of them, and some other Latin or Cyrillic as rows of accented letters.
_MISREAD = re.compile("[a-z][À-ÖØ-ÞŠŽŒŸ]|[ÒÓ][a-z]|[À-ÖØ-öø-ÿ]{3}")
# Cells are often quoted by a word processor.
_QUOTES = ("“”", "„“", "‘’", "«»", "»«")
# What Excel writes first to say which delimiter follows.
_SEPARATOR = re.compile(r'"?sep=."?', re.IGNORECASE)


class UnreadableError(ValueError):
    """No rows can be read from this: a translatable template and what fills it."""

    def __init__(self, template: str, **values: str | int) -> None:
        super().__init__(template % values)
        self.template = template
        self.values = values


@dataclass(frozen=True, slots=True)
class Row:
    prompt: str
    day: str = ""
    difficulty: str = ""
    notes: str = ""
    accepted: str = ""
    # Cells that stand under no heading.
    surplus: tuple[str, ...] = ()
    # Where it ended in the text; 0 when it came from nowhere.
    line: int = field(default=0, compare=False)

    @property
    def cells(self) -> tuple[str, ...]:
        return (self.prompt, self.day, self.difficulty, self.notes, self.accepted, *self.surplus)


def decode(data: bytes) -> str:
    """Read UTF-8 with or without a mark, UTF-16 with one, and what Excel on Windows writes."""
    refuse_large(len(data))
    if data.startswith(b"PK\x03\x04"):
        raise UnreadableError(
            gettext_noop("This is a workbook. Save it as CSV, and upload that instead.")
        )
    for encoding in _encodings(data):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if encoding != "cp1252" or not _MISREAD.search(text):
            return text
    raise UnreadableError(gettext_noop("This is no text. Save it as CSV in UTF-8."))


def _encodings(data: bytes) -> list[str]:
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return ["utf-16"]
    if b"\0" in data:
        # Of letters from a to z, every other byte is zero.
        return ["utf-16-le" if data[1::2].count(0) > data[0::2].count(0) else "utf-16-be"]
    return ["utf-8-sig", "cp1252"]


def read(text: str) -> list[Row]:
    """The rows of a text that aren't empty. A text without a header holds a prompt a line.

    Raises:
        UnreadableError: no text, too much of it, an unknown heading or an endless cell.
    """
    refuse_large(len(text.encode()))
    if "\0" in text:
        raise UnreadableError(gettext_noop("This is no text. Save it as CSV in UTF-8."))
    try:
        rows = [row for row in _rows(text.removeprefix("\ufeff")) if any(row.cells)]
    except csv.Error:
        raise UnreadableError(
            gettext_noop("A cell of this CSV never ends: its quotes don't match.")
        ) from None
    if len(rows) > MOST_ROWS:
        raise UnreadableError(
            gettext_noop("At most %(most)d prompts can be read at once, these are %(got)d."),
            most=MOST_ROWS,
            got=len(rows),
        )
    return rows


def write(rows: Sequence[Row]) -> str:
    """A text that `read` makes the same rows of, as simple as can be."""
    lines = "\n".join(row.prompt for row in rows)
    if list(rows) == list(_lines(lines)):
        return lines
    file = io.StringIO(newline="")
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerows(row.cells for row in rows)
    return file.getvalue()


def refuse_large(size: int) -> None:
    if size > MOST_BYTES:
        raise UnreadableError(
            gettext_noop("At most %(most)d bytes can be read at once, these are %(got)d."),
            most=MOST_BYTES,
            got=size,
        )


def _rows(text: str) -> Iterator[Row]:
    header = next((line for line in text.splitlines() if not _is_preamble(line)), "")
    delimiter = max(DELIMITERS, key=header.count)
    headings = _headings(header.split(delimiter))
    if "prompt" not in headings:
        return _lines(text)
    if headings == ["prompt"] and delimiter not in header:
        return (row for row in _lines(text) if _headings([row.prompt]) != headings)
    return _table(text, delimiter, headings)


def _is_preamble(line: str) -> bool:
    return not line.strip() or _SEPARATOR.fullmatch(line.strip()) is not None


def _headings(cells: Iterable[str]) -> list[str]:
    headings = [_unquoted(cell.strip()).strip().casefold() for cell in cells]
    while headings and not headings[-1]:
        headings.pop()
    return headings


def _lines(text: str) -> Iterator[Row]:
    for number, line in enumerate(text.splitlines(), start=1):
        if not _is_preamble(line):
            # Empty columns leave their delimiters behind.
            yield Row(_unquoted(line.strip().rstrip("".join(DELIMITERS)).rstrip()), line=number)


def _unquoted(line: str) -> str:
    if len(line) > 1 and line[0] == line[-1] == '"':
        return line[1:-1].replace('""', '"').strip()
    is_quoted = len(line) > 1 and line[0] + line[-1] in _QUOTES
    # Not of a line that begins and ends with two quoted words.
    return line[1:-1].strip() if is_quoted and line[0] not in line[1:-1] else line


def _table(text: str, delimiter: str, headings: list[str]) -> Iterator[Row]:
    _check_headings(headings)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    # What comes before the header, and the header itself.
    for cells in reader:
        if _headings(cells) == headings:
            break
    for cells in reader:
        named, surplus = {}, []
        for place, cell in enumerate(map(str.strip, cells)):
            if place < len(headings) and headings[place]:
                named[headings[place]] = cell
            else:
                surplus.append(cell)
        while surplus and not surplus[-1]:
            surplus.pop()
        yield Row(**({"prompt": ""} | named), surplus=tuple(surplus), line=reader.line_num)


def _check_headings(headings: Sequence[str]) -> None:
    for place, heading in enumerate(headings):
        if heading and heading not in COLUMNS:
            raise UnreadableError(
                gettext_noop("There is no column “%(heading)s”; these are known: %(known)s."),
                heading=heading,
                known=", ".join(COLUMNS),
            )
        if heading and heading in headings[:place]:
            raise UnreadableError(
                gettext_noop("There are two columns “%(heading)s”."), heading=heading
            )
