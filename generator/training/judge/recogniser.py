"""An independent reader of pictures: which nouns, relation, place, colour and count it sees.

A residual network (He et al. 2015, arXiv:1512.03385) that starts from space-to-depth; each
attribute is read off the last feature map by attention of its own, so that subject and object are
told apart by where they are.

Two are trained, of other sizes, seeds and scenes: the evaluation's examiner, and the pool's judge,
which tells the ranker which of the model's own pictures are right. Both see what the VQGAN does to
scenes, whole and broken, and neither sees a picture of BART's.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Self

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from generator.config import Config, ConfigError
from generator.folders.manifest import WeightsError, read_json
from generator.folders.weights import fill, load_tensors, save_tensors
from generator.training.judge.labels import CLASSES, JUDGED, values_of
from generator.world.scenes.scene import Scene

# Those that captions tell.
ATTRIBUTES = tuple(CLASSES)
_PATCH = 4
_MAPS = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class RecogniserConfig(Config):
    """`widths` and `blocks` of each stage, from 1/4 of `image_size` down by halves."""

    image_size: int = 96
    widths: tuple[int, ...] = (64, 128, 192)
    blocks: tuple[int, ...] = (1, 2, 1)

    def __post_init__(self) -> None:
        if len(self.widths) != len(self.blocks):
            raise ConfigError(f"{len(self.widths)} widths for {len(self.blocks)} stages")
        if min(self.image_size, *self.widths, *self.blocks) < 1:
            raise ConfigError(f"sizes start at 1, not {self.image_size, self.widths, self.blocks}")
        if self.image_size % self.stride:
            raise ConfigError(f"image size {self.image_size} is not a multiple of {self.stride}")

    @property
    def stride(self) -> int:
        """Pixels a position of the last feature map, along one side."""
        return _PATCH << (len(self.widths) - 1)


class Block(nn.Module):
    """Two 3×3 convolutions beside a skip; `stride` 2 halves the map."""

    def __init__(self, inward: int, outward: int, stride: int) -> None:
        super().__init__()
        self.conv_1 = nn.Conv2d(inward, outward, 3, stride, padding=1, bias=False)
        self.norm_1 = nn.BatchNorm2d(outward)
        self.conv_2 = nn.Conv2d(outward, outward, 3, padding=1, bias=False)
        self.norm_2 = nn.BatchNorm2d(outward)
        is_same = inward == outward and stride == 1
        self.skip = nn.Identity() if is_same else nn.Conv2d(inward, outward, 1, stride)

    def forward(self, x: Tensor) -> Tensor:
        h = F.relu(self.norm_1(self.conv_1(x)))
        return F.relu(self.norm_2(self.conv_2(h)) + self.skip(x))


def _stage(inward: int, outward: int, blocks: int, stride: int) -> nn.Sequential:
    later = [Block(outward, outward, 1) for _ in range(blocks - 1)]
    return nn.Sequential(Block(inward, outward, stride), *later)


class Reader(nn.Module):
    """Reads one attribute: attention over positions, then a linear map to its classes."""

    def __init__(self, width: int, classes: int) -> None:
        super().__init__()
        self.attention = nn.Conv2d(width, _MAPS, 1)
        self.out = nn.Linear(_MAPS * width, classes)

    def forward(self, x: Tensor) -> Tensor:
        weights = self.attention(x).flatten(2).softmax(-1)
        return self.out(torch.einsum("bmp,bcp->bmc", weights, x.flatten(2)).flatten(1))


class Recogniser(nn.Module):
    """Pictures to a distribution over the classes of every attribute."""

    def __init__(self, config: RecogniserConfig, classes: dict[str, tuple[str, ...]]) -> None:
        super().__init__()
        if set(classes) != set(JUDGED):
            raise ValueError(f"a recogniser reads {', '.join(JUDGED)}, not {', '.join(classes)}")
        self.config, self.classes = config, classes
        widths, side = config.widths, config.image_size // config.stride
        self.unshuffle = nn.PixelUnshuffle(_PATCH)
        self.conv_in = nn.Conv2d(3 * _PATCH**2, widths[0], 3, padding=1, bias=False)
        self.norm_in = nn.BatchNorm2d(widths[0])
        self.stages = nn.ModuleList([_stage(widths[0], widths[0], config.blocks[0], 1)])
        for (inward, outward), blocks in zip(pairwise(widths), config.blocks[1:], strict=True):
            self.stages.append(_stage(inward, outward, blocks, 2))
        self.position = nn.Parameter(0.1 * torch.randn(1, widths[-1], side, side))
        self.context = nn.Linear(widths[-1], widths[-1])
        self.mix = nn.Conv2d(widths[-1], widths[-1], 1)
        self.readers = nn.ModuleDict(
            {name: Reader(widths[-1], len(values)) for name, values in classes.items()}
        )

    @classmethod
    def load(cls, folder: Path, device: str = "cpu") -> Self:
        """Load what `save` wrote.

        Raises:
            WeightsError: a file is missing or damaged, or does not fit.
        """
        values = read_json(folder / "config.json")
        try:
            classes = {name: tuple(labels) for name, labels in values.pop("classes").items()}
            model = cls(RecogniserConfig.from_dict(values), classes)
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise WeightsError(f"{folder / 'config.json'} is no recogniser's: {error}") from error
        source = folder / "model.safetensors"
        fill(model, load_tensors(source), source)
        return model.to(device).eval()

    def save(self, folder: Path) -> None:
        """Write config.json and model.safetensors in float16."""
        save_tensors(self, folder / "model.safetensors")
        values = {**self.config.to_dict(), "classes": self.classes}
        (folder / "config.json").write_text(json.dumps(values, indent=1), encoding="utf-8")

    def prepare(self, images: Tensor) -> Tensor:
        """(B, 3, H, W) in [0, 1] of any size → (B, 3, image_size, image_size) in [-1, 1]."""
        side = self.config.image_size
        images = images.to(self.position.device)
        if images.shape[-2:] != (side, side):
            images = F.interpolate(images, (side, side), mode="area")
        return (2 * images - 1).contiguous(memory_format=torch.channels_last)

    def feature_maps(self, images: Tensor) -> list[Tensor]:
        """(B, 3, H, W) in [0, 1] → what each stage makes of them, the finest map first."""
        x = F.relu(self.norm_in(self.conv_in(self.unshuffle(self.prepare(images)))))
        maps = []
        for stage in self.stages:
            x = stage(x)
            maps.append(x)
        return maps

    def read(self, features: Tensor) -> dict[str, Tensor]:
        """The last feature map → (B, classes) logits of every attribute."""
        context = self.context(features.mean((2, 3)))[..., None, None]
        x = F.relu(self.mix(features + self.position + context))
        return {name: reader(x) for name, reader in self.readers.items()}

    def forward(self, images: Tensor) -> dict[str, Tensor]:
        return self.read(self.feature_maps(images)[-1])

    def targets(self, scenes: Sequence[Scene]) -> dict[str, Tensor]:
        """The right class of every attribute, (B,) int64 each.

        Raises:
            ValueError: a scene holds a word that this recogniser was never taught.
        """
        rows = [values_of(scene) for scene in scenes]
        targets = {}
        for name, labels in self.classes.items():
            index = {label: i for i, label in enumerate(labels)}
            if unknown := sorted({row[name] for row in rows} - index.keys()):
                raise ValueError(f"the recogniser was never taught the {name} {unknown[0]!r}")
            targets[name] = torch.tensor([index[row[name]] for row in rows])
        return targets
