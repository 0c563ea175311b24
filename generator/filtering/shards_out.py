"""What a filter leaves of a shard: the tar file of what was kept, and beside it what was decided.

Both appear whole or not at all, and the tar file last: where it is, the shard is finished.
"""

import io
import json
import os
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO, Any

from generator.filtering.verdicts import Drop, Verdict
from generator.sources.shards import Shard


@dataclass(frozen=True, slots=True)
class Decision:
    """NAME.json of a shard: how many samples it had, what was dropped, what was kept.

    `source` is the identity of the shard that was read.
    """

    read: int
    damage: str | None
    hashes: dict[str, int]
    dropped: list[Drop]
    source: str = ""


def write_kept(shard: Shard, verdict: Verdict, out: Path) -> Decision:
    """Write `out` and its decision.

    Raises:
        OSError: as of a full disk; what was half written is gone.
    """
    decision = Decision(
        len(shard.samples), shard.damage, verdict.hashes, verdict.dropped, shard.identity
    )
    with _whole(out) as tar_file, _whole(_decision_file(out)) as text:
        _write_tar(shard, verdict, tar_file)
        text.write(_dump(decision))
    return decision


def read_decision(out: Path) -> Decision | None:
    """What was decided of a finished shard; None when it is not finished."""
    if not out.is_file():
        return None
    try:
        values = json.loads(_decision_file(out).read_bytes())
        hashes = {name: int(value, 16) for name, value in values.pop("hashes").items()}
        dropped = [Drop(**drop) for drop in values.pop("dropped")]
        return Decision(**values, hashes=hashes, dropped=dropped)
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        return None


def write_whole(path: Path, data: bytes) -> None:
    with _whole(path) as file:
        file.write(data)


@contextmanager
def _whole(path: Path) -> Iterator[IO[bytes]]:
    """A file that takes its name when all is written, or else is removed."""
    staging = path.with_name(f".{path.name}.part")
    try:
        with staging.open("wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        staging.replace(path)
    finally:
        staging.unlink(missing_ok=True)


def _write_tar(shard: Shard, verdict: Verdict, file: IO[bytes]) -> None:
    with tarfile.open(fileobj=file, mode="w") as tar:
        for sample in verdict.kept:
            for part in sample.parts.values():
                header = tarfile.TarInfo(part.name)
                header.size = part.size
                tar.addfile(header, io.BytesIO(shard.read(part)))


def _dump(decision: Decision) -> bytes:
    values: dict[str, Any] = asdict(decision)
    values["hashes"] = {name: f"{value:064x}" for name, value in decision.hashes.items()}
    return json.dumps(values, ensure_ascii=False).encode()


def _decision_file(out: Path) -> Path:
    return out.with_suffix(".json")
