"""WebDataset shards: tar files in which files of one base name are one sample.

000017.jpg  000017.txt        the caption as text, or
000017.jpg  000017.json       an object with "caption"

The files of a sample may lie anywhere in the tar. A base name ends at the first dot, as in
WebDataset; where that makes no sample with a picture (my.cat.jpg, my.dog.jpg), at the last one.
"""

import glob
import json
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any

from generator.sources.records import (
    BrokenRecord,
    Keys,
    Record,
    SourceError,
    clean_caption,
    identity_of,
)
from generator.sources.tars import IMAGES, Part, Sample, list_members, samples_of

BRACES = re.compile(r"\{(\d+)\.\.(\d+)\}")
CAPTION_FIELDS = ("caption", "text")


@dataclass(frozen=True, slots=True)
class Shard:
    """The samples of a tar file, up to where it is damaged; `damage` says how.

    `identity` changes with the names, sizes and dates of its members.
    """

    path: Path
    samples: list[Sample]
    damage: str | None
    identity: str = ""
    keys: Keys = field(default_factory=Keys)

    def read(self, part: Part) -> bytes:
        with self.path.open("rb") as file:
            file.seek(part.offset)
            return file.read(part.size)

    def name(self, sample: Sample) -> str:
        return f"{self.path.name}/{sample.key}"

    def record(self, sample: Sample) -> Record:
        """Raises BrokenRecord when the picture or the caption is missing."""
        name, caption = self.name(sample), self.caption(sample)
        kinds = [self.keys.image] if self.keys.image else IMAGES
        image = next((sample.parts[kind] for kind in kinds if kind in sample.parts), None)
        if image is None:
            raise BrokenRecord(name, f"it has no picture, only {', '.join(sample.parts)}")
        return Record(name, self.read(image), caption)

    def caption(self, sample: Sample) -> str:
        """Raises BrokenRecord when there is none."""
        name, key = self.name(sample), self.keys.caption
        place = PurePosixPath(sample.key)
        if place.is_absolute() or ".." in place.parts:
            raise BrokenRecord(name, "its name leads out of its folder")
        text = sample.parts.get(key or "txt")
        if text is not None:
            return clean_caption(name, self.read(text))
        values = self._fields(name, sample)
        fields = [key] if key else CAPTION_FIELDS
        return clean_caption(name, next((values[f] for f in fields if f in values), None))

    def _fields(self, name: str, sample: Sample) -> dict[str, Any]:
        if (part := sample.parts.get("json")) is None:
            return {}
        try:
            values = json.loads(self.read(part))
        except (ValueError, RecursionError) as error:
            raise BrokenRecord(name, f"its json cannot be read ({error})") from error
        return values if isinstance(values, dict) else {}

    def found(self, sample: Sample) -> list[str]:
        """Everything that a caption or picture could be called in a sample."""
        try:
            return [*sample.parts, *self._fields(self.name(sample), sample)]
        except BrokenRecord:
            return [*sample.parts]


def read_shard(path: Path, keys: Keys | None = None) -> Shard:
    """List what a tar file holds; its headers alone are read.

    Raises:
        SourceError: it cannot be read at all.
    """
    members, damage = list_members(path)
    identity = identity_of(f"{m.name} {m.size} {m.mtime}" for m in members)
    keys, size = keys or Keys(), path.stat().st_size
    whole = [s for s in samples_of(members, keys.image) if _end(s) <= size]
    return Shard(path, whole, damage, identity, keys)


def _end(sample: Sample) -> int:
    return max(part.offset + part.size for part in sample.parts.values())


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

    def __init__(self, place: str | Path | Sequence[str | Path], keys: Keys | None = None) -> None:
        self.damaged: dict[str, str] = {}
        self.shards: list[Shard] = []
        self.keys = keys or Keys()
        for path in find_shards(place):
            self._open(path)
        if not sum(self.sizes):
            said = "; ".join(f"{name}: {why}" for name, why in self.damaged.items())
            raise SourceError(f"no sample in {place}" + (f" ({said})" if said else ""))
        self._check_keys(place)

    def _open(self, path: Path) -> None:
        try:
            shard = read_shard(path, self.keys)
        except SourceError as error:
            self.damaged[str(path)] = str(error)
            return
        self.shards.append(shard)
        if shard.damage:
            self.damaged[str(path)] = f"{shard.damage}, after {len(shard.samples)} samples"

    def _check_keys(self, place: object) -> None:
        """A key that none of the first samples has is a slip of the pen."""
        shard = next(shard for shard in self.shards if shard.samples)
        found = Counter(name for sample in shard.samples[:100] for name in shard.found(sample))
        for key in (self.keys.image, self.keys.caption):
            if key is not None and key not in found:
                raise SourceError(f"{place} has no {key!r}, but {', '.join(sorted(found))}")

    @property
    def sizes(self) -> list[int]:
        return [len(shard.samples) for shard in self.shards]

    @property
    def identity(self) -> str:
        return identity_of(f"{shard.path.name} {shard.identity}" for shard in self.shards)

    def caption(self, group: int, index: int) -> str:
        shard = self.shards[group]
        return shard.caption(shard.samples[index])

    def record(self, group: int, index: int) -> Record:
        shard = self.shards[group]
        try:
            return shard.record(shard.samples[index])
        except OSError as error:
            raise BrokenRecord(f"{shard.path.name}/{index}", str(error)) from error
