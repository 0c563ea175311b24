"""The research export: tries of puzzles that are over everywhere, and nothing of who made them.

A play has a number that is drawn anew for every export. Players who opted out are left out, and so
are forgotten ones: whether they would still share can't be asked.
"""

import csv
import importlib
import io
import json
import os
import re
import secrets
import tempfile
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from datetime import date
from itertools import count, islice
from pathlib import Path
from typing import IO, NamedTuple

from django.db.models import CharField, QuerySet, Value
from django.db.models.functions import MD5, Cast, Concat
from django.utils import timezone
from django.utils.translation import gettext as _

from game.models import Puzzle, Try
from game.rules import clock
from game.words.text import normalise

CHUNK = 2000
# Moments are told no finer, so that a play can't be found in a server's log by its pace.
SECONDS = 10
MASK = "…"
# E-mail addresses, and whatever has as many digits as a telephone number, however divided.
PERSONAL = re.compile(r"\S*@\S*|\d(?:[\W_]*\d){6,}")
# Where a spreadsheet may begin a cell, by whichever delimiter it reads, with what it calculates.
FORMULA = re.compile(r"(?:^|(?<=[,;\t\r\n]))(?=\s*[-+=@\uff0d\uff0b\uff1d\uff20])")


class ExportError(Exception):
    """The export can't be written; the text is for the operator."""


class Row(NamedTuple):
    """One try. `words` has one for each open word of the board, “” where it was left empty."""

    play: int
    puzzle: int
    prompt: str
    number: int
    sentence: str
    words: list[str]
    marks: str
    score: int
    hard: bool
    hint: bool
    seconds: int


Write = Callable[[IO[bytes], Iterable[Row]], None]


def export(out: Path, form: str | None = None, since: date | None = None) -> int:
    """Write the file, whole or not at all, and say how many tries it holds.

    Raises:
        ExportError: the name's ending is of no format or of another, or the format needs a
            package that isn't installed.
        OSError: the folder isn't there, or the disk is full.
    """
    write = FORMATS[format_of(out, form)]()
    numbers = count()
    rows = (row for row, _number in zip(_rows(since), numbers, strict=False))
    with tempfile.NamedTemporaryFile(dir=out.parent, suffix=".part", delete=False) as part:
        try:
            write(part, rows)
            part.flush()
            os.fsync(part.fileno())
            Path(part.name).replace(out)
        except BaseException:
            # A full disk fails once more when the file is closed.
            with suppress(OSError):
                part.close()
            Path(part.name).unlink(missing_ok=True)
            raise
    return next(numbers)


def format_of(out: Path, wanted: str | None) -> str:
    """As the name ends; a name without an ending is CSV unless another format is wanted.

    Raises:
        ExportError: the ending says something else than what would be written.
    """
    ending = out.suffix.lower().removeprefix(".")
    told = ending if ending in FORMATS or wanted is None else wanted
    if told in FORMATS and wanted in (None, told):
        return told
    if not ending:
        return "csv"
    endings = " / ".join(f".{each}" for each in ([wanted] if wanted else FORMATS))
    raise ExportError(
        _("%(name)s was not written: a name has to end in %(endings)s.")
        % {"name": out.name, "endings": endings}
    )


def _shared(since: date | None) -> QuerySet[Try]:
    tries = Try.objects.filter(
        play__player__shares_guesses=True,
        play__puzzle__state=Puzzle.State.APPROVED,
        play__puzzle__play_on__lt=clock.first_possible_day(timezone.now()),
    )
    return tries.filter(play__puzzle__play_on__gte=since) if since else tries


def _rows(since: date | None) -> Iterator[Row]:
    """Play by play, in an order that tells nothing; read through a cursor, a chunk at a time."""
    shuffled = MD5(Concat(Value(secrets.token_hex()), Cast("play_id", CharField())))
    tries = _shared(since).annotate(shuffled=shuffled).order_by("shuffled", "number")
    play, number = None, 0
    for one in tries.select_related("play__puzzle").iterator(CHUNK):
        if one.play_id != play:
            play, number = one.play_id, number + 1
        yield _row(number, one)


def _row(play_number: int, one: Try) -> Row:
    play, puzzle = one.play, one.play.puzzle
    if puzzle.number is None:
        raise ValueError(f"puzzle {puzzle.pk} is not planned for a day")
    sentence, words = mask(one.sentence, one.words)
    passed = (one.created_at - play.started_at).total_seconds()
    return Row(
        play=play_number,
        puzzle=puzzle.number,
        prompt=puzzle.prompt,
        number=one.number,
        sentence=sentence,
        words=words,
        marks=json.dumps(one.marks),
        score=one.score,
        hard=play.is_hard,
        hint=play.hinted is not None,
        seconds=max(0, round(passed / SECONDS) * SECONDS),
    )


def mask(sentence: str, words: Sequence[str]) -> tuple[str, list[str]]:
    """Take out what may name somebody, also of the words that were read from the sentence, and of
    words that do so one after another. Signs are read as what they stand for: ＠ and ¹, say."""
    sentence = _plain(sentence)
    masked = PERSONAL.sub(MASK, sentence)
    taken_out = set(normalise(sentence).split()) - set(normalise(masked).split())
    in_a_row = " ".join(words)
    taken_out |= set(in_a_row.split()) - set(PERSONAL.sub(MASK, in_a_row).split())
    return masked, [word if taken_out.isdisjoint(word.split()) else MASK for word in words]


def _plain(sentence: str) -> str:
    """Without what isn't seen between two signs."""
    plain = unicodedata.normalize("NFKC", sentence)
    return "".join(char for char in plain if unicodedata.category(char) not in ("Cf", "Mn", "Me"))


def _harmless(cell: object) -> object:
    """A spreadsheet takes what begins like a formula for one, but not after an apostrophe."""
    return FORMULA.sub("'", cell) if isinstance(cell, str) else cell


def _csv() -> Write:
    def write(file: IO[bytes], rows: Iterable[Row]) -> None:
        text = io.TextIOWrapper(file, encoding="utf-8", newline="", write_through=True)
        table = csv.writer(text)
        table.writerow(Row._fields)
        for row in rows:
            cells = row._replace(words=json.dumps(row.words))  # type: ignore[arg-type]
            table.writerow(map(_harmless, cells))
        text.detach()

    return write


def _parquet() -> Write:
    try:
        arrow = importlib.import_module("pyarrow")
        parquet = importlib.import_module("pyarrow.parquet")
    except ImportError as error:
        raise ExportError(
            "Parquet is written by the package pyarrow: .venv/bin/python -m pip install pyarrow"
        ) from error
    whole, text, truth = arrow.int64(), arrow.string(), arrow.bool_()
    types = [whole, whole, text, whole, text, arrow.list_(text), text, whole, truth, truth, whole]
    schema = arrow.schema(list(zip(Row._fields, types, strict=True)))

    def write(file: IO[bytes], rows: Iterable[Row]) -> None:
        remaining = iter(rows)
        with parquet.ParquetWriter(file, schema) as table:
            while chunk := list(islice(remaining, CHUNK)):
                table.write_table(arrow.Table.from_pylist([row._asdict() for row in chunk], schema))

    return write


# Asked for first of all, so that a missing package is told before anything is read.
FORMATS: dict[str, Callable[[], Write]] = {"csv": _csv, "parquet": _parquet}
