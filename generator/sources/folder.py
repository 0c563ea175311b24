"""A folder of pictures with their captions in one file: captions.csv or captions.jsonl.

A row names the picture (`file`, `file_name` or `image`, relative to the folder) and its text
(`caption` or `text`). What `python -m generator world` writes is such a folder.
"""

import csv
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from generator.sources.records import BrokenRecord, Record, SourceError, clean_caption

CAPTION_FILES = ("captions.jsonl", "captions.csv", "metadata.jsonl", "metadata.csv")
FILE_FIELDS = ("file", "file_name", "image")
TEXT_FIELDS = ("caption", "text")


class FolderSource:
    """Pictures by index; a line that cannot be read is a broken record."""

    damaged: dict[str, str]

    def __init__(self, folder: Path, captions: Path | None = None) -> None:
        self.folder = folder
        self.file = captions or _caption_file(folder)
        self.damaged = {}
        try:
            self.rows = list(_rows(self.file))
        except (OSError, UnicodeDecodeError, csv.Error) as error:
            raise SourceError(f"{self.file} cannot be read: {error}") from error
        if not self.rows:
            raise SourceError(f"{self.file} has no captions")

    @property
    def sizes(self) -> list[int]:
        return [len(self.rows)]

    def record(self, group: int, index: int) -> Record:
        row = self.rows[index]
        line = f"{self.file.name}, entry {index + 1}"
        if not isinstance(row, dict):
            raise BrokenRecord(line, "it is no object with file and caption")
        name = _first(row, FILE_FIELDS)
        if not isinstance(name, str) or not name:
            raise BrokenRecord(line, f"it has none of {', '.join(FILE_FIELDS)}")
        caption = clean_caption(name, _first(row, TEXT_FIELDS))
        try:
            return Record(name, (self.folder / name).read_bytes(), caption)
        except (OSError, ValueError) as error:
            raise BrokenRecord(name, f"it cannot be read ({error})") from error


def _caption_file(folder: Path) -> Path:
    for name in CAPTION_FILES:
        if (folder / name).is_file():
            return folder / name
    raise SourceError(f"{folder} has none of {', '.join(CAPTION_FILES)}")


def _rows(path: Path) -> Iterator[Any]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        if path.suffix == ".csv":
            yield from csv.DictReader(file)
        else:
            for line in file:
                if line.strip():
                    yield _loads(line)


def _loads(line: str) -> Any:
    try:
        return json.loads(line)
    except ValueError:
        return None


def _first(row: dict[str, Any], names: tuple[str, ...]) -> Any:
    return next((row[name] for name in names if name in row), None)
