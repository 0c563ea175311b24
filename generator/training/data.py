"""The world as an endless, addressable stream: batch `step` is the same in any run."""

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from generator.config import BUNDLED_VQGAN
from generator.world import Mix, Scene, World

# A small model learns more from few looks of each thing: nothing is moved off its place.
BUNDLED_MIX = Mix(
    colour=0.10,
    jitter=0.0,
    styles={"plain": 0.88, "pixel_art": 0.04, "black_and_white": 0.04, "cartoon": 0.04},
)


def bundled_world(split: str = "train") -> World:
    """The world as the bundled model is taught it."""
    return World(BUNDLED_VQGAN.resolution, split, BUNDLED_MIX)


@dataclass(frozen=True, slots=True)
class WorldStream:
    """Scenes `step·batch … step·batch + batch - 1` of the world drawn with `seed`."""

    world: World
    seed: int
    batch: int

    def scenes(self, step: int) -> list[Scene]:
        first = step * self.batch
        return [self.world.scene(self.seed, first + i) for i in range(self.batch)]

    def captions(self, scenes: list[Scene], step: int) -> list[str]:
        first = step * self.batch
        return [self.world.caption(s, variation=first + i) for i, s in enumerate(scenes)]

    def images(self, scenes: list[Scene]) -> Tensor:
        """(B, 3, H, W) float32 in [0, 1]."""
        pixels = np.stack([self.world.render(scene) for scene in scenes])
        return torch.from_numpy(pixels).permute(0, 3, 1, 2).float().div_(255)


def chance(step: int, seed: int) -> torch.Generator:
    """The randomness of one training step, the same after a resume."""
    return torch.Generator().manual_seed((seed * 0x9E3779B1 + step) % 2**32)
