"""Broken pictures, so that judges and the ranker know one when they see it.

A scene is taken apart as codes: those of a thing are shuffled among themselves, or pieces of
another scene take the place of some. What the VQGAN paints of that looks like what BART paints on
its worse days: of the right colours, in the right place, and nothing that has a name.
"""

from collections.abc import Sequence

import torch
from torch import Tensor
from torch.nn import functional as F

from generator.training.judge.labels import BROKEN

THINGS = {"subject": 1, "object": 2}
# Of a thing's cells; fewer leave it readable.
LEAST, MOST = 0.5, 1.0
# A cell is a thing's where it covers this much of it.
_COVERED = 0.2
# Of these nothing can be said where a thing is broken.
_LOST = ("relation", "colour", "count", "hand", "far", "mirrored")
IGNORED = -100


def spoil(
    codes: Tensor, parts: Tensor, dice: torch.Generator
) -> tuple[Tensor, list[tuple[str, ...]]]:
    """Break one thing of each picture, or both.

    Args:
        codes: (B, T), row by row; parts: (B, H, W) of `World.render_with_mask`.
    Returns:
        codes of as many broken pictures, and the names of what is broken in each.
    """
    spoiled, names = codes.clone(), []
    cells = _cells(parts, round(codes.size(1) ** 0.5)).to(codes.device)
    for row in range(len(codes)):
        there = [name for name, number in THINGS.items() if (cells[row] == number).any()]
        broken = _some(there, dice)
        for name in broken:
            places = (cells[row] == THINGS[name]).nonzero().flatten()
            count = max(1, round(len(places) * _between(LEAST, MOST, dice)))
            places = places[_shuffled(len(places), dice)[:count]]
            other = codes[(row + 1) % len(codes)]
            pieces = other[_shuffled(len(other), dice)[:count]]
            own = codes[row, places]
            if _between(0, 1, dice) < 0.5 and (own != own.roll(1)).any():
                pieces = own.roll(1)
            spoiled[row, places] = pieces
        names.append(broken)
    return spoiled, names


def mark(
    targets: dict[str, Tensor],
    classes: dict[str, tuple[str, ...]],
    first: int,
    broken: Sequence[Sequence[str]],
) -> None:
    """Tell the targets of a batch which of its pictures, from number `first` on, are broken.

    What is broken has the class BROKEN, and what can't be told beside it is not asked.
    """
    for row, names in enumerate(broken, start=first):
        for name in names:
            targets[name][row] = classes[name].index(BROKEN)
        for name in _LOST if names else ():
            if name in targets:
                targets[name][row] = IGNORED


def _cells(parts: Tensor, side: int) -> Tensor:
    """(B, T) of each cell: 1 where the subject is, 2 where the object is, 0 elsewhere."""
    found = [(parts == number).float().unsqueeze(1) for number in (0, *THINGS.values())]
    shares = torch.cat([F.adaptive_avg_pool2d(each, side) for each in found], dim=1).flatten(2)
    things = shares[:, 1:]
    return torch.where(things.amax(1) >= _COVERED, things.argmax(1) + 1, 0)


def _some(names: list[str], dice: torch.Generator) -> tuple[str, ...]:
    """One of them, or in a third of all cases all."""
    if len(names) > 1 and _between(0, 1, dice) < 2 / 3:
        return (names[int(_between(0, len(names), dice))],)
    return tuple(names)


def _shuffled(count: int, dice: torch.Generator) -> Tensor:
    return torch.randperm(count, generator=dice)


def _between(low: float, high: float, dice: torch.Generator) -> float:
    return low + (high - low) * float(torch.rand((), generator=dice))
