"""A VQGAN: pictures to a grid of codes and back.

Papers: VQGAN (Esser et al. 2021, arXiv:2012.09841), whose convolutional encoder and decoder this
is; VQ-VAE (van den Oord et al. 2017, arXiv:1711.00937) for the quantiser.

Deviations, all off by default (see VqganConfig): space-to-depth at the entrance and pixel shuffle
at the exit; a linear shortcut from whole patches to latents and back, which carries training until
the convolutions are worth something; no encoder beside that shortcut.
Pictures are in [0, 1] on both sides, as in the checkpoints of DALL·E mini.
"""

from itertools import pairwise

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from generator.config import VqganConfig

EPSILON = 1e-6


def _norm(channels: int, groups: int) -> nn.GroupNorm:
    return nn.GroupNorm(groups, channels, eps=EPSILON)


def _conv3(inward: int, outward: int) -> nn.Conv2d:
    return nn.Conv2d(inward, outward, 3, padding=1)


class ResidualBlock(nn.Module):
    def __init__(self, inward: int, outward: int, groups: int) -> None:
        super().__init__()
        self.norm_1 = _norm(inward, groups)
        self.conv_1 = _conv3(inward, outward)
        self.norm_2 = _norm(outward, groups)
        self.conv_2 = _conv3(outward, outward)
        self.skip = nn.Conv2d(inward, outward, 1) if inward != outward else None

    def forward(self, x: Tensor) -> Tensor:
        h = self.conv_1(F.silu(self.norm_1(x)))
        h = self.conv_2(F.silu(self.norm_2(h)))
        return h + (self.skip(x) if self.skip is not None else x)


class SpatialAttention(nn.Module):
    """One head over all positions of a feature map."""

    def __init__(self, channels: int, groups: int) -> None:
        super().__init__()
        self.norm = _norm(channels, groups)
        self.query = nn.Conv2d(channels, channels, 1)
        self.key = nn.Conv2d(channels, channels, 1)
        self.value = nn.Conv2d(channels, channels, 1)
        self.out = nn.Conv2d(channels, channels, 1)

    def forward(self, x: Tensor) -> Tensor:
        B, C, H, W = x.size()
        h = self.norm(x)
        q, k, v = (
            conv(h).flatten(2).transpose(1, 2).unsqueeze(1)
            for conv in (self.query, self.key, self.value)
        )
        mixed = F.scaled_dot_product_attention(q, k, v).squeeze(1).transpose(1, 2)
        return x + self.out(mixed.reshape(B, C, H, W))


