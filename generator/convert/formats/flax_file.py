"""Flax's msgpack files, indexed without reading their tensors.

The file is a map of maps with tensors as leaves. A tensor is an extension of type 1 whose payload
is an array (shape, dtype name, bytes). One too large for msgpack is a map that marks itself as
chunked and holds flat tensors, to be laid end to end in the order of their numbers.

Only what Flax writes is understood. Every length is held against what is left of the file before
anything is done with it, so a damaged or malicious file costs nothing but an error message.
"""

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, TypeVar

import torch

from generator.convert.errors import ConvertError
from generator.convert.formats.mistaken import check_is_data
from generator.convert.formats.stored import Piece, Shape, Stored, in_file

DTYPES = {"float32": torch.float32, "float16": torch.float16, "bfloat16": torch.bfloat16}
CHUNKED = "__msgpack_chunked_array__"
NDARRAY = 1
Item = TypeVar("Item")
DEEPEST, MOST_AXES, LONGEST_NAME = 32, 8, 512


@dataclass(frozen=True, slots=True)
class Array:
    """A leaf as it lies in the file."""

    shape: Shape
    dtype: torch.dtype
    pieces: tuple[Piece, ...]


def read_flax(path: Path) -> dict[str, Stored]:
    """Index one file: names are the maps' keys joined by "/".

    Raises:
        ConvertError: the file is truncated or no Flax checkpoint, with the byte where it shows.
    """
    check_is_data(path)
    tensors: dict[str, Stored] = {}
    try:
        with path.open("rb") as file:
            for name, array in _Parser(file, path).leaves():
                if name in tensors:
                    raise ConvertError(f"{path} holds {name} twice")
                tensors[name] = in_file(name, array.shape, array.dtype, path, array.pieces)
    except OSError as error:
        raise ConvertError(f"{path} cannot be read: {error}") from error
    return tensors


