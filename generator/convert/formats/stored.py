"""Tensors that lie in files: known by name, shape and dtype, read one at a time when asked for."""

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor

from generator.convert.errors import ConvertError

Shape = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Stored:
    """One tensor of a checkpoint under its original name.

    `read(None)` gives it whole, `read(i)` slice i of the first axis without reading the others.
    """

    name: str
    shape: Shape
    dtype: torch.dtype
    read: Callable[[int | None], Tensor]


@dataclass(frozen=True, slots=True)
class Piece:
    """`length` bytes of a file from `offset`."""

    offset: int
    length: int


def in_file(
    name: str, shape: Shape, dtype: torch.dtype, path: Path, pieces: Iterable[Piece]
) -> Stored:
    """A tensor whose little-endian bytes, C order, are the file's pieces put together."""
    pieces = tuple(pieces)

    def read(row: int | None) -> Tensor:
        size = math.prod(shape) * dtype.itemsize
        if row is None:
            return _tensor(_gather(path, pieces, 0, size), dtype, shape)
        size //= shape[0]
        return _tensor(_gather(path, pieces, row * size, size), dtype, shape[1:])

    return Stored(name, shape, dtype, read)


def in_memory(name: str, tensor: Tensor) -> Stored:
    """A tensor that another library has read, or mapped from its file."""

    def read(row: int | None) -> Tensor:
        return tensor if row is None else tensor[row]

    return Stored(name, tuple(tensor.shape), tensor.dtype, read)


def _tensor(data: bytearray, dtype: torch.dtype, shape: Shape) -> Tensor:
    if not data:
        return torch.empty(shape, dtype=dtype)
    return torch.frombuffer(data, dtype=dtype).view(shape)


def _gather(path: Path, pieces: tuple[Piece, ...], start: int, size: int) -> bytearray:
    """Bytes [start, start + size) of the pieces laid end to end."""
    data = bytearray(size)
    room, filled = memoryview(data), 0
    with path.open("rb", buffering=0) as file:
        for piece in pieces:
            skipped = min(start, piece.length)
            start -= skipped
            count = min(piece.length - skipped, size - filled)
            file.seek(piece.offset + skipped)
            _fill(file.readinto, room[filled : filled + count], path)
            filled += count
    return data


def _fill(readinto: Callable[[memoryview], int | None], room: memoryview, path: Path) -> None:
    while room:
        count = readinto(room)
        if not count:
            raise ConvertError(f"{path} ended while it was being read")
        room = room[count:]
