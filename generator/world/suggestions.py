"""Prompts to try."""

from __future__ import annotations

from generator.world.scenes import World


def suggest(seed: int, count: int, split: str = "all") -> list[str]:
    """``count`` different canonical prompts of a split, the same for the same arguments."""
    world = World(split=split)
    found: dict[str, None] = {}
    index = 0
    while len(found) < count:
        found.setdefault(world.caption(world.scene(seed, index)), None)
        index += 1
    return list(found)
