"""The model's own pictures, with their mistakes, for the ranker to learn from.

Every prompt of the pool is sampled a few times; a judge, which was trained on real scenes, says
how right each picture is. A wrong picture is so never taken for its prompt. Sampling is most of
the work, so that codes are kept by themselves: painted by a better VQGAN or judged by a better
judge, they make another pool.

codes/codes.bin    (N, K, T) uint16, what BART sampled
codes/codes.json   what they were sampled with
pictures.bin       (N, K, 3, S, S) uint8, as large as CLIP looks at them
rightness.bin      (N, K) float32
pool.json          what they were painted and judged with
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional as F
from tqdm import tqdm

from generator.config import Sampling
from generator.drawing.sampling import sample_codes
from generator.folders.manifest import read_json
from generator.networks.bart import Bart
from generator.networks.vqgan import Vqgan
from generator.reading.text import plain
from generator.reading.tokenizer import CaptionTokenizer
from generator.training.codes.identity import claim, fingerprint
from generator.training.codes.rows import Rows
from generator.training.judge.recogniser import ATTRIBUTES, Recogniser
from generator.training.loop.stream import chance
from generator.world.scenes.scene import Scene
from generator.world.world import World

STREAM = 8
# A class that is ruled out is as wrong as it gets: how sure the judge is says no more.
_WORST = -4.0
# How often a prompt comes whose pictures are all alike, in nats of difference.
_ANY = 0.5
PROMPTS_AT_ONCE = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class PoolPlan:
    """How many prompts, how many pictures of each, how large, and how they are sampled.

    Of the pictures, `hot` ones are sampled at `hot_temperature`, so that some are broken.
    `precision` of sampling is "no" or "bf16", as in `Plan`.
    """

    prompts: int
    pictures: int = 9
    size: int = 192
    sampling: Sampling
    hot: int = 3
    hot_temperature: float = 1.3
    precision: str = "no"


class Pool:
    """Prompts with sampled pictures and how right each of them is, read from disk."""

    def __init__(self, folder: Path, world: World) -> None:
        known = read_json(folder / "pool.json")
        self.world = world
        pictures, rightness = _painted(folder, known["pictures"], known["size"])
        self.pictures: NDArray[Any] = pictures.read()
        self.rightness: NDArray[Any] = rightness.read()
        if not len(self.rightness):
            raise ValueError(f"{folder} holds no pictures")
        self.weights = _ANY + torch.from_numpy(np.ptp(self.rightness, axis=1))

    def __len__(self) -> int:
        return len(self.rightness)

    def batch(
        self, step: int, prompts: int, rows: slice, seed: int
    ) -> tuple[list[str], Tensor, Tensor]:
        """`rows` of the prompts of one step, drawn at random.

        Prompts come as often as their pictures differ in rightness: where all are right, their
        order has little to teach.

        Returns:
            P captions, pictures (P, K, 3, S, S) in [0, 1], and rightness (P, K).
        """
        prompts = min(prompts, len(self))
        drawn = torch.multinomial(self.weights, prompts, generator=chance(step, seed))
        found = drawn[rows].tolist()
        pictures = torch.from_numpy(self.pictures[found].astype(np.float32) / 255)
        captions = [prompt_of(self.world, index)[1] for index in found]
        return captions, pictures, torch.from_numpy(self.rightness[found].copy())


def prompt_of(world: World, index: int) -> tuple[Scene, str]:
    """Every other prompt is worded as puzzles are, the rest as captions vary."""
    scene = world.scene(STREAM, index)
    return scene, world.caption(scene, variation=index if index % 2 else 0)


def rightness_of(logits: dict[str, Tensor], targets: dict[str, Tensor]) -> Tensor:
    """How far pictures show their scene: log-probabilities of its classes, summed over what its
    caption tells.

    Args:
        logits: (B, classes) of each attribute, from the judge; targets: (B) the scene's classes.
    Returns:
        (B) at most 0, in nats.
    """
    found = [-F.cross_entropy(logits[name], targets[name], reduction="none") for name in ATTRIBUTES]
    return torch.stack(found).clamp(min=_WORST).sum(0)


@torch.no_grad()
def sample_pool(
    folder: Path, world: World, plan: PoolPlan, tokenizer: CaptionTokenizer, bart: Bart
) -> None:
    """Fill `folder/codes`, going on where it was stopped.

    Raises:
        ValueError: it was begun with another BART or otherwise sampled; more prompts are fine.
    """
    sampled = {
        "pictures": plan.pictures,
        "precision": plan.precision,
        "hot": plan.hot,
        "hot_temperature": plan.hot_temperature,
        **plan.sampling.to_dict(),
    }
    hot = replace(plan.sampling, temperature=plan.hot_temperature)
    claim(folder / "codes" / "codes.json", {**sampled, "bart": fingerprint(bart.state_dict())})
    if plan.precision == "bf16":
        bart = bart.to(torch.bfloat16)
    codes = _codes(folder, plan.pictures, bart.config.image_length)
    device = next(bart.parameters()).device
    codes.cut(start := len(codes))
    for indices in _parts(start, plan.prompts, "sampled"):
        ids, mask = tokenizer([*(plain(prompt_of(world, i)[1]) for i in indices), ""])
        seeds = [[index * plan.pictures + i for i in range(plan.pictures)] for index in indices]
        found = [
            sample_codes(bart, ids.to(device), mask.to(device), some, settings)
            for some, settings in (
                ([row[plan.hot :] for row in seeds], plan.sampling),
                ([row[: plan.hot] for row in seeds], hot),
            )
            if some[0]
        ]
        codes.append(torch.cat(found, dim=1).cpu().numpy())


@torch.no_grad()
def paint_pool(folder: Path, world: World, plan: PoolPlan, vqgan: Vqgan, judge: Recogniser) -> None:
    """Paint and judge what was sampled, going on where it was stopped.

    Raises:
        ValueError: this was begun with other networks or from other codes.
    """
    made_by = {name: fingerprint(network.state_dict())
               for name, network in (("vqgan", vqgan), ("judge", judge))}  # fmt: skip
    sampled = read_json(folder / "codes" / "codes.json")
    claim(
        folder / "pool.json",
        {"pictures": plan.pictures, "size": plan.size, "bart": sampled["bart"], **made_by},
    )
    codes = _codes(folder, plan.pictures, vqgan.config.grid**2).read()
    pictures, rightness = _painted(folder, plan.pictures, plan.size)
    start = min(len(pictures), len(rightness))
    pictures.cut(start)
    rightness.cut(start)
    for indices in _parts(start, min(plan.prompts, len(codes)), "painted"):
        own = torch.from_numpy(codes[indices[0] : indices[-1] + 1].astype(np.int64))
        scenes = [prompt_of(world, index)[0] for index in indices for _ in range(plan.pictures)]
        images = vqgan.decode(own.flatten(0, 1).to(judge.position.device)).clamp(0, 1)
        targets = {name: right.to(images.device) for name, right in judge.targets(scenes).items()}
        right = rightness_of(judge(images), targets)
        seen = F.interpolate(images, (plan.size,) * 2, mode="bicubic", antialias=True).clamp(0, 1)
        seen = (seen * 255).round().to(torch.uint8).unflatten(0, own.shape[:2])
        pictures.append(seen.cpu().numpy())
        rightness.append(right.unflatten(0, own.shape[:2]).cpu().numpy())


def _parts(start: int, end: int, what: str) -> Iterator[list[int]]:
    """Indices of the prompts that are still to do, a few at a time."""
    with tqdm(initial=start, total=end, desc=what, mininterval=2.0) as bar:
        for first in range(start, end, PROMPTS_AT_ONCE):
            indices = list(range(first, min(first + PROMPTS_AT_ONCE, end)))
            yield indices
            bar.update(len(indices))


def codes_of(folder: Path, plan: PoolPlan, length: int) -> NDArray[np.uint16]:
    """(N, K, T) codes as `sample_pool` left them."""
    found: NDArray[np.uint16] = _codes(folder, plan.pictures, length).read()[: plan.prompts]
    return found


def _codes(folder: Path, pictures: int, length: int) -> Rows:
    return Rows(folder / "codes" / "codes.bin", (pictures, length), np.uint16)


def _painted(folder: Path, pictures: int, size: int) -> tuple[Rows, Rows]:
    return (
        Rows(folder / "pictures.bin", (pictures, 3, size, size), np.uint8),
        Rows(folder / "rightness.bin", (pictures,), np.float32),
    )
