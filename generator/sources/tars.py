"""The members of a tar file, put together to samples wherever they lie in it."""

import tarfile
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from generator.sources.records import SourceError, printable

IMAGES = ("jpg", "jpeg", "png", "webp", "gif", "bmp", "tif", "tiff")


@dataclass(frozen=True, slots=True)
class Part:
    """One file of a sample: where its bytes lie in the shard."""

    name: str
    offset: int
    size: int


@dataclass(frozen=True, slots=True)
class Sample:
    key: str
    parts: dict[str, Part] = field(default_factory=dict)


def list_members(path: Path) -> tuple[list[tarfile.TarInfo], str | None]:
    """The files that a tar has headers of, and how it is damaged after them, if it is.

    Raises:
        SourceError: it cannot be read at all.
    """
    members: list[tarfile.TarInfo] = []
    damage = None
    try:
        with tarfile.open(path, "r:") as tar:
            try:
                members += (member for member in tar if member.isfile())
                damage = _end_of(tar, path)
            except (tarfile.TarError, OSError) as error:
                damage = str(error)
    except (tarfile.TarError, OSError) as error:
        raise SourceError(f"{path} is no readable tar file: {error}") from error
    return members, damage


def _end_of(tar: tarfile.TarFile, path: Path) -> str | None:
    """tarfile takes a header that it cannot read for the end; a real end is a block of zeros."""
    with path.open("rb") as file:
        file.seek(tar.offset)
        block = file.read(tarfile.BLOCKSIZE)
    if len(block) < tarfile.BLOCKSIZE:
        return "it is cut off"
    return f"the header at byte {tar.offset} is damaged" if any(block) else None


def samples_of(members: Iterable[tarfile.TarInfo], image: str | None = None) -> list[Sample]:
    """In the order in which each sample's first file lies in the tar.

    `image` is what pictures end with, where it is nothing usual.
    """
    pictures = {*IMAGES, image}
    found: dict[str, Sample] = {}
    for member in members:
        if not _is_of_macos(member.name):
            _add(found, member, is_split_at_first_dot=True)
    return [sample for each in found.values() for sample in _divided(each, pictures)]


def _divided(sample: Sample, pictures: Collection[str | None]) -> list[Sample]:
    """Several samples, where the name ends at the last dot of each."""
    if len(sample.parts) < 2 or any(kind in pictures for kind in sample.parts):
        return [sample]
    found: dict[str, Sample] = {}
    for part in sample.parts.values():
        _add(found, part, is_split_at_first_dot=False)
    return list(found.values())


def _add(
    samples: dict[str, Sample], file: tarfile.TarInfo | Part, *, is_split_at_first_dot: bool
) -> None:
    place = PurePosixPath(file.name)
    if is_split_at_first_dot:
        stem, _, kind = place.name.partition(".")
    else:
        stem, _, kind = place.name.rpartition(".")
    key = printable(str(place.with_name(stem)) if stem else file.name)
    part = file if isinstance(file, Part) else Part(file.name, file.offset_data, file.size)
    samples.setdefault(key, Sample(key)).parts[kind.lower()] = part


def _is_of_macos(name: str) -> bool:
    """What macOS puts into archives beside the files themselves."""
    parts = PurePosixPath(name).parts
    return "__MACOSX" in parts or any(part.startswith("._") for part in parts)
