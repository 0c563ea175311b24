"""A file of equal arrays that grows at its end and is read through a memory map."""

import os
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray


class Rows:
    """Rows of one shape and type, one after the other and nothing else in the file.

    What a killed process wrote of its last row is cut off when the file is opened to go on.
    """

    def __init__(self, path: Path, shape: tuple[int, ...], dtype: DTypeLike) -> None:
        self.path, self.shape, self.dtype = path, shape, np.dtype(dtype)
        self.row_bytes = self.dtype.itemsize * int(np.prod(shape))

    def __len__(self) -> int:
        return self.path.stat().st_size // self.row_bytes if self.path.exists() else 0

    def cut(self, count: int) -> None:
        """Keep the first `count` rows."""
        if self.path.exists() and self.path.stat().st_size != count * self.row_bytes:
            os.truncate(self.path, count * self.row_bytes)

    def append(self, rows: NDArray[Any]) -> None:
        """Write (N, *shape) at the end."""
        if rows.shape[1:] != self.shape:
            raise ValueError(f"{self.path} holds rows of {self.shape}, not {rows.shape[1:]}")
        with self.path.open("ab") as file:
            file.write(np.ascontiguousarray(rows, self.dtype).tobytes())

    def read(self) -> NDArray[Any]:
        """All rows, (N, *shape), from the disk as they are touched."""
        if not len(self):
            return np.empty((0, *self.shape), self.dtype)
        return np.memmap(self.path, self.dtype, "r", shape=(len(self), *self.shape))
