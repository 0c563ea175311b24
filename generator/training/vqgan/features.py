"""A small convolutional network that names what a scene shows, for what it sees on the way.

Distances between its features are the perceptual loss of the VQGAN, in the manner of LPIPS (Zhang
et al. 2018, arXiv:1801.03924) with equal weights; its classes judge sampled pictures for the
ranker. In the manner of VGG (Simonyan & Zisserman 2014, arXiv:1409.1556), with mean pooling,
which leaves no grid in gradients. It is no relative of the evaluation's recogniser: another
architecture, other seeds, other scenes.
"""

from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from generator.folders.weights import fill, load_tensors
from generator.training.judge.labels import CLASSES, SIZES, labels_of
from generator.training.loop.plan import Plan
from generator.training.loop.run import Run
from generator.training.loop.saving import save_weights
from generator.training.loop.stream import STREAMS, WorldStream, bundled_world, chance

WIDTHS = (12, 24, 48, 96, 160)
HIDDEN = 320
# Classes are told apart at this size; features are compared at any.
FEATURE_SIZE = 96
_CELLS = 3
EPSILON = 1e-6


class FeatureNet(nn.Module):
    """(B, 3, H, W) in [0, 1] → logits of every class of `labels.CLASSES`, side by side."""

    def __init__(self, widths: tuple[int, ...] = WIDTHS) -> None:
        super().__init__()
        inward = (3, *widths[:-1])
        self.levels = nn.ModuleList(
            nn.Sequential(
                nn.Conv2d(before, after, 3, padding=1, bias=False),
                nn.BatchNorm2d(after),
                nn.ReLU(),
            )
            for before, after in zip(inward, widths, strict=True)
        )
        self.hidden = nn.Linear(widths[-1] * _CELLS**2, HIDDEN)
        self.head = nn.Linear(HIDDEN, sum(SIZES))

    def features(self, images: Tensor) -> list[Tensor]:
        """One map a level, each at half the side of the one before, the first at full size."""
        x = 4 * images - 2
        found: list[Tensor] = []
        for level in self.levels:
            x = level(F.avg_pool2d(x, 2) if found else x)
            found.append(x)
        return found

    def forward(self, images: Tensor) -> Tensor:
        cells = F.adaptive_avg_pool2d(self.features(images)[-1], _CELLS)
        return self.head(F.relu(self.hidden(cells.flatten(1))))


class Perceptual(nn.Module):
    """The distance of two batches of pictures in the features of a trained network."""

    def __init__(self, net: FeatureNet) -> None:
        super().__init__()
        self.net = net.eval().requires_grad_(False)

    def forward(self, painted: Tensor, images: Tensor) -> Tensor:
        """Mean over pictures and places of squared differences of unit vectors, summed over levels.

        The first level is left out: it is as good as pixels, and most of the work.

        Args:
            painted, images: (B, 3, H, W), nominally in [0, 1]; gradients reach `painted` alone.
        """
        with torch.no_grad():
            wanted = [_unit(x) for x in self.net.features(images)[1:]]
        found = [_unit(x) for x in self.net.features(painted)[1:]]
        return torch.stack(
            [(a - b).square().sum(1).mean() for a, b in zip(found, wanted, strict=True)]
        ).sum()


def _unit(x: Tensor) -> Tensor:
    return x / (x.square().sum(1, keepdim=True) + EPSILON).sqrt()


def class_loss(logits: Tensor, labels: Tensor) -> Tensor:
    """Cross entropy in nats, summed over attributes: logits (B, sum of sizes), labels (B, 7)."""
    parts = logits.split(SIZES, dim=1)
    return torch.stack([F.cross_entropy(part, labels[:, i]) for i, part in enumerate(parts)]).sum()


def accuracies(logits: Tensor, labels: Tensor) -> dict[str, float]:
    """The share of pictures whose class is found, by attribute."""
    parts = zip(CLASSES, logits.split(SIZES, dim=1), labels.T, strict=True)
    return {name: float((part.argmax(1) == wanted).float().mean()) for name, part, wanted in parts}


def blur_some(images: Tensor, generator: torch.Generator) -> Tensor:
    """Half of the pictures lose their finest detail, as painted ones do."""
    soft = F.interpolate(F.avg_pool2d(images, 2), scale_factor=2.0, mode="bilinear")
    some = torch.rand(len(images), 1, 1, 1, generator=generator) < 0.5
    return torch.where(some, soft, images)


def shrink(images: Tensor, size: int = FEATURE_SIZE) -> Tensor:
    """Pictures as small as classes are told apart."""
    return F.interpolate(images, (size, size), mode="area")


def train_features(folder: Path, plan: Plan, size: int = FEATURE_SIZE) -> None:
    """Train on real scenes alone; the average goes to `folder/model.safetensors`."""
    with torch.random.fork_rng():
        torch.manual_seed(plan.seed)
        model = FeatureNet()
    stream = WorldStream(bundled_world(), seed=6 + STREAMS * plan.seed, batch=plan.batch)
    run = Run(folder, model, plan, lambda net, _: save_weights(net, folder / "model.safetensors"))
    for step in run.steps():
        scenes = stream.scenes(step)[run.share(plan.batch)]
        images = blur_some(shrink(stream.images(scenes), size), chance(step, plan.seed))
        labels = labels_of(scenes).to(run.device)
        logits = run.model(images.to(run.device))
        run.update(class_loss(logits, labels), **accuracies(logits.detach(), labels))


def load_features(folder: Path) -> FeatureNet:
    model, source = FeatureNet(), folder / "model.safetensors"
    fill(model, load_tensors(source), source)
    return model.eval()
