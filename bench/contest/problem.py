"""What both sides of a comparison are given: sizes, random weights, a caption, settings.

The weights are random, so no checkpoint is needed; they are lively enough for every norm, map and
position to change the result.
"""

from dataclasses import dataclass, replace
from pathlib import Path

import torch
from torch import Tensor, nn

from generator.config import MEGA_BART, MINI_BART, VQGAN_F16, BartConfig, Sampling, VqganConfig
from generator.folders.weights import fill
from generator.networks.bart import Bart
from generator.networks.vqgan import Vqgan

SETTINGS = Sampling()
BEGIN, PAD, END, FIRST_WORD = 0, 1, 2, 4
WORDS = 12
PAINTER = replace(VQGAN_F16, has_encoder=False)
# Tries the harness, not the networks: what min-dalle has no setting for is as in `mini`.
TINY = replace(
    MINI_BART, text_vocab_size=300, width=64, encoder_layers=1, decoder_layers=2,
    encoder_heads=4, decoder_heads=4, encoder_glu=96, decoder_glu=96,
)  # fmt: skip
SIZES = {"mini": MINI_BART, "mega": MEGA_BART, "tiny": TINY}


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """`images` pictures of one caption, by networks of one size."""

    size: str = "mini"
    images: int = 9
    threads: int = 1
    device: str = "cpu"
    dtype: str = "float32"
    seed: int = 0

    @property
    def bart_config(self) -> BartConfig:
        return SIZES[self.size]

    @property
    def torch_device(self) -> torch.device:
        return torch.device(self.device)

    @property
    def torch_dtype(self) -> torch.dtype:
        dtype: torch.dtype = getattr(torch, self.dtype)
        return dtype

    def networks(self) -> tuple[Bart, Vqgan]:
        """In float32 on the CPU, the same wherever this is called."""
        return random_bart(self.bart_config, self.seed), random_vqgan(PAINTER, self.seed + 1)

    def text(self, captions: int = 1) -> tuple[Tensor, Tensor]:
        """Random captions as the pipeline hands them on: ids and mask, the empty one last."""
        generator = torch.Generator().manual_seed(self.seed + 2)
        ids = torch.full((captions + 1, WORDS + 2), PAD)
        high = self.bart_config.text_vocab_size
        ids[:captions, 1:-1] = torch.randint(
            FIRST_WORD, high, (captions, WORDS), generator=generator
        )
        ids[:, 0] = BEGIN
        ids[:captions, -1] = END
        ids[captions, 1] = END
        return ids, ids != PAD


def random_bart(config: BartConfig, seed: int) -> Bart:
    with torch.device("meta"):
        bart = Bart(config)
    fill_randomly(bart, seed)
    return bart.eval()


def random_vqgan(config: VqganConfig, seed: int) -> Vqgan:
    with torch.device("meta"):
        vqgan = Vqgan(config)
    fill_randomly(vqgan, seed)
    return vqgan.eval()


def fill_randomly(module: nn.Module, seed: int) -> None:
    generator = torch.Generator().manual_seed(seed)
    tensors = {
        name: _random(name, tensor.shape, generator) for name, tensor in module.state_dict().items()
    }
    fill(module, tensors, Path("random weights"))
    module.requires_grad_(False)


def _random(name: str, shape: torch.Size, generator: torch.Generator) -> Tensor:
    noise = torch.randn(shape, generator=generator)
    if len(shape) == 1:
        return noise.mul_(0.3).add_(float(name.endswith("weight")))
    return noise.mul_(1.5 / shape[1:].numel() ** 0.5)
