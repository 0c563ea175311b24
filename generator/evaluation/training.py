"""Train the recogniser on real scenes of the training split, made a little worse each time."""

from dataclasses import replace
from pathlib import Path
from typing import cast

import torch
from torch import Tensor
from torch.nn import functional as F

from generator.evaluation.recogniser import Recogniser, RecogniserConfig
from generator.training.data import BUNDLED_MIX, STREAMS, WorldStream, bundled_world, chance
from generator.training.labels import CLASSES
from generator.training.run import Plan, Run
from generator.world import World

PLAN = Plan(steps=2_200, batch=64, rate=2e-3, warmup=100, weight_decay=0.05, ema=0.995)
# Rare things often enough to be learnt: a judge that misreads them is no judge of them.
MIX = replace(
    BUNDLED_MIX,
    colour=0.2,
    styles={"plain": 0.72, "pixel_art": 0.07, "black_and_white": 0.07, "cartoon": 0.14},
)
STREAM = 7
SHIFT, TINT, LIGHT, NOISE = 0.04, 0.06, 0.08, 0.04


def worsen(images: Tensor, dice: torch.Generator) -> Tensor:
    """Shift, blur, tint, dim and add noise, each picture by its own random amount.

    Generated pictures are softer and less exact than real scenes; a reader of sharp scenes alone
    would mistake that for another noun.

    Args:
        images: (B, 3, S, S) in [0, 1].
    Returns:
        as many of the same size, in [0, 1].
    """
    B, side = len(images), images.size(-1)

    def amounts(*shape: int) -> Tensor:
        return torch.rand(B, *shape, generator=dice).to(images.device)

    move = torch.eye(2, 3, device=images.device).repeat(B, 1, 1)
    # By whole pixels, which keep the squares of pixel art sharp.
    move[:, :, 2] = (SHIFT * side * (2 * amounts(2) - 1)).round() * 2 / side
    grid = F.affine_grid(move, list(images.shape), align_corners=False)
    images = F.grid_sample(images, grid, padding_mode="border", align_corners=False)
    soft = F.avg_pool2d(images, 5, 1, padding=2, count_include_pad=False)
    images = images.lerp(soft, amounts(1, 1, 1).square())
    images = images * (1 + TINT * (2 * amounts(3, 1, 1) - 1)) + LIGHT * (amounts(1, 1, 1) - 0.5)
    noise = torch.randn(images.shape, generator=dice).to(images.device)
    return (images + NOISE * amounts(1, 1, 1) * noise).clamp(0, 1)


def train_recogniser(
    folder: Path, plan: Plan = PLAN, config: RecogniserConfig | None = None
) -> None:
    """Train from scratch or go on; the average goes to `folder/model.safetensors`."""
    config = config or RecogniserConfig()
    with torch.random.fork_rng():
        torch.manual_seed(plan.seed)
        model = Recogniser(config, CLASSES)
    world = World(bundled_world().size, "train", MIX)
    stream = WorldStream(world, seed=STREAM + STREAMS * plan.seed, batch=plan.batch)
    run = Run(
        folder, model, plan, on_save=lambda averaged, _: cast(Recogniser, averaged).save(folder)
    )
    for step in run.steps():
        scenes = stream.scenes(step)
        side = (config.image_size, config.image_size)
        images = F.interpolate(stream.images(scenes).to(run.device), side, mode="area")
        targets = {name: t.to(run.device) for name, t in model.targets(scenes).items()}
        logits = run.model(worsen(images, chance(step, plan.seed)))
        losses = [F.cross_entropy(logits[name], target) for name, target in targets.items()]
        right = [logits[name].argmax(1) == targets[name] for name in ("subject", "object", "place")]
        run.update(
            sum(losses[1:], losses[0]), right=float(torch.stack(right).all(0).float().mean())
        )
