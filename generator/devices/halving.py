"""Work that takes less memory at a time when there is not enough for all of it."""

import ctypes
import gc
import logging
from collections.abc import Callable

import torch
from torch import Tensor

logger = logging.getLogger(__name__)
Work = Callable[[slice, slice], Tensor]


class Halving:
    """Runs work on G captions with N images each, in halves where all is too much at once.

    `most` is how many images have fitted so far; it only ever falls.
    """

    def __init__(self, most: int) -> None:
        if most < 1:
            raise ValueError(f"at least one image at once, not {most}")
        self.most = most

    def run(self, work: Work, captions: int, images: int) -> Tensor:
        """`work(rows, columns)` gives (g, n, …) for those captions and images of each.

        Returns:
            (captions, images, …)
        Raises:
            torch.OutOfMemoryError, RuntimeError: one image alone does not fit.
        """
        return self._run(work, slice(0, captions), slice(0, images))

    def _run(self, work: Work, rows: slice, columns: slice) -> Tensor:
        images = (rows.stop - rows.start) * (columns.stop - columns.start)
        if images <= self.most:
            try:
                return work(rows, columns)
            except RuntimeError as error:
                if images == 1 or not is_out_of_memory(error):
                    raise
            # Past the handler, so that the error no longer holds on to what it failed with.
            self.most = images // 2
            gc.collect()
            if torch.cuda.is_available():
                torch.cuda.empty_cache()
        if rows.stop - rows.start > 1:
            return torch.cat([self._run(work, half, columns) for half in halves(rows)], dim=0)
        return torch.cat([self._run(work, rows, half) for half in halves(columns)], dim=1)


def halves(whole: slice) -> tuple[slice, slice]:
    middle = (whole.start + whole.stop + 1) // 2
    return slice(whole.start, middle), slice(middle, whole.stop)


def is_out_of_memory(error: RuntimeError) -> bool:
    # On a CPU, torch has no class of its own for it.
    return isinstance(error, torch.OutOfMemoryError) or "can't allocate memory" in str(error)


def give_back_memory() -> None:
    """Ask glibc for what it keeps of freed memory, which would add to what is needed next."""
    try:
        ctypes.CDLL(None).malloc_trim(0)
    except (AttributeError, OSError):
        logger.debug("this C library gives memory back by itself, or not at all")
