"""Train a recogniser on scenes: the pool's judge here, the evaluation's in `evaluation`."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import cast

import torch
from torch import Tensor
from torch.nn import functional as F

from generator.networks.vqgan import Vqgan
from generator.training.judge.broken import IGNORED, mark, spoil
from generator.training.judge.labels import JUDGED
from generator.training.judge.recogniser import Recogniser, RecogniserConfig
from generator.training.loop.plan import Plan
from generator.training.loop.run import Run
from generator.training.loop.stream import BUNDLED_MIX, STREAMS, WorldStream, bundled_world, chance
from generator.world.world import World

JUDGE = RecogniserConfig(image_size=192, widths=(32, 64, 128, 192), blocks=(1, 2, 2, 1))
STREAM = 9
# Rare things often enough to be learnt: a judge that misreads them is no judge of them.
MIX = replace(BUNDLED_MIX, colour=0.2)
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
    # By whole pixels, which keep edges sharp.
    move[:, :, 2] = (SHIFT * side * (2 * amounts(2) - 1)).round() * 2 / side
    grid = F.affine_grid(move, list(images.shape), align_corners=False)
    images = F.grid_sample(images, grid, padding_mode="border", align_corners=False)
    soft = F.avg_pool2d(images, 5, 1, padding=2, count_include_pad=False)
    images = images.lerp(soft, amounts(1, 1, 1).square())
    images = images * (1 + TINT * (2 * amounts(3, 1, 1) - 1)) + LIGHT * (amounts(1, 1, 1) - 0.5)
    noise = torch.randn(images.shape, generator=dice).to(images.device)
    return (images + NOISE * amounts(1, 1, 1) * noise).clamp(0, 1)


def train_recogniser(
    folder: Path,
    plan: Plan,
    config: RecogniserConfig,
    stream: int,
    vqgan: Vqgan | None = None,
) -> None:
    """Train from scratch or go on; the average goes to `folder/model.safetensors`.

    Args:
        stream: of the world's scenes.
        vqgan: paints half of the pictures, and half of those broken. Without it all are scenes as
            they are.
    """
    with torch.random.fork_rng():
        torch.manual_seed(plan.seed)
        model = Recogniser(config, JUDGED)
    world = WorldStream(
        World(bundled_world().size, "train", MIX), stream + STREAMS * plan.seed, plan.batch
    )
    run = Run(
        folder, model, plan, on_save=lambda averaged, _: cast(Recogniser, averaged).save(folder)
    )
    painter = vqgan.eval().to(run.device) if vqgan is not None else None
    for step in run.steps():
        scenes = world.scenes(step)[run.share(plan.batch)]
        images, parts = world.images_and_parts(scenes)
        images, targets, dice = (
            images.to(run.device),
            model.targets(scenes),
            chance(step, plan.seed),
        )
        if painter is not None:
            with run.accelerator.autocast():
                painted, broken = paint_some(images, parts, painter, dice)
            images[: len(painted)] = painted
            mark(targets, model.classes, len(painted) - len(broken), broken)
        images = F.interpolate(images, (config.image_size,) * 2, mode="area")
        logits = run.model(worsen(images, dice))
        targets = {name: target.to(run.device) for name, target in targets.items()}
        losses = [loss_of(logits[name], target) for name, target in targets.items()]
        run.update(sum(losses[1:], losses[0]), right=share_right(logits, targets))


def train_judge(folder: Path, plan: Plan, config: RecogniserConfig, vqgan: Vqgan) -> None:
    """The judge of the pool, which is to look through what `vqgan` does to any picture."""
    train_recogniser(folder, plan, config, STREAM, vqgan)


@torch.no_grad()
def paint_some(
    images: Tensor, parts: Tensor, vqgan: Vqgan, dice: torch.Generator
) -> tuple[Tensor, list[tuple[str, ...]]]:
    """The first quarter of a batch as the VQGAN paints it, and the next one broken, with the names
    of what is broken in each of those (see `spoil`)."""
    quarter = len(images) // 4
    codes = vqgan.encode(images[: 2 * quarter])
    spoiled, broken = spoil(codes[quarter:], parts[quarter : 2 * quarter], dice)
    return vqgan.decode(torch.cat([codes[:quarter], spoiled])).clamp(0, 1), broken


def loss_of(logits: Tensor, target: Tensor) -> Tensor:
    """Cross entropy in nats over those that have a target; 0 where none has."""
    found = F.cross_entropy(logits, target, ignore_index=IGNORED, reduction="sum")
    return found / (target != IGNORED).sum().clamp(min=1)


def share_right(
    logits: dict[str, Tensor],
    targets: dict[str, Tensor],
    names: Sequence[str] = ("subject", "object", "place"),
) -> float:
    """The share of pictures of which all of `names` are read right."""
    right = [logits[name].argmax(1) == targets[name] for name in names]
    return float(torch.stack(right).all(0).float().mean())
