"""A first codebook without gradients: whitened principal components of patches, then k-means.

Starting a VQGAN from random weights, latents collapse to a few dimensions while the codebook
looks well used; starting from these, the linear shortcut alone already reproduces pictures.
"""

import torch
from torch import Tensor
from tqdm import tqdm

from generator.networks.vqgan import Vqgan

# Full whitening would spend codes on noise, none would spend them on brightness alone.
WHITENING = 0.2


@torch.no_grad()
def initialise_codebook(model: Vqgan, patches: Tensor, *, rounds: int, seed: int) -> float:
    """Set the shortcut and the codebook of `model` from patches of pictures.

    Args:
        patches: (N, 3·stride²) float in [0, 1], as `patches_of` and `distinct` give them.
        rounds: of Lloyd's algorithm.
    Returns:
        PSNR in dB of the patches through shortcut and codebook alone.
    """
    config = model.config
    if model.patch_to_code is None or model.code_to_patch is None:
        raise ValueError("only a VQGAN with a shortcut can be initialised from patches")
    if model.quant_conv is not None:
        for parameter in model.quant_conv.parameters():
            parameter.zero_()
    generator = torch.Generator().manual_seed(seed)
    # One mean a colour channel, because that is all a transposed convolution can add back.
    shift = patches.view(len(patches), 3, -1).mean((0, 2))
    mean = shift.repeat_interleave(config.stride**2)
    centred = patches - mean
    values, vectors = torch.linalg.eigh(centred.T @ centred / len(patches))
    values = values.flip(0)[: config.code_width].clamp_min(1e-8)
    axes = vectors.flip(1)[:, : config.code_width]
    scale = values ** -(WHITENING / 2)
    scale = scale / (values.sqrt() * scale).square().mean().sqrt()

    down, up = (axes * scale).T, (axes / scale).T
    entries = kmeans(centred @ down.T, config.codebook_size, rounds, generator)
    model.patch_to_code.weight.copy_(down.view_as(model.patch_to_code.weight))
    model.code_to_patch.weight.copy_(up.view_as(model.code_to_patch.weight))
    if model.patch_to_code.bias is not None and model.code_to_patch.bias is not None:
        model.patch_to_code.bias.copy_(-(down @ mean))
        model.code_to_patch.bias.copy_(shift)
    model.quantiser.codebook.weight.copy_(entries)
    # The decoder's network starts from nothing, so that the shortcut alone speaks at first.
    for parameter in model.decoder.conv_out.parameters():
        parameter.zero_()
    painted = entries[nearest(centred @ down.T, entries)] @ up + mean
    return float(-10 * torch.log10((painted - patches).square().mean()))


def patches_of(images: Tensor, stride: int) -> Tensor:
    """(B, 3, H, W) → (B·h·w, 3·stride²), channel first as in a convolution's weight."""
    return torch.nn.functional.unfold(images, stride, stride=stride).transpose(1, 2).flatten(0, 1)


def distinct(patches: Tensor, count: int, generator: torch.Generator) -> Tensor:
    """Up to `count` different patches, compared at 5 bits on a thinned grid, in random order."""
    thin = (patches[:, :: max(1, patches.size(1) // 96)] * 31).round().to(torch.int64)
    weights = torch.randint(1, 2**40, (thin.size(1),), generator=generator)
    _, inverse = (thin * weights).sum(1).unique(return_inverse=True)
    first = torch.full((int(inverse.max()) + 1,), -1, dtype=torch.int64)
    first[inverse] = torch.arange(len(inverse))
    return patches[first[torch.randperm(len(first), generator=generator)[:count]]]


def nearest(points: Tensor, entries: Tensor, chunk: int = 8192) -> Tensor:
    norms = entries.square().sum(1)
    return torch.cat([(norms - 2 * part @ entries.T).argmin(1) for part in points.split(chunk)])


def kmeans(points: Tensor, count: int, rounds: int, generator: torch.Generator) -> Tensor:
    """Lloyd's algorithm; an empty cluster is revived at a random point."""
    if len(points) < count:
        raise ValueError(f"{len(points)} patches cannot fill {count} codes")
    entries = points[torch.randperm(len(points), generator=generator)[:count]].clone()
    for _ in tqdm(range(rounds), desc="k-means", mininterval=2.0):
        codes = nearest(points, entries)
        sums = torch.zeros_like(entries).index_add_(0, codes, points)
        sizes = codes.bincount(minlength=count)
        entries = sums / sizes.clamp_min(1).unsqueeze(1)
        dead = (sizes == 0).nonzero().squeeze(1)
        fresh = torch.randint(len(points), (len(dead),), generator=generator)
        entries[dead] = points[fresh]
    return entries
