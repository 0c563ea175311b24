"""WebDataset shards: tar files in which files of one base name are one sample.

000017.jpg  000017.txt        the caption as text, or
000017.jpg  000017.json       an object with "caption"
"""

import glob
import json
import re
import tarfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from generator.sources.records import BrokenRecord, Record, SourceError, clean_caption

IMAGES = ("jpg", "jpeg", "png", "webp", "gif", "bmp")
BRACES = re.compile(r"\{(\d+)\.\.(\d+)\}")


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


@dataclass(frozen=True, slots=True)
class Shard:
    """The samples of a tar file, up to where it is damaged; `damage` says how."""

    path: Path
    samples: list[Sample]
    damage: str | None

    def read(self, part: Part) -> bytes:
        with self.path.open("rb") as file:
            file.seek(part.offset)
            return file.read(part.size)

    def record(self, sample: Sample) -> Record:
        """Raises BrokenRecord when the picture or the caption is missing."""
        name = f"{self.path.name}/{sample.key}"
        image = next((sample.parts[kind] for kind in IMAGES if kind in sample.parts), None)
        if image is None:
            raise BrokenRecord(name, "it has no picture")
        caption = clean_caption(name, self._caption(name, sample))
        return Record(name, self.read(image), caption)

    def _caption(self, name: str, sample: Sample) -> object:
        if part := sample.parts.get("txt"):
            return self.read(part)
        if part := sample.parts.get("json"):
            try:
                values = json.loads(self.read(part))
            except ValueError as error:
                raise BrokenRecord(name, f"its json cannot be read ({error})") from error
            return values.get("caption") if isinstance(values, dict) else None
        return None


def read_shard(path: Path) -> Shard:
    """List what a tar file holds; its headers alone are read.

    Raises:
        SourceError: it cannot be read at all.
    """
    samples: list[Sample] = []
    damage = None
    try:
        with tarfile.open(path, "r:") as tar:
            try:
                for member in tar:
                    if member.isfile():
                        _add(samples, member)
                damage = _end_of(tar, path)
            except (tarfile.TarError, OSError) as error:
                damage = str(error)
    except (tarfile.TarError, OSError) as error:
        raise SourceError(f"{path} is no readable tar file: {error}") from error
    whole = [s for s in samples if _end(s) <= path.stat().st_size]
    return Shard(path, whole, damage)


def _add(samples: list[Sample], member: tarfile.TarInfo) -> None:
    place = PurePosixPath(member.name)
    stem, _, kind = place.name.partition(".")
    key = str(place.with_name(stem)) if stem else member.name
    if not samples or samples[-1].key != key:
        samples.append(Sample(key))
    part = Part(member.name, member.offset_data, member.size)
    samples[-1].parts[kind.lower()] = part


def _end(sample: Sample) -> int:
    return max(part.offset + part.size for part in sample.parts.values())


def _end_of(tar: tarfile.TarFile, path: Path) -> str | None:
    """tarfile takes a header that it cannot read for the end; a real end is a block of zeros."""
    with path.open("rb") as file:
        file.seek(tar.offset)
        block = file.read(tarfile.BLOCKSIZE)
    if len(block) < tarfile.BLOCKSIZE:
        return "it is cut off"
    return f"the header at byte {tar.offset} is damaged" if any(block) else None


def find_shards(place: str | Path | Sequence[str | Path]) -> list[Path]:
    """Tar files of a folder, or of patterns as `train-*.tar` and `train-{000..099}.tar`, in order.

    Raises:
        SourceError: there are none.
    """
    places = [place] if isinstance(place, str | Path) else place
    found = [path for each in places for path in _expand(str(each))]
    if not found:
        raise SourceError(f"there is no tar file at {', '.join(map(str, places))}")
    return found


def _expand(place: str) -> Iterator[Path]:
    if Path(place).is_dir():
        yield from sorted(Path(place).glob("*.tar"))
    elif braces := BRACES.search(place):
        first, last = braces.groups()
        for number in range(int(first), int(last) + 1):
            yield from _expand(BRACES.sub(str(number).zfill(len(first)), place, count=1))
    else:
        yield from map(Path, sorted(glob.glob(place)))  # noqa: PTH207 - absolute patterns too


class ShardSource:
    """Samples by (shard, index); `damaged` names shards that were read in part or not at all."""

    def __init__(self, place: str | Path | Sequence[str | Path]) -> None:
        self.damaged: dict[str, str] = {}
        self.shards: list[Shard] = []
        for path in find_shards(place):
            self._open(path)
        if not sum(self.sizes):
            said = "; ".join(f"{name}: {why}" for name, why in self.damaged.items())
            raise SourceError(f"no sample in {place}" + (f" ({said})" if said else ""))

    def _open(self, path: Path) -> None:
        try:
            shard = read_shard(path)
        except SourceError as error:
            self.damaged[str(path)] = str(error)
            return
        self.shards.append(shard)
        if shard.damage:
            self.damaged[str(path)] = f"{shard.damage}, after {len(shard.samples)} samples"

    @property
    def sizes(self) -> list[int]:
        return [len(shard.samples) for shard in self.shards]

    def record(self, group: int, index: int) -> Record:
        shard = self.shards[group]
        try:
            return shard.record(shard.samples[index])
        except OSError as error:
            raise BrokenRecord(f"{shard.path.name}/{index}", str(error)) from error
