"""A whole data set: shard after shard, resumable at every one."""

import json
import logging
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from generator.filtering.shards_out import Decision, read_decision, write_kept, write_whole
from generator.filtering.verdicts import Filter
from generator.folders.lock import alone_in
from generator.sources.records import SourceError
from generator.sources.shards import read_shard

logger = logging.getLogger(__name__)
SETTINGS = "filter.settings"


class FilterError(ValueError):
    """The filter cannot go on; every shard that it finished is whole."""


@dataclass(slots=True)
class Result:
    """What a run and those before it came to; `seconds` and `judged` are of this run alone."""

    decisions: dict[Path, Decision] = field(default_factory=dict)
    unreadable: dict[Path, str] = field(default_factory=dict)
    finished_before: int = 0
    judged: int = 0
    seconds: float = 0.0

    @property
    def read(self) -> int:
        return sum(decision.read for decision in self.decisions.values())

    @property
    def reasons(self) -> Counter[str]:
        return Counter(drop.reason for d in self.decisions.values() for drop in d.dropped)

    def table(self) -> str:
        lines = [("read", self.read), ("kept", self.read - self.reasons.total())]
        rows = [*lines, *self.reasons.most_common()]
        return "\n".join(f"{name:<16}{n:>9}{n / max(1, self.read):>8.1%}" for name, n in rows)


def filter_shards(
    shards: Sequence[Path],
    out: Path,
    judge: Filter,
    settings: dict[str, Any],
    on_shard: Callable[[Result], None] = lambda result: None,
) -> Result:
    """Write what `judge` keeps of each shard to a shard of the same name in `out`.

    Finished shards are passed over; their pictures still count for duplicates.

    Raises:
        FilterError: two shards have one name, `out` was begun with other settings, or it cannot
            be written to.
    """
    _check(shards, out)
    result, started = Result(), time.perf_counter()
    try:
        with alone_in(out):
            _keep_to(settings, out)
            for path in shards:
                _filter_one(path, out / path.name, judge, result)
                result.seconds = time.perf_counter() - started
                on_shard(result)
    except OSError as error:
        raise FilterError(
            f"{out}: stopped by {error}; the {len(result.decisions)} shards before are whole, and "
            "the same command goes on after them"
        ) from error
    if not result.decisions:
        said = "; ".join(result.unreadable.values())
        raise FilterError(f"no shard could be read: {said}")
    return result


def _filter_one(path: Path, out: Path, judge: Filter, result: Result) -> None:
    try:
        shard = read_shard(path)
    except SourceError as error:
        result.unreadable[path] = str(error)
        return
    decision = read_decision(out)
    if decision is not None and decision.source == shard.identity:
        judge.remember(decision.hashes)
        result.finished_before += 1
    else:
        if decision is not None:
            logger.warning("%s has changed since it was filtered: it is filtered anew", path)
        decision = write_kept(shard, judge(shard), out)
        result.judged += decision.read
    result.decisions[path] = decision


def _check(shards: Sequence[Path], out: Path) -> None:
    twice = [name for name, n in Counter(path.name for path in shards).items() if n > 1]
    if twice:
        raise FilterError(f"two shards are called {twice[0]}: filter them to different folders")
    if any(path.resolve().parent == out.resolve() for path in shards):
        raise FilterError(f"{out} is where the shards lie that are to be filtered")


def _keep_to(settings: dict[str, Any], out: Path) -> None:
    out.mkdir(parents=True, exist_ok=True)
    file = out / SETTINGS
    if not file.exists():
        write_whole(file, json.dumps(settings, indent=2).encode())
        return
    begun = json.loads(file.read_bytes())
    if changed := [name for name, value in settings.items() if begun.get(name) != value]:
        said = ", ".join(f"{name} {begun.get(name)!r}" for name in changed)
        raise FilterError(f"{out} was begun with {said}: go on with that, or choose another folder")


def write_report(result: Result, file: Path) -> None:
    """One line of JSON for every sample that was dropped and every shard that was damaged."""
    lines: list[dict[str, Any]] = [
        {"name": path.name, "reason": "unreadable shard", "detail": why}
        for path, why in result.unreadable.items()
    ]
    for path, decision in result.decisions.items():
        if decision.damage:
            detail = f"{decision.damage}, after {decision.read} samples"
            lines.append({"name": path.name, "reason": "damaged shard", "detail": detail})
        lines += [asdict(drop) for drop in decision.dropped]
    text = "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines)
    file.parent.mkdir(parents=True, exist_ok=True)
    write_whole(file, text.encode())
