"""CLIP with convolutions before its vision transformer, in place of one map from raw patches.

Xiao et al. 2021, arXiv:2106.14881: transformers that begin with a few convolutions learn sooner and
more steadily. The layers are those of the VQGAN's encoder.
"""

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

from torch import Tensor, nn
from torch.nn import functional as F
from transformers import CLIPConfig, CLIPModel

from generator.networks.vqgan import EPSILON, Downsample, ResidualBlock

PATCH = 4
GROUPS = 8


class Stem(nn.Module):
    """(B, 3, S, S) → (B, width, S/stride, S/stride)."""

    def __init__(self, widths: Sequence[int], width: int) -> None:
        """`widths` of each level, from 1/4 of the picture's side down by halves."""
        super().__init__()
        self.conv_in = nn.Conv2d(3 * PATCH**2, widths[0], 3, padding=1)
        layers: list[nn.Module] = [ResidualBlock(widths[0], widths[0], GROUPS)]
        for inward, outward in pairwise(widths):
            layers += [Downsample(inward), ResidualBlock(inward, outward, GROUPS)]
        self.levels = nn.Sequential(*layers)
        self.norm_out = nn.GroupNorm(GROUPS, widths[-1], eps=EPSILON)
        self.conv_out = nn.Conv2d(widths[-1], width, 1)

    @property
    def weight(self) -> Tensor:
        """CLIPModel asks for its type."""
        return self.conv_out.weight

    def forward(self, pixels: Tensor) -> Tensor:
        x = self.levels(self.conv_in(F.pixel_unshuffle(pixels, PATCH)))
        return self.conv_out(F.silu(self.norm_out(x)))


def stride(widths: Sequence[int]) -> int:
    """Pixels a position of a stem's map, along one side."""
    return PATCH << (len(widths) - 1)


def build_clip(config: CLIPConfig) -> CLIPModel:
    """`transformers`' CLIPModel; where its vision config names `stem` widths, with such a stem.

    Raises:
        ValueError: the stem's map is not of as many positions as the patches.
    """
    model = CLIPModel(config)
    vision: Any = config.vision_config
    if widths := getattr(vision, "stem", None):
        if stride(widths) != vision.patch_size:
            raise ValueError(
                f"a stem of {len(widths)} levels has a stride of {stride(widths)}, the patches of "
                f"{vision.patch_size}"
            )
        embeddings: Any = model.vision_model.embeddings
        embeddings.patch_embedding = Stem(widths, vision.hidden_size)
    return model
