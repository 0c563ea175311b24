"""The dependency groups of pyproject.toml, for those who lack one: what to install, in one line."""

import shlex
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class NotInstalledError(RuntimeError):
    """A package is missing; the message names the command that installs it."""


@contextmanager
def needing(group: str) -> Iterator[None]:
    """Work that imports packages of a dependency group.

    Raises:
        NotInstalledError: one of them isn't there.
    """
    try:
        yield
    except ModuleNotFoundError as error:
        package = (error.name or "").partition(".")[0]
        if not package or package in sys.modules:
            raise  # a mistake of ours, which no installation mends
        raise NotInstalledError(f"{package} is not installed: {install(group)}") from error


def install(group: str) -> str:
    """The command that installs a dependency group, run in the project's folder."""
    python = Path(sys.executable)
    if python.is_relative_to(Path.cwd()):
        python = python.relative_to(Path.cwd())
    return f"{shlex.quote(str(python))} -m pip install -c constraints.txt --group {group}"
