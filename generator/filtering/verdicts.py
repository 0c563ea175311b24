"""Which samples of a shard are kept, and why the others are not.

The cheap checks come first: the caption's words, size and shape, then what CLIP sees. Duplicates
come last, so that a picture is only ever a duplicate of one that was kept.
"""

from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import NamedTuple

import torch
from torch import Tensor

from generator.filtering.duplicates import Duplicates, look_hash
from generator.filtering.judge import Judge
from generator.filtering.limits import Limits
from generator.safety.rules import unsafe_words
from generator.sources.pixels import decode, fit, size_of
from generator.sources.records import BrokenRecord
from generator.sources.shards import Shard
from generator.sources.tars import Sample

LOOKED_AT_ONCE = 64


@dataclass(frozen=True, slots=True)
class Drop:
    name: str
    caption: str
    reason: str
    detail: str


@dataclass(slots=True)
class Verdict:
    """`kept` in the order of the shard, with the hash of each picture."""

    kept: list[Sample] = field(default_factory=list)
    hashes: dict[str, int] = field(default_factory=dict)
    dropped: list[Drop] = field(default_factory=list)

    @property
    def reasons(self) -> Counter[str]:
        return Counter(drop.reason for drop in self.dropped)


class _Seen(NamedTuple):
    """A sample that passed the cheap checks; `pixels` is None without CLIP."""

    name: str
    sample: Sample
    caption: str
    hash: int
    pixels: Tensor | None


class Filter:
    """Judges shard after shard; what was kept before counts for the duplicates."""

    def __init__(self, limits: Limits, judge: Judge | None = None, workers: int = 1) -> None:
        self.limits, self.judge, self.workers = limits, judge, workers
        self.duplicates = None if limits.distance is None else Duplicates(limits.distance)

    def remember(self, hashes: dict[str, int]) -> None:
        """Pictures that were kept by an earlier run."""
        if self.duplicates is not None:
            for name, value in hashes.items():
                self.duplicates.add(value, name)

    def __call__(self, shard: Shard) -> Verdict:
        verdict = Verdict()
        with ThreadPoolExecutor(self.workers) as pool:
            for first in range(0, len(shard.samples), LOOKED_AT_ONCE):
                samples = shard.samples[first : first + LOOKED_AT_ONCE]
                looks = list(pool.map(lambda sample: self._look(shard, sample), samples))
                verdict.dropped += [look for look in looks if isinstance(look, Drop)]
                seen = [look for look in looks if isinstance(look, _Seen)]
                self._decide(seen, verdict)
        return verdict

    def _look(self, shard: Shard, sample: Sample) -> "_Seen | Drop":
        name, caption = f"{shard.path.name}/{sample.key}", ""
        try:
            record = shard.record(sample)
            caption = record.caption
            if self.limits.has_word_rules and (words := unsafe_words(caption)):
                return Drop(name, caption, "unsafe caption", ", ".join(words))
            if why := self._misshapen(*size_of(name, record.image)):
                return Drop(name, caption, *why)
            picture = decode(name, record.image)
        except BrokenRecord as error:
            return Drop(name, caption, "broken", error.why)
        pixels = fit(picture, self.judge.ranker.size, "centre") if self.judge else None
        return _Seen(name, sample, caption, look_hash(picture), pixels)

    def _misshapen(self, width: int, height: int) -> tuple[str, str] | None:
        shorter, longer = sorted((width, height))
        if shorter < self.limits.side:
            return "too small", f"{width} × {height} px"
        if longer > self.limits.aspect * shorter:
            return "too long", f"{width} × {height} px"
        return None

    def _decide(self, seen: list[_Seen], verdict: Verdict) -> None:
        for one, unfit in zip(seen, self._judged(seen), strict=True):
            if found := unfit or self._duplicate(one):
                verdict.dropped.append(Drop(one.name, one.caption, *found))
                continue
            verdict.kept.append(one.sample)
            verdict.hashes[one.name] = one.hash
            self.remember({one.name: one.hash})

    def _duplicate(self, one: _Seen) -> tuple[str, str] | None:
        twin = self.duplicates.find(one.hash) if self.duplicates is not None else None
        return ("duplicate", f"of {twin}") if twin else None

    def _judged(self, seen: list[_Seen]) -> Iterator[tuple[str, str] | None]:
        pixels = [one.pixels for one in seen if one.pixels is not None]
        if self.judge is None or not pixels:
            yield from [None] * len(seen)
            return
        shares, fits, kinds = self.judge(torch.stack(pixels), [one.caption for one in seen])
        for share, cosine, kind in zip(shares.tolist(), fits.tolist(), kinds, strict=True):
            if share > self.limits.unsafe:
                yield "unsafe picture", f"{share:.3f}, like “{kind}”"
            elif self.limits.fit is not None and cosine < self.limits.fit:
                yield "unfit caption", f"cosine {cosine:.3f}"
            else:
                yield None
