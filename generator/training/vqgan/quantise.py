"""Learning through a quantiser: straight-through gradients, codebook losses, dead-code revival.

Papers: VQ-VAE (van den Oord et al. 2017, arXiv:1711.00937) for the first two; revival at current
latents as in Jukebox (Dhariwal et al. 2020, arXiv:2005.00341).
"""

from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from generator.networks.vqgan import Vqgan

COMMITMENT = 0.25
# A code that so many batches did without is dead.
IDLE_LIMIT = 200


class Painted(NamedTuple):
    """images (B, 3, H, W), latents (B, h, w, D), codes (B, h, w), codebook_loss ()."""

    images: Tensor
    latents: Tensor
    codes: Tensor
    codebook_loss: Tensor


class Autoencoder(nn.Module):
    """A VQGAN as one forward pass, from pictures to painted pictures, that can be learnt from.

    A VQGAN without a convolutional encoder keeps its codes: only what paints is trained, so that
    a BART trained on them stays right.
    """

    idle: Tensor

    def __init__(self, vqgan: Vqgan) -> None:
        super().__init__()
        self.vqgan = vqgan
        self.trains_codes = vqgan.encoder is not None
        if not self.trains_codes:
            for module in (vqgan.quantiser, vqgan.patch_to_code):
                if module is not None:
                    module.requires_grad_(False)
        self.register_buffer("idle", torch.zeros(vqgan.config.codebook_size, dtype=torch.int64))

    def forward(self, images: Tensor) -> Painted:
        with torch.set_grad_enabled(self.trains_codes and torch.is_grad_enabled()):
            latents = self.vqgan.latents(images)
        codes = self.vqgan.quantiser(latents.detach())
        entries = self.vqgan.quantiser.codebook(codes)
        loss = F.mse_loss(entries, latents.detach())
        loss = loss + COMMITMENT * F.mse_loss(latents, entries.detach())
        # Forward the entries, backward as if latents had passed unchanged.
        passed = latents + (entries - latents).detach()
        return Painted(self.vqgan.paint(passed), latents.detach(), codes, loss)

    @torch.no_grad()
    def revive(
        self, codes: Tensor, latents: Tensor, generator: torch.Generator, limit: int = IDLE_LIMIT
    ) -> int:
        """Put codes that went unused for `limit` batches where latents of this batch are.

        Args:
            codes: (N) int64 that this batch used; latents: (N, D).
        Returns:
            How many codes were moved.
        """
        self.idle += 1
        self.idle[codes] = 0
        dead = (self.idle >= limit).nonzero().squeeze(1)
        fresh = torch.randint(len(latents), (len(dead),), generator=generator)
        self.vqgan.quantiser.codebook.weight[dead] = latents[fresh.to(latents.device)].to(
            self.vqgan.quantiser.codebook.weight
        )
        self.idle[dead] = 0
        return len(dead)
