"""The world as an endless, addressable stream: batch `step` is the same in any run."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count
from typing import Protocol

import numpy as np
import torch
from torch import Tensor

from generator.config import BUNDLED_VQGAN
from generator.sources.batches import Batch
from generator.world.scenes.drawing import Mix
from generator.world.scenes.scene import Scene
from generator.world.world import World

BUNDLED_MIX = Mix()
# Stages draw from streams 1 to 9, and the runs of a stage with other seeds from others.
STREAMS = 10


def bundled_world(split: str = "train", size: int = BUNDLED_VQGAN.resolution) -> World:
    """The world as the bundled model is taught it."""
    return World(size, split, BUNDLED_MIX)


class Pictures(Protocol):
    """Captioned pictures without end, the same for the same number in any run.

    `identity` is the same for the same pictures, so that nobody goes on with others.
    """

    @property
    def identity(self) -> str: ...

    def batches(self, first: int = 0) -> Iterator[Batch]: ...


@dataclass(frozen=True, slots=True)
class WorldStream:
    """Scenes `step·batch … step·batch + batch - 1` of the world drawn with `seed`.

    Of each batch, `rows` are for this process.
    """

    world: World
    seed: int
    batch: int
    rows: slice = field(default_factory=lambda: slice(None))

    @property
    def identity(self) -> str:
        return "the world"

    def batches(self, first: int = 0) -> Iterator[Batch]:
        for step in count(first):
            scenes = self.scenes(step)
            captions = self.captions(scenes, step)[self.rows]
            images, things = self.images_and_things(scenes[self.rows])
            yield Batch(images, captions, things=things)

    def scenes(self, step: int) -> list[Scene]:
        first = step * self.batch
        return [self.world.scene(self.seed, first + i) for i in range(self.batch)]

    def captions(self, scenes: list[Scene], step: int) -> list[str]:
        first = step * self.batch
        return [self.world.caption(s, variation=first + i) for i, s in enumerate(scenes)]

    def images(self, scenes: list[Scene]) -> Tensor:
        """(B, 3, H, W) float32 in [0, 1]."""
        return self.images_and_things(scenes)[0]

    def images_and_things(self, scenes: list[Scene]) -> tuple[Tensor, Tensor]:
        """The pictures, and (B, 1, H, W) float32 of where their things are, 1 there and 0 else."""
        images, parts = self.images_and_parts(scenes)
        return images, (parts > 0).float().unsqueeze(1)

    def images_and_parts(self, scenes: list[Scene]) -> tuple[Tensor, Tensor]:
        """The pictures, and (B, H, W) uint8 of their parts (see `World.render_with_mask`)."""
        painted = [self.world.render_with_mask(scene) for scene in scenes]
        pixels = torch.from_numpy(np.stack([picture for picture, _ in painted]))
        parts = torch.from_numpy(np.stack([mask for _, mask in painted]))
        return pixels.permute(0, 3, 1, 2).float().div_(255), parts


def chance(step: int, seed: int) -> torch.Generator:
    """The randomness of one training step, the same after a resume."""
    return torch.Generator().manual_seed((seed * 0x9E3779B1 + step) % 2**32)
