"""Safetensors files: indexed without reading their tensors, written one tensor at a time.

Eight bytes give the length of a JSON header; it gives each tensor's dtype, shape and place in
the rest of the file.
"""

import json
import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from generator.convert.errors import ConvertError
from generator.convert.formats.mistaken import check_is_data
from generator.convert.formats.stored import Piece, Shape, Stored, in_file

DTYPES = {
    "F64": torch.float64,
    "F32": torch.float32,
    "F16": torch.float16,
    "BF16": torch.bfloat16,
    "I64": torch.int64,
    "I32": torch.int32,
}
NAMES = {dtype: name for name, dtype in DTYPES.items()}
LONGEST_HEADER = 100_000_000


@dataclass(frozen=True, slots=True)
class Entry:
    """A tensor to be written; `make` is called when its turn comes, and not before."""

    name: str
    shape: Shape
    dtype: torch.dtype
    make: Callable[[], Tensor]

    @property
    def size(self) -> int:
        return math.prod(self.shape) * self.dtype.itemsize


def read_safetensors(path: Path) -> dict[str, Stored]:
    """Index one file.

    Raises:
        ConvertError: the file is truncated or no safetensors file.
    """
    check_is_data(path)
    try:
        header, start = _header(path)
        room = path.stat().st_size - start
        return {
            name: _stored(name, values, path, start, room)
            for name, values in header.items()
            if name != "__metadata__"
        }
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ConvertError(f"{path} cannot be read as safetensors: {error!r}") from error


def _header(path: Path) -> tuple[dict[str, Any], int]:
    with path.open("rb") as file:
        length = int.from_bytes(file.read(8), "little")
        if not 2 <= length <= min(LONGEST_HEADER, path.stat().st_size - 8):
            raise ValueError(f"a header of {length} bytes")
        header = json.loads(file.read(length))
    if not isinstance(header, dict):
        raise TypeError("the header is no object")
    return header, 8 + length


def _stored(name: str, values: dict[str, Any], path: Path, start: int, room: int) -> Stored:
    dtype = DTYPES[values["dtype"]]
    shape = tuple(int(size) for size in values["shape"])
    begin, end = (int(offset) for offset in values["data_offsets"])
    size = math.prod(shape) * dtype.itemsize
    if min(shape, default=0) < 0 or not 0 <= begin <= end <= room or end - begin != size:
        raise ValueError(f"{name} of shape {shape} lies at {begin} to {end} of {room} bytes")
    return in_file(name, shape, dtype, path, [Piece(start + begin, size)])


def write_safetensors(path: Path, entries: Sequence[Entry]) -> None:
    """Write tensors in the order given, each made, written and forgotten before the next."""
    header = json.dumps(dict(_places(entries)), separators=(",", ":")).encode()
    header += b" " * (-len(header) % 8)
    with path.open("wb") as file:
        file.write(len(header).to_bytes(8, "little") + header)
        for entry in entries:
            tensor = entry.make()
            if tuple(tensor.shape) != entry.shape or tensor.dtype != entry.dtype:
                raise ConvertError(f"{entry.name} came out as {tensor.dtype} {tensor.shape}")
            file.write(tensor.contiguous().view(-1).view(torch.uint8).numpy().data)
            del tensor


def _places(entries: Iterable[Entry]) -> Iterable[tuple[str, dict[str, Any]]]:
    begin = 0
    for entry in entries:
        end = begin + entry.size
        yield (
            entry.name,
            {
                "dtype": NAMES[entry.dtype],
                "shape": list(entry.shape),
                "data_offsets": [begin, end],
            },
        )
        begin = end
