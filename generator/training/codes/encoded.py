"""Captioned pictures as codes: encoded once, then read from disk as often as BART wants.

codes.bin     (N, T) uint16, or uint32 for a codebook of more than 65,536 entries
places.bin    (N) int64, which record of the data each was
ends.bin      (N) int64, where each caption ends in captions.bin
captions.bin  all captions in UTF-8, one after the other
codes.json    what they were made with
"""

import os
from collections.abc import Iterator
from functools import lru_cache
from itertools import count
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from tqdm import tqdm

from generator.folders.manifest import read_json
from generator.networks.vqgan import Vqgan
from generator.sources.in_order import InOrder, Placed
from generator.sources.records import Tally, identity_of
from generator.training.codes.identity import check, claim, fingerprint_of_codes
from generator.training.codes.rows import Rows
from generator.training.loop.processes import processes
from generator.training.loop.stream import Pictures


class CodedCaptions(Protocol):
    """Captions with the (B, T) int64 codes of their pictures, without end (see `Pictures`)."""

    @property
    def identity(self) -> str: ...

    def batches(self, first: int = 0) -> Iterator[tuple[list[str], Tensor]]: ...


class EncodedPictures:
    """Pictures that are encoded as they are asked for."""

    def __init__(self, vqgan: Vqgan, pictures: Pictures) -> None:
        self.device = processes().device
        self.vqgan, self.pictures = vqgan.eval().to(self.device), pictures
        self.identity = pictures.identity

    def batches(self, first: int = 0) -> Iterator[tuple[list[str], Tensor]]:
        for batch in self.pictures.batches(first):
            with torch.no_grad():
                codes = self.vqgan.encode(batch.images.to(self.device))
            yield batch.captions, codes


class CodeFile:
    """Codes and captions on disk, in another order every epoch."""

    def __init__(
        self, folder: Path, vqgan: Vqgan, batch: int, rows: slice = slice(None), seed: int = 0
    ) -> None:
        """`rows` of each batch are for this process.

        Raises:
            ValueError: there are no codes, or they are not `vqgan`'s.
        """
        self.batch, self.rows, self.seed = batch, rows, seed
        check(folder / "codes.json", _identity(vqgan))
        files = _Files(folder, vqgan)
        self.codes, self.ends = files.codes.read(), files.ends.read()
        if not len(self.ends):
            raise ValueError(f"{folder} holds no codes")
        self.text = np.memmap(folder / "captions.bin", np.uint8, "r")
        self.identity = identity_of([*map(str, read_json(folder / "codes.json").items())])

    def __len__(self) -> int:
        return len(self.ends)

    def batches(self, first: int = 0) -> Iterator[tuple[list[str], Tensor]]:
        for step in count(first):
            found = [self._at(step * self.batch + i) for i in range(self.batch)[self.rows]]
            codes = torch.from_numpy(self.codes[found].astype(np.int64))
            yield [self.caption(index) for index in found], codes

    def caption(self, index: int) -> str:
        start = int(self.ends[index - 1]) if index else 0
        return self.text[start : int(self.ends[index])].tobytes().decode("utf-8")

    def _at(self, number: int) -> int:
        epoch, place = divmod(number, len(self))
        return int(_order(len(self), self.seed, epoch)[place])


@lru_cache(maxsize=2)
def _order(count: int, seed: int, epoch: int) -> NDArray[np.int64]:
    return np.random.Generator(np.random.Philox((seed << 64) + epoch)).permutation(count)


def write_codes(folder: Path, vqgan: Vqgan, pictures: InOrder) -> int:
    """Encode every picture once and keep it with its caption; goes on where it was stopped.

    Returns:
        How many pictures `folder` holds now; the broken ones are passed over, and told of.
    Raises:
        ValueError: the folder was begun with another VQGAN or of other pictures.
    """
    claim(folder / "codes.json", {**_identity(vqgan), "data": pictures.identity})
    files = _Files(folder, vqgan)
    first, tally = files.cut_to_whole(), Tally()
    device = processes().device
    vqgan = vqgan.eval().to(device)
    with tqdm(desc="encode", initial=first, total=len(pictures), mininterval=2.0) as bar:
        for batch in pictures.batches(first):
            tally.add(len(batch.captions), batch.broken)
            if batch.captions:
                with torch.no_grad():
                    files.append(batch, vqgan.encode(batch.images.to(device)).cpu().numpy())
            bar.update(len(batch.captions) + len(batch.broken))
    return len(files.ends)


class _Files:
    """What lies in a folder of codes."""

    def __init__(self, folder: Path, vqgan: Vqgan) -> None:
        dtype = np.uint16 if vqgan.config.codebook_size <= 2**16 else np.uint32
        self.captions = folder / "captions.bin"
        self.codes = Rows(folder / "codes.bin", (vqgan.config.grid**2,), dtype)
        self.places = Rows(folder / "places.bin", (), np.int64)
        self.ends = Rows(folder / "ends.bin", (), np.int64)

    def append(self, batch: Placed, codes: NDArray[Any]) -> None:
        texts = [caption.encode() for caption in batch.captions]
        with self.captions.open("ab") as file:
            start = file.tell()
            file.write(b"".join(texts))
        self.codes.append(codes)
        self.places.append(np.array(batch.places))
        self.ends.append(start + np.cumsum([len(text) for text in texts]))

    def cut_to_whole(self) -> int:
        """Drop what a kill left half written; the place of the first picture still to encode."""
        whole = min(len(self.codes), len(self.places), len(self.ends))
        for rows in (self.codes, self.places, self.ends):
            rows.cut(whole)
        if self.captions.exists():
            os.truncate(self.captions, int(self.ends.read()[-1]) if whole else 0)
        return int(self.places.read()[-1]) + 1 if whole else 0


def _identity(vqgan: Vqgan) -> dict[str, Any]:
    return {"length": vqgan.config.grid**2, "vqgan": fingerprint_of_codes(vqgan.state_dict())}
