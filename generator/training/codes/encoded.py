"""Captioned pictures as codes: encoded once, then read from disk as often as BART wants.

codes.bin     (N, T) uint16, or uint32 for a codebook of more than 65,536 entries
ends.bin      (N) int64, where each caption ends in captions.bin
captions.bin  all captions in UTF-8, one after the other
codes.json    what they were made with
"""

import os
from collections.abc import Iterator
from functools import lru_cache
from itertools import count, islice
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from tqdm import tqdm

from generator.networks.vqgan import Vqgan
from generator.training.codes.identity import check, claim, fingerprint_of_codes
from generator.training.codes.rows import Rows
from generator.training.loop.processes import processes
from generator.training.loop.stream import Pictures


class CodedCaptions(Protocol):
    """Captions with the (B, T) int64 codes of their pictures, without end."""

    def batches(self, first: int = 0) -> Iterator[tuple[list[str], Tensor]]: ...


class EncodedPictures:
    """Pictures that are encoded as they are asked for."""

    def __init__(self, vqgan: Vqgan, pictures: Pictures) -> None:
        self.device = processes().device
        self.vqgan, self.pictures = vqgan.eval().to(self.device), pictures

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
        codes, ends = _files(folder, vqgan)
        self.codes, self.ends = codes.read(), ends.read()
        if not len(self.ends):
            raise ValueError(f"{folder} holds no codes")
        self.text = np.memmap(folder / "captions.bin", np.uint8, "r")

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


def write_codes(folder: Path, vqgan: Vqgan, pictures: Pictures, batch: int, total: int) -> int:
    """Encode pictures and keep them with their captions; goes on where it was stopped.

    Args:
        pictures: in batches of `batch`.
        total: how many to take, rounded up to whole batches.
    Returns:
        How many pictures `folder` holds now.
    Raises:
        ValueError: the folder holds another VQGAN's codes.
    """
    claim(folder / "codes.json", _identity(vqgan))
    codes, ends = _files(folder, vqgan)
    first, last = _cut_to_whole(folder, codes, ends, batch) // batch, -(-total // batch)
    source = islice(EncodedPictures(vqgan, pictures).batches(first), max(0, last - first))
    for captions, found in tqdm(source, desc="encode", initial=first, total=last, mininterval=2.0):
        _append(folder, codes, ends, found.cpu().numpy(), captions)
    return len(ends)


def _append(
    folder: Path, codes: Rows, ends: Rows, found: NDArray[Any], captions: list[str]
) -> None:
    texts = [caption.encode() for caption in captions]
    with (folder / "captions.bin").open("ab") as file:
        start = file.tell()
        file.write(b"".join(texts))
    codes.append(found)
    ends.append(start + np.cumsum([len(text) for text in texts]))


def _cut_to_whole(folder: Path, codes: Rows, ends: Rows, batch: int) -> int:
    """Drop what a kill left half written; how many pictures in whole batches are left."""
    whole = min(len(codes), len(ends)) // batch * batch
    codes.cut(whole)
    ends.cut(whole)
    if (folder / "captions.bin").exists():
        os.truncate(folder / "captions.bin", int(ends.read()[-1]) if whole else 0)
    return whole


def _files(folder: Path, vqgan: Vqgan) -> tuple[Rows, Rows]:
    dtype = np.uint16 if vqgan.config.codebook_size <= 2**16 else np.uint32
    codes = Rows(folder / "codes.bin", (vqgan.config.grid**2,), dtype)
    return codes, Rows(folder / "ends.bin", (), np.int64)


def _identity(vqgan: Vqgan) -> dict[str, Any]:
    return {"length": vqgan.config.grid**2, "vqgan": fingerprint_of_codes(vqgan.state_dict())}
