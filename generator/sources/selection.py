"""A source in two parts: what is learnt from, and what is held out to see what was learnt."""

import hashlib
from collections import defaultdict
from dataclasses import dataclass

from tqdm import tqdm

from generator.sources.opening import Indexed
from generator.sources.records import BrokenRecord, Record, SourceError, Tally, identity_of


@dataclass(frozen=True)
class Selection:
    """Some records of a source, by (group, index) as in the source itself."""

    source: Indexed
    rows: list[list[int]]
    captions: list[str]

    @property
    def damaged(self) -> dict[str, str]:
        return self.source.damaged

    @property
    def sizes(self) -> list[int]:
        return [len(rows) for rows in self.rows]

    @property
    def identity(self) -> str:
        return identity_of([self.source.identity, *map(str, self.rows)])

    def caption(self, group: int, index: int) -> str:
        return self.source.caption(group, self.rows[group][index])

    def record(self, group: int, index: int) -> Record:
        return self.source.record(group, self.rows[group][index])


def split(source: Indexed, share: float) -> tuple[Selection, Selection, Tally]:
    """Records to learn from, and those of `share` of the captions (at least of one) held out.

    A caption is on one side, with all of its pictures: those of which a hash of the text is least
    are held out, so that the order of the records decides nothing. Pictures are not looked at yet.

    Raises:
        SourceError: there are not two different captions.
    """
    tally = Tally()
    found: dict[tuple[int, int], str] = {}
    places = [(group, i) for group, size in enumerate(source.sizes) for i in range(size)]
    for place in tqdm(places, desc="captions", mininterval=2.0):
        try:
            found[place] = source.caption(*place)
            tally.read += 1
        except BrokenRecord as error:
            tally.add(0, {error.name: error.why})
    different = sorted(set(found.values()), key=_lot)
    if len(different) < 2:
        raise SourceError(f"there is nothing to learn from {len(different)} captions")
    count = min(len(different) - 1, max(1, round(share * len(different))))
    held_out = set(different[:count])
    return (
        _select(source, {p: c for p, c in found.items() if c not in held_out}),
        _select(source, {p: c for p, c in found.items() if c in held_out}),
        tally,
    )


def _select(source: Indexed, found: dict[tuple[int, int], str]) -> Selection:
    rows: defaultdict[int, list[int]] = defaultdict(list)
    for group, index in found:
        rows[group].append(index)
    return Selection(source, [rows[g] for g in range(len(source.sizes))], list(found.values()))


def _lot(caption: str) -> bytes:
    return hashlib.sha256(caption.encode()).digest()
