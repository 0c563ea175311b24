"""Batches of captioned images, made on workers, the same for the same step in any run.

    source = open_source("shards/")                  # or a folder of pictures, or "hf:owner/name"
    stream = CaptionedImages(source, size=256, batch=32, seed=0, workers=4)
    for batch in stream.batches(first_step):
        batch.images, batch.captions

What is broken is passed over and counted: `stream.tally`.
"""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Protocol

import torch
from torch import Tensor
from torch.utils.data import DataLoader, IterableDataset, get_worker_info

from generator.sources.hub import HubSource
from generator.sources.opening import Indexed, Source
from generator.sources.order import Order
from generator.sources.pixels import Crop, decode, fit
from generator.sources.records import BrokenRecord, Record, SourceError, Tally

# Where so many are broken in a row, something else is wrong.
PATIENCE = 1000


@dataclass(frozen=True, slots=True)
class Batch:
    """images: (B, 3, size, size) float32 in [0, 1]; broken: name → why, of records passed over.

    things: (B, 1, size, size) float32, 1 where something is that the caption names, 0 elsewhere;
    None where nobody knows.
    """

    images: Tensor
    captions: list[str]
    broken: dict[str, str] = field(default_factory=dict)
    things: Tensor | None = None


@dataclass(frozen=True, slots=True)
class _Failure:
    """What a worker hands over instead of a batch: an exception would arrive as a traceback."""

    why: str


class CaptionedImages:
    """A source as an endless stream of batches that can be entered at any step.

    Args:
        size: side in pixels: the shorter side is resized to it, the longer one cropped.
        batch: samples a step, in this process.
        crop: where the longer side is cut.
        workers: processes that decode; 0 decodes in this one. A streamed source has one: the
            order that `datasets` gives depends on their number.
        rank, ranks: accelerate's `process_index` and `num_processes`. Step `k` of all processes
            together is positions `k·ranks·batch` to `(k + 1)·ranks·batch - 1`, each once an epoch.
    """

    def __init__(
        self,
        source: Source,
        *,
        size: int,
        batch: int,
        seed: int = 0,
        crop: Crop = "centre",
        workers: int = 0,
        rank: int = 0,
        ranks: int = 1,
    ) -> None:
        if not 0 <= rank < ranks:
            raise ValueError(f"process {rank} of {ranks}")
        if min(size, batch) < 1:
            raise ValueError(f"size {size} and batch {batch} must be positive")
        self.source, self.size, self.batch, self.crop, self.seed = source, size, batch, crop, seed
        self.rank, self.ranks = rank, ranks
        self.workers = 1 if isinstance(source, HubSource) else workers
        self.tally = Tally(broken=dict(source.damaged))

    @property
    def identity(self) -> str:
        """Of the data, whatever is made of it."""
        return self.source.identity

    def batches(self, first: int = 0) -> Iterator[Batch]:
        """Batches `first`, `first + 1`, … without end.

        Raises:
            SourceError: everything that was tried in a row is broken.
        """
        loader: DataLoader[Batch | _Failure] = DataLoader(
            _Steps(self, first),
            batch_size=None,
            num_workers=self.workers,
            prefetch_factor=4 if self.workers else None,
        )
        for made in loader:
            if isinstance(made, _Failure):
                raise SourceError(made.why)
            self.tally.add(len(made.captions), made.broken)
            yield made

    def reader(self) -> "_Reader":
        if isinstance(self.source, HubSource):
            return _Streamed(self.source.stream(self.seed, self.rank, self.ranks))
        return _Shuffled(self.source, self)

    def make(self, reader: "_Reader", step: int) -> Batch:
        """Batch `step`. The place of a broken record is taken by the next good one after it."""
        images: list[Tensor] = []
        captions: list[str] = []
        broken: dict[str, str] = {}
        places = iter(range(step * self.batch, (step + 1) * self.batch + PATIENCE))
        while len(captions) < self.batch:
            place = next(places, None)
            if place is None:
                raise SourceError(_hopeless(len(captions), broken))
            try:
                record = reader.record(place, step * self.batch)
                picture = decode(record.name, record.image, self.size)
                seed = (self.seed, self.rank, place)
                images.append(fit(picture, self.size, self.crop, seed))
                captions.append(record.caption)
            except BrokenRecord as error:
                broken[error.name] = error.why
        return Batch(torch.stack(images), captions, broken)


def _hopeless(good: int, broken: dict[str, str]) -> str:
    first = "; ".join(f"{name} ({why})" for name, why in list(broken.items())[:3])
    found = f"only {good} records" if good else "no record"
    return f"{found} among more than {PATIENCE} in a row can be used: {first}"


class _Reader(Protocol):
    def record(self, place: int, done: int) -> Record:
        """This process's record number `place`; those before `done` are not asked for again."""
        ...


class _Shuffled:
    """Process r of R has, of every R·batch positions, the r-th run of `batch`."""

    def __init__(self, source: Indexed, stream: CaptionedImages) -> None:
        self.source, self.stream = source, stream
        self.order = Order(source.sizes, stream.seed)

    def record(self, place: int, done: int) -> Record:
        step, index = divmod(place, self.stream.batch)
        position = (step * self.stream.ranks + self.stream.rank) * self.stream.batch + index
        return self.source.record(*self.order(position))


class _Streamed:
    """Remembers what was read ahead; what lies before the first place asked for is read over."""

    def __init__(self, records: Iterator[Record | BrokenRecord]) -> None:
        self.records, self.first = records, 0
        self.ahead: deque[Record | BrokenRecord] = deque()

    def record(self, place: int, done: int) -> Record:
        while self.first + len(self.ahead) <= place:
            self.ahead.append(next(self.records))
            if self.first < done:
                self._forget(done)
        self._forget(done)
        found = self.ahead[place - self.first]
        if isinstance(found, BrokenRecord):
            raise found
        return found

    def _forget(self, done: int) -> None:
        while self.ahead and self.first < done:
            self.ahead.popleft()
            self.first += 1


class _Steps(IterableDataset[Batch | _Failure]):
    """Worker w of W makes batches first + w, first + w + W, …: a DataLoader takes them in turn."""

    def __init__(self, stream: CaptionedImages, first: int) -> None:
        self.stream, self.first = stream, first

    def __iter__(self) -> Iterator[Batch | _Failure]:
        info = get_worker_info()
        number, workers = (info.id, info.num_workers) if info else (0, 1)
        try:
            reader = self.stream.reader()
            step = self.first + number
            while True:
                yield self.stream.make(reader, step)
                step += workers
        except SourceError as error:
            yield _Failure(str(error))
