"""A folder of pictures with their captions in one file, or in a text file beside each.

In captions.csv or captions.jsonl a row names the picture (`file`, `file_name` or `image`, relative
to the folder) and its text (`caption` or `text`). What `python -m generator world` writes is such a
folder. Without such a file, fox.jpg has its caption in fox.txt.
"""

import csv
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from generator.sources.records import (
    BrokenRecord,
    Keys,
    Record,
    SourceError,
    clean_caption,
    identity_of,
    printable,
)
from generator.sources.tars import IMAGES

CAPTION_FILES = ("captions.jsonl", "captions.csv", "metadata.jsonl", "metadata.csv")
FILE_FIELDS = ("file", "file_name", "image")
TEXT_FIELDS = ("caption", "text")


class Row(NamedTuple):
    """What stands in one line of the captions' file; `values` is None where nobody can read it."""

    line: int
    values: dict[str, Any] | None


class FolderSource:
    """Pictures by index; a line that cannot be read is a broken record."""

    damaged: dict[str, str]

    def __init__(self, folder: Path, keys: Keys | None = None) -> None:
        self.folder, self.keys, self.damaged = folder, keys or Keys(), {}
        self.file = caption_file(folder)
        try:
            self.rows = list(
                _rows(self.file, self.keys.delimiter) if self.file else _beside(folder)
            )
        except OSError as error:
            raise SourceError(f"{self.file or folder} cannot be read: {error}") from error
        if not self.rows:
            raise SourceError(f"{self.file or folder} has no captions")
        self.file_field = self._field(self.keys.image, FILE_FIELDS)
        self.text_field = self._field(self.keys.caption, TEXT_FIELDS)

    def _field(self, wanted: str | None, usual: tuple[str, ...]) -> str:
        found = dict.fromkeys(name for row in self.rows[:100] for name in row.values or ())
        names = [wanted] if wanted else usual
        name = next((name for name in names if name in found), None)
        if name is None and (wanted or found):
            columns = ", ".join(map(str, found))
            raise SourceError(f"{self.file} has no {' or '.join(names)}, but {columns}")
        return name or usual[0]

    @property
    def sizes(self) -> list[int]:
        return [len(self.rows)]

    @property
    def identity(self) -> str:
        return identity_of(self._line(row) for row in self.rows)

    def _line(self, row: Row) -> str:
        if row.values is None:
            return "broken"
        name = str(row.values.get(self.file_field))
        try:
            size = (self.folder / name).stat().st_size
        except (OSError, ValueError):
            size = -1
        return ascii((name, row.values.get(self.text_field), size))

    def caption(self, group: int, index: int) -> str:
        row = self.rows[index]
        name = self._name(row)
        text = (row.values or {}).get(self.text_field)
        if isinstance(text, Path):
            text = self._read(name, text)
        return clean_caption(name, text)

    def record(self, group: int, index: int) -> Record:
        name = self._name(self.rows[index])
        caption = self.caption(group, index)
        return Record(printable(name), self._read(name, self.folder / name), caption)

    def _name(self, row: Row) -> str:
        line = f"{(self.file or self.folder).name}, line {row.line}"
        if row.values is None:
            raise BrokenRecord(line, "it cannot be read as an object with file and caption")
        name = row.values.get(self.file_field)
        if not isinstance(name, str) or not name:
            raise BrokenRecord(line, f"it has no {self.file_field}")
        return name

    def _read(self, name: str, path: Path) -> bytes:
        """Only what is a file inside the folder: captions.csv may come from anybody."""
        try:
            if not path.resolve().is_relative_to(self.folder.resolve()):
                raise BrokenRecord(printable(name), f"it lies outside {self.folder}")
            if not path.is_file():
                raise BrokenRecord(printable(name), "there is no such file")
            return path.read_bytes()
        except (OSError, ValueError) as error:
            if isinstance(error, BrokenRecord):
                raise
            raise BrokenRecord(printable(name), f"it cannot be read ({error})") from error


def caption_file(folder: Path) -> Path | None:
    return next((folder / name for name in CAPTION_FILES if (folder / name).is_file()), None)


def has_pictures(folder: Path) -> bool:
    """Whether there is a picture with a text beside it."""
    return next(_beside(folder), None) is not None


def _beside(folder: Path) -> Iterator[Row]:
    pictures = (
        path
        for path in sorted(folder.rglob("*"))
        if path.suffix.lower().removeprefix(".") in IMAGES and not path.name.startswith(".")
    )
    for number, path in enumerate(pictures, start=1):
        if (text := path.with_suffix(".txt")).is_file():
            name = path.relative_to(folder).as_posix()
            yield Row(number, {FILE_FIELDS[0]: name, TEXT_FIELDS[0]: text})


def _rows(path: Path, delimiter: str) -> Iterator[Row]:
    # A byte that is no UTF-8 spoils the line it stands in, and no other.
    with path.open(encoding="utf-8-sig", errors="surrogateescape", newline="") as file:
        if path.suffix == ".csv":
            yield from _csv_rows(csv.DictReader(file, delimiter=delimiter))
        else:
            for number, line in enumerate(file, start=1):
                if line.strip():
                    yield Row(number, _loads(line))


def _csv_rows(reader: "csv.DictReader[str]") -> Iterator[Row]:
    while True:
        try:
            values = next(reader)
        except StopIteration:
            return
        except csv.Error:  # a field without end, for one
            yield Row(reader.reader.line_num, None)
        else:
            yield Row(reader.line_num, values)


def _loads(line: str) -> dict[str, Any] | None:
    try:
        values = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return values if isinstance(values, dict) else None
