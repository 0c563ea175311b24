"""Tar shards made of a folder of captioned pictures."""

import io
import itertools
import tarfile
from pathlib import Path, PurePosixPath

from generator.filtering.shards_out import write_whole
from generator.sources.folder import FolderSource
from generator.sources.records import BrokenRecord, Record, Tally


def pack(source: FolderSource, out: Path, per_shard: int) -> Tally:
    """Write 000000.tar and so on, each whole or not at all; what is broken is passed over.

    Raises:
        ValueError: a shard is to hold nothing.
    """
    if per_shard < 1:
        raise ValueError(f"a shard holds at least one picture, not {per_shard}")
    out.mkdir(parents=True, exist_ok=True)
    tally, numbers = Tally(), iter(range(sum(source.sizes)))
    for shard in itertools.count():
        if not (part := list(itertools.islice(numbers, per_shard))):
            return tally
        file = io.BytesIO()
        with tarfile.open(fileobj=file, mode="w") as tar:
            for number in part:
                try:
                    _add(tar, f"{number:08}", source.record(0, number))
                    tally.read += 1
                except BrokenRecord as error:
                    tally.add(0, {error.name: error.why})
        write_whole(out / f"{shard:06}.tar", file.getvalue())
    return tally


def _add(tar: tarfile.TarFile, key: str, record: Record) -> None:
    ending = PurePosixPath(record.name).suffix.lower()
    for name, data in ((key + ending, record.image), (f"{key}.txt", record.caption.encode())):
        header = tarfile.TarInfo(name)
        header.size = len(data)
        tar.addfile(header, io.BytesIO(data))
