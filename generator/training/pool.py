"""The model's own pictures, with their mistakes, for the ranker to learn from.

Every prompt of the pool is sampled a few times; the feature network, which was trained on real
scenes alone, says how right each picture is. A wrong picture is so never taken for its prompt.

pictures.bin   (N, K, 3, S, S) uint8, as large as CLIP looks at them
rightness.bin  (N, K) float32
pool.json      what they were made with
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional as F
from tqdm import tqdm

from generator.bart import Bart
from generator.config import Sampling
from generator.manifest import read_json
from generator.sampling import sample_codes
from generator.text import plain
from generator.tokenizer import CaptionTokenizer
from generator.training.data import chance
from generator.training.features import FeatureNet, shrink
from generator.training.identity import claim, fingerprint
from generator.training.labels import SIZES, labels_of
from generator.training.rows import Rows
from generator.vqgan import Vqgan
from generator.world import Scene, World

STREAM = 8
# A class that is ruled out is as wrong as it gets: how sure the judge is says no more.
_WORST = -4.0
PROMPTS_AT_ONCE = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class PoolPlan:
    """How many prompts, how many pictures of each, how large, and how they are sampled."""

    prompts: int
    pictures: int = 9
    size: int = 96
    sampling: Sampling


@dataclass(frozen=True, slots=True)
class Painters:
    """The networks that fill a pool, on one device."""

    tokenizer: CaptionTokenizer
    bart: Bart
    vqgan: Vqgan
    judge: FeatureNet

    def identity(self, plan: PoolPlan) -> dict[str, Any]:
        made_by = {
            name: fingerprint(network.state_dict())
            for name, network in (("bart", self.bart), ("vqgan", self.vqgan), ("judge", self.judge))
        }
        sizes = {"pictures": plan.pictures, "size": plan.size}
        return {**sizes, "sampling": plan.sampling.to_dict(), **made_by}


class Pool:
    """Prompts with sampled pictures and how right each of them is, read from disk."""

    def __init__(self, folder: Path, world: World) -> None:
        known = read_json(folder / "pool.json")
        self.world = world
        pictures, rightness = _files(folder, known["pictures"], known["size"])
        self.pictures: NDArray[Any] = pictures.read()
        self.rightness: NDArray[Any] = rightness.read()
        if not len(self.rightness):
            raise ValueError(f"{folder} holds no pictures")

    def __len__(self) -> int:
        return len(self.rightness)

    def batch(
        self, step: int, prompts: int, rows: slice, seed: int
    ) -> tuple[list[str], Tensor, Tensor]:
        """`rows` of the prompts of one step, drawn at random.

        Returns:
            P captions, pictures (P, K, 3, S, S) in [0, 1], and rightness (P, K).
        """
        found = torch.randperm(len(self), generator=chance(step, seed))[:prompts][rows].tolist()
        pictures = torch.from_numpy(self.pictures[found].astype(np.float32) / 255)
        captions = [prompt_of(self.world, index)[1] for index in found]
        return captions, pictures, torch.from_numpy(self.rightness[found].copy())


def prompt_of(world: World, index: int) -> tuple[Scene, str]:
    """Every other prompt is worded as puzzles are, the rest as captions vary."""
    scene = world.scene(STREAM, index)
    return scene, world.caption(scene, variation=index if index % 2 else 0)


def rightness_of(logits: Tensor, scene: Scene) -> Tensor:
    """How far pictures show a scene: log-probabilities of its classes, summed over attributes.

    Args:
        logits: (K, sum of sizes) of the judge.
    Returns:
        (K) at most 0, in nats.
    """
    labels = labels_of([scene])[0].tolist()
    parts = logits.split(SIZES, dim=1)
    found = [F.log_softmax(p, 1)[:, label] for p, label in zip(parts, labels, strict=True)]
    return torch.stack(found).clamp(min=_WORST).sum(0)


def make_pool(folder: Path, world: World, plan: PoolPlan, painters: Painters) -> None:
    """Fill `folder`, going on where it was stopped.

    Raises:
        ValueError: it was begun with other networks or another plan; more prompts are fine.
    """
    claim(folder / "pool.json", painters.identity(plan))
    pictures, rightness = _files(folder, plan.pictures, plan.size)
    start = min(len(pictures), len(rightness))
    pictures.cut(start)
    rightness.cut(start)
    with tqdm(initial=start, total=plan.prompts, desc="pool", mininterval=2.0) as bar:
        for first in range(start, plan.prompts, PROMPTS_AT_ONCE):
            indices = range(first, min(first + PROMPTS_AT_ONCE, plan.prompts))
            painted, right = _paint(world, plan, painters, list(indices))
            pictures.append((painted * 255).round().to(torch.uint8).cpu().numpy())
            rightness.append(right.cpu().numpy())
            bar.update(len(indices))


@torch.no_grad()
def _paint(
    world: World, plan: PoolPlan, painters: Painters, indices: list[int]
) -> tuple[Tensor, Tensor]:
    prompts = [prompt_of(world, index) for index in indices]
    ids, mask = painters.tokenizer([*(plain(caption) for _, caption in prompts), ""])
    device = next(painters.bart.parameters()).device
    seeds = [[index * plan.pictures + i for i in range(plan.pictures)] for index in indices]
    codes = sample_codes(painters.bart, ids.to(device), mask.to(device), seeds, plan.sampling)
    images = painters.vqgan.decode(codes.flatten(0, 1)).clamp(0, 1)
    logits = painters.judge(shrink(images)).unflatten(0, codes.shape[:2])
    right = [rightness_of(found, scene) for found, (scene, _) in zip(logits, prompts, strict=True)]
    seen = F.interpolate(images, (plan.size,) * 2, mode="bicubic", antialias=True).clamp(0, 1)
    return seen.unflatten(0, codes.shape[:2]), torch.stack(right)


def _files(folder: Path, pictures: int, size: int) -> tuple[Rows, Rows]:
    return (
        Rows(folder / "pictures.bin", (pictures, 3, size, size), np.uint8),
        Rows(folder / "rightness.bin", (pictures,), np.float32),
    )
