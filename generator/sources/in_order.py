"""Every record of a source once, from the first to the last."""

from collections.abc import Iterator
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.utils.data import DataLoader, Dataset

from generator.sources.opening import Indexed
from generator.sources.pixels import decode, fit
from generator.sources.records import BrokenRecord


@dataclass(frozen=True, slots=True)
class Placed:
    """images: (B, 3, size, size) float32 in [0, 1]; places: of each record in the whole source.

    broken: name → why, of records passed over; a batch of which all are broken has no images.
    """

    images: Tensor
    captions: list[str]
    places: list[int]
    broken: dict[str, str]


@dataclass(frozen=True, slots=True)
class _Read:
    place: int
    image: Tensor
    caption: str


class InOrder:
    """Batches of pictures as a source has them, that can be entered at any record.

    Args:
        size: side in pixels: the shorter side is resized to it, the longer one cropped.
        workers: processes that decode; 0 decodes in this one.
    """

    def __init__(self, source: Indexed, size: int, batch: int, workers: int = 0) -> None:
        self.source, self.size, self.batch, self.workers = source, size, batch, workers
        self.identity = source.identity

    def __len__(self) -> int:
        return sum(self.source.sizes)

    def batches(self, first: int = 0) -> Iterator[Placed]:
        """From record `first` on; the last batch holds what is left."""
        loader: DataLoader[_Read | tuple[str, str]] = DataLoader(
            _Records(self.source, self.size, first),
            batch_size=self.batch,
            num_workers=self.workers,
            collate_fn=_together,
        )
        yield from iter(loader)


class _Records(Dataset["_Read | tuple[str, str]"]):
    def __init__(self, source: Indexed, size: int, first: int) -> None:
        self.source, self.size, self.first = source, size, first
        self.places = [(g, i) for g, count in enumerate(source.sizes) for i in range(count)][first:]

    def __len__(self) -> int:
        return len(self.places)

    def __getitem__(self, number: int) -> _Read | tuple[str, str]:
        try:
            record = self.source.record(*self.places[number])
            picture = decode(record.name, record.image, self.size)
            image = fit(picture, self.size, "centre")
        except BrokenRecord as error:
            return error.name, error.why
        return _Read(self.first + number, image, record.caption)


def _together(found: list[_Read | tuple[str, str]]) -> Placed:
    good = [each for each in found if isinstance(each, _Read)]
    return Placed(
        torch.stack([each.image for each in good]) if good else torch.empty(0),
        [each.caption for each in good],
        [each.place for each in good],
        dict(each for each in found if not isinstance(each, _Read)),
    )