class _Parser:
    def __init__(self, file: BinaryIO, path: Path) -> None:
        self.file, self.path = file, path
        self.size = path.stat().st_size
        self.at = 0  # where in the file we are
        self.token_at = 0  # where the last thing read began

    def leaves(self) -> Iterator[tuple[str, Array]]:
        count = self._map_length()
        if count is None:
            raise self._error("a Flax checkpoint starts with a map, and this does not")
        yield from self._map((), count)
        if self.at != self.size:
            raise self._error(f"{self.size - self.at} bytes follow the end of the checkpoint")

    def _map(self, above: tuple[str, ...], count: int) -> Iterator[tuple[str, Array]]:
        if len(above) >= DEEPEST:
            raise self._error(f"maps are nested more than {DEEPEST} deep")
        for index in range(count):
            key = self._text()
            if index == 0 and key == CHUNKED:
                yield "/".join(above), self._chunked(count)
                return
            name = (*above, key)
            inner = self._map_length()
            if inner is None:
                yield "/".join(name), self._array()
            else:
                yield from self._map(name, inner)

    def _chunked(self, count: int) -> Array:
        if count != 3 or self._byte() != 0xC3:
            raise self._error("a chunked array is not laid out as Flax does it")
        shape = self._checked_shape(self._numbered("shape", self._integer))
        chunks = self._numbered("chunks", self._array)
        dtypes = {chunk.dtype for chunk in chunks}
        held = sum(math.prod(chunk.shape) for chunk in chunks)
        if len(dtypes) != 1 or held != math.prod(shape):
            raise self._error(f"the chunks hold {held} numbers, which is no array {shape}")
        return Array(shape, dtypes.pop(), tuple(p for chunk in chunks for p in chunk.pieces))

    def _numbered(self, name: str, item: Callable[[], Item]) -> list[Item]:
        """A map from "0", "1", … to items, in the order of the numbers."""
        if self._text() != name or (count := self._map_length()) is None:
            raise self._error(f"a chunked array has no map of its {name}")
        items: dict[str, Item] = {}
        for _ in range(count):
            key = self._text()
            items[key] = item()
        if items.keys() != {str(number) for number in range(count)}:
            raise self._error(f"a chunked array's {name} is not numbered from 0")
        return [items[str(number)] for number in range(count)]

    def _array(self) -> Array:
        code, length = self._extension()
        if code != NDARRAY:
            raise self._error(f"extension type {code} stands where an array should")
        end = self.at + length
        if self._byte() != 0x93:
            raise self._error("an array does not consist of shape, dtype and data")
        shape = self._checked_shape([self._integer() for _ in range(self._list_length())])
        name = self._text()
        if name not in DTYPES:
            raise self._error(f"dtype {name!r} is none of {', '.join(DTYPES)}")
        dtype = DTYPES[name]
        size = self._data_length()
        if size != math.prod(shape) * dtype.itemsize or self.at + size != end:
            raise self._error(f"{size} bytes of data do not fill an array {shape} of {name}")
        piece = Piece(self.at, size)
        self._skip(size)
        return Array(shape, dtype, (piece,))

    def _checked_shape(self, sizes: list[int]) -> Shape:
        if len(sizes) > MOST_AXES:
            raise self._error(f"an array has {len(sizes)} axes")
        return tuple(sizes)

    # msgpack's own forms (https://github.com/msgpack/msgpack/blob/master/spec.md), as far as Flax
    # writes them.

    def _map_length(self) -> int | None:
        """How many pairs the map that begins here has; None where no map begins."""
        lead = self._byte()
        if lead & 0xF0 == 0x80:
            count = lead & 0x0F
        elif lead in (0xDE, 0xDF):
            count = self._number(2 if lead == 0xDE else 4)
        else:
            self.at = self.token_at
            self.file.seek(self.at)
            return None
        return self._checked_count(count, 2)

    def _list_length(self) -> int:
        lead = self._byte()
        if lead & 0xF0 != 0x90:
            raise self._error(f"a shape does not begin with 0x{lead:02x}")
        return self._checked_count(lead & 0x0F, 1)

    def _text(self) -> str:
        lead = self._byte()
        if lead & 0xE0 == 0xA0:
            length = lead & 0x1F
        elif lead in (0xD9, 0xC4):
            length = self._number(1)
        elif lead in (0xDA, 0xC5):
            length = self._number(2)
        else:
            raise self._error(f"a name does not begin with 0x{lead:02x}")
        if length > LONGEST_NAME:
            raise self._error(f"a name is {length} bytes long")
        try:
            return self._take(length).decode()
        except UnicodeDecodeError:
            raise self._error("a name is not UTF-8") from None

    def _integer(self) -> int:
        lead = self._byte()
        if lead < 0x80:
            return lead
        if not 0xCC <= lead <= 0xCF:
            raise self._error(f"a size does not begin with 0x{lead:02x}")
        return self._number(1 << (lead - 0xCC))

    def _extension(self) -> tuple[int, int]:
        """Type and length of the extension that begins here."""
        lead = self._byte()
        if 0xC7 <= lead <= 0xC9:
            length = self._number(1 << (lead - 0xC7))
        elif 0xD4 <= lead <= 0xD8:
            length = 1 << (lead - 0xD4)
        else:
            raise self._error(f"0x{lead:02x} stands where an array or a map should begin")
        code = self._byte()
        return code, self._checked_count(length, 1)

    def _data_length(self) -> int:
        lead = self._byte()
        if 0xC4 <= lead <= 0xC6:
            return self._checked_count(self._number(1 << (lead - 0xC4)), 1)
        raise self._error(f"an array's data does not begin with 0x{lead:02x}")

    def _checked_count(self, count: int, least: int) -> int:
        """A count of things of at least `least` bytes has to fit what is left of the file."""
        if count * least > self.size - self.at:
            raise self._error(f"{count} entries cannot fit the {self.size - self.at} bytes left")
        return count

    def _byte(self) -> int:
        self.token_at = self.at
        return self._take(1)[0]

    def _number(self, width: int) -> int:
        return int.from_bytes(self._take(width), "big")

    def _take(self, count: int) -> bytes:
        data = self.file.read(count)
        if len(data) != count:
            raise ConvertError(f"{self.path} is truncated: it ends at byte {self.size}")
        self.at += count
        return data

    def _skip(self, count: int) -> None:
        self.at += count
        self.file.seek(self.at)

    def _error(self, problem: str) -> ConvertError:
        return ConvertError(f"{self.path}, byte {self.token_at}: {problem}")
