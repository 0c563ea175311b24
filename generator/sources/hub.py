"""Captioned images of the Hugging Face hub, streamed by the package `datasets`."""

import importlib
import itertools
from collections.abc import Iterator
from typing import Any

from generator.sources.records import BrokenRecord, Keys, Record, SourceError, clean_caption

IMAGE_COLUMNS = ("image", "jpg", "png", "webp")
CAPTION_COLUMNS = ("caption", "text", "txt", "sentence")
SHUFFLED = 1000
# Where the pictures of a data set may lie; a row that names a file of this machine is refused.
REMOTE = ("hf://", "https://")


class HubSource:
    """Records in the order of a stream that `datasets` shuffles; they cannot be looked up.

    Raises:
        SourceError: the package is missing, the data set cannot be opened, or it lacks the columns.
    """

    damaged: dict[str, str]

    def __init__(self, name: str, split: str = "train", keys: Keys | None = None) -> None:
        self.name, self.split, self.damaged = name, split, {}
        keys = keys or Keys()
        self.dataset = self._open()
        columns = list(self.dataset.column_names or next(iter(self.dataset), {}))
        self.image = self._column(keys.image, IMAGE_COLUMNS, columns)
        self.caption = self._column(keys.caption, CAPTION_COLUMNS, columns)
        image_type = importlib.import_module("datasets").Image(decode=False)
        self.dataset = self.dataset.cast_column(self.image, image_type)

    @property
    def identity(self) -> str:
        return f"{self.name}:{self.split}"

    def _open(self) -> Any:
        try:
            datasets = importlib.import_module("datasets")
        except ImportError as error:
            raise SourceError(f"{self.name} needs the package datasets: {error}") from error
        try:
            return datasets.load_dataset(self.name, split=self.split, streaming=True)
        except Exception as error:  # the package passes on errors of its loaders and transports
            raise SourceError(f"{self.name} cannot be opened: {error}") from error

    def _column(self, wanted: str | None, usual: tuple[str, ...], columns: list[str]) -> str:
        found = next((c for c in ([wanted] if wanted else usual) if c in columns), None)
        if found is None:
            raise SourceError(
                f"{self.name} has the columns {', '.join(columns)}, and not "
                f"{wanted or ' or '.join(usual)}"
            )
        return found

    def stream(self, seed: int, rank: int, ranks: int) -> Iterator[Record | BrokenRecord]:
        """Endless: this process's part of one epoch after the other, each shuffled anew."""
        split = importlib.import_module("datasets.distributed").split_dataset_by_node
        dataset = split(self.dataset.shuffle(seed=seed, buffer_size=SHUFFLED), rank, ranks)
        for epoch in itertools.count():
            dataset.set_epoch(epoch)
            row = -1
            for row, values in enumerate(dataset):
                yield self._record(f"{self.name}, epoch {epoch}, record {row}", values)
            if row < 0:
                raise SourceError(f"{self.name} has nothing for process {rank} of {ranks}")

    def _record(self, name: str, values: dict[str, Any]) -> Record | BrokenRecord:
        try:
            caption = clean_caption(name, values[self.caption])
            return Record(name, _bytes_of(name, values[self.image]), caption)
        except BrokenRecord as broken:
            return broken


def _bytes_of(name: str, image: dict[str, Any] | None) -> bytes:
    """A picture comes along, or else the place of its file on the hub or on the web."""
    if image and (data := image.get("bytes")):
        return bytes(data)
    if not image or not image.get("path"):
        raise BrokenRecord(name, "it has no picture")
    if not str(image["path"]).rpartition("::")[2].startswith(REMOTE):
        raise BrokenRecord(name, "its picture is said to be a file of this machine")
    try:
        with importlib.import_module("fsspec").open(image["path"], "rb") as file:
            return bytes(file.read())
    except (OSError, ValueError) as error:
        raise BrokenRecord(name, f"its picture cannot be fetched ({error})") from error
