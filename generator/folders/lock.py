"""One at a time: two runs in one folder would write over each other."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

LOCK = ".lock"


class BusyError(ValueError):
    """Another process is at work in the folder."""


@contextmanager
def alone_in(folder: Path, *, is_patient: bool = False) -> Iterator[None]:
    """Keep others out of a folder; the system lets go of it when a process ends, however it ends.

    Args:
        is_patient: wait until the others have done.
    Raises:
        BusyError: another process, or another part of this one, is at work there.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / LOCK).open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | (0 if is_patient else fcntl.LOCK_NB))
        except BlockingIOError:
            raise BusyError(f"another run is at work in {folder}: wait for it or end it") from None
        yield