class Downsample(nn.Module):
    """Stride-2 convolution that pads on the right and at the bottom only."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.conv = nn.Conv2d(channels, channels, 3, stride=2)

    def forward(self, x: Tensor) -> Tensor:
        return self.conv(F.pad(x, (0, 1, 0, 1)))


class Upsample(nn.Module):
    def __init__(self, channels: int) -> None:
        super().__init__()
        self.conv = _conv3(channels, channels)

    def forward(self, x: Tensor) -> Tensor:
        return self.conv(F.interpolate(x, scale_factor=2.0, mode="nearest"))


class Encoder(nn.Module):
    """(B, 3, H, W) → (B, latent_channels, H/stride, W/stride)."""

    def __init__(self, config: VqganConfig) -> None:
        super().__init__()
        widths = [config.channels * m for m in config.multipliers]
        side = config.resolution // config.patch
        self.patch = config.patch
        self.conv_in = _conv3(3 * config.patch**2, config.channels)
        layers: list[nn.Module] = []
        for level, (inward, outward) in enumerate(pairwise([config.channels, *widths])):
            if level:
                layers.append(Downsample(inward))
                side //= 2
            layers += _level(config, inward, outward, config.residual_blocks, side)
        self.levels = nn.Sequential(*layers)
        self.middle = _middle(widths[-1], config.groups)
        self.norm_out = _norm(widths[-1], config.groups)
        self.conv_out = _conv3(widths[-1], config.latent_channels)

    def forward(self, images: Tensor) -> Tensor:
        x = self.conv_in(F.pixel_unshuffle(images, self.patch))
        return self.conv_out(F.silu(self.norm_out(self.middle(self.levels(x)))))


class Decoder(nn.Module):
    """(B, latent_channels, h, w) → (B, 3, h·stride, w·stride)."""

    def __init__(self, config: VqganConfig) -> None:
        super().__init__()
        widths = [config.channels * m for m in reversed(config.multipliers)]
        side = config.grid
        self.patch = config.patch
        self.conv_in = _conv3(config.latent_channels, widths[0])
        self.middle = _middle(widths[0], config.groups)
        layers: list[nn.Module] = []
        for level, (inward, outward) in enumerate(pairwise([widths[0], *widths])):
            if level:
                layers.append(Upsample(inward))
                side *= 2
            layers += _level(config, inward, outward, config.residual_blocks + 1, side)
        self.levels = nn.Sequential(*layers)
        self.norm_out = _norm(widths[-1], config.groups)
        self.conv_out = _conv3(widths[-1], 3 * config.patch**2)

    def forward(self, latents: Tensor) -> Tensor:
        x = self.levels(self.middle(self.conv_in(latents)))
        x = self.conv_out(F.silu(self.norm_out(x)))
        return F.pixel_shuffle(x, self.patch)


def _level(
    config: VqganConfig, inward: int, outward: int, blocks: int, side: int
) -> list[nn.Module]:
    layers: list[nn.Module] = []
    for block in range(blocks):
        layers.append(ResidualBlock(outward if block else inward, outward, config.groups))
        if side in config.attention_resolutions:
            layers.append(SpatialAttention(outward, config.groups))
    return layers


def _middle(channels: int, groups: int) -> nn.Sequential:
    return nn.Sequential(
        ResidualBlock(channels, channels, groups),
        SpatialAttention(channels, groups),
        ResidualBlock(channels, channels, groups),
    )


class Quantiser(nn.Module):
    """Nearest codebook entry by squared distance."""

    def __init__(self, size: int, width: int) -> None:
        super().__init__()
        self.codebook = nn.Embedding(size, width)
        nn.init.uniform_(self.codebook.weight, -1 / size, 1 / size)

    def forward(self, latents: Tensor) -> Tensor:
        """(..., D) float → (...) int64."""
        entries = self.codebook.weight
        flat = latents.reshape(-1, entries.size(1))
        # |x|² is the same for every entry, so it does not take part in the argmin.
        distances = entries.square().sum(1) - 2 * flat @ entries.T
        return distances.argmin(1).view(latents.shape[:-1])


class Vqgan(nn.Module):
    """Pictures in [0, 1] to codes and back."""

    def __init__(self, config: VqganConfig) -> None:
        super().__init__()
        self.config = config
        latent, code, stride = config.latent_channels, config.code_width, config.stride
        self.encoder = Encoder(config) if config.has_encoder else None
        self.quant_conv = nn.Conv2d(latent, code, 1) if config.has_encoder else None
        self.quantiser = Quantiser(config.codebook_size, code)
        self.post_quant_conv = nn.Conv2d(code, latent, 1)
        self.decoder = Decoder(config)
        self.patch_to_code: nn.Conv2d | None = None
        self.code_to_patch: nn.ConvTranspose2d | None = None
        if config.has_shortcut:
            self.patch_to_code = nn.Conv2d(3, code, stride, stride)
            self.code_to_patch = nn.ConvTranspose2d(code, 3, stride, stride)

    def latents(self, images: Tensor) -> Tensor:
        """(B, 3, H, W) in [0, 1] → (B, h, w, code_width), before quantising."""
        side = self.config.stride
        if images.size(-2) % side or images.size(-1) % side:
            raise ValueError(
                f"pictures of {images.size(-1)}×{images.size(-2)} px do not split into "
                f"patches of {side} px"
            )
        terms = []
        if self.encoder is not None and self.quant_conv is not None:
            terms.append(self.quant_conv(self.encoder(images)))
        if self.patch_to_code is not None:
            terms.append(self.patch_to_code(images))
        if not terms:
            raise ValueError("this VQGAN has no encoder: it only paints")
        return sum(terms[1:], terms[0]).permute(0, 2, 3, 1)

    def encode(self, images: Tensor) -> Tensor:
        """(B, 3, H, W) in [0, 1] → (B, h·w) int64 codes, row-major."""
        return self.quantiser(self.latents(images)).flatten(1)

    def paint(self, quantised: Tensor) -> Tensor:
        """(B, h, w, code_width) codebook entries → (B, 3, H, W), not clamped."""
        x = quantised.permute(0, 3, 1, 2)
        image = self.decoder(self.post_quant_conv(x))
        return image + self.code_to_patch(x) if self.code_to_patch is not None else image

    def decode(self, codes: Tensor) -> Tensor:
        """Decode image codes into pixels.

        Args:
            codes: (B, T) int64 in [0, codebook_size), row-major, T = side².
        Returns:
            (B, 3, H, W) float32, nominally [0, 1] but not clamped, sRGB.
        """
        B, T = codes.size()
        side = round(T**0.5)
        if side * side != T:
            raise ValueError(f"{T} codes do not make a square")
        return self.paint(self.quantiser.codebook(codes).view(B, side, side, -1))


def to_uint8(images: Tensor) -> Tensor:
    """(B, 3, H, W) float → (B, H, W, 3) uint8, truncated as the original does, not rounded."""
    return (images.float().clamp(0, 1) * 255).to(torch.uint8).permute(0, 2, 3, 1).contiguous()
