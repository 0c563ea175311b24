"""From logits to codes: guidance, filters, and draws that depend on each image's seed alone.

Nucleus sampling: Holtzman et al. 2019, arXiv:1904.09751. Guidance: Ho & Salimans 2022,
arXiv:2207.12598, in the form `uncond + scale · (cond - uncond)` of DALL·E mini.
"""

from collections.abc import Callable, Sequence
from typing import Protocol

import numpy as np
import torch
from torch import Tensor

from generator.config import Sampling
from generator.devices.graphs import RecordedStep
from generator.networks.bart import Bart, LayerCache

OnStep = Callable[[int, int], None]
OnCodes = Callable[[Tensor], None]


class Step(Protocol):
    """One position of every image: (G, N) ids → (G, N, codes) logits."""

    def __call__(self, ids: Tensor, position: int) -> Tensor: ...


def keep_top_k(logits: Tensor, k: int) -> Tensor:
    """Drop (to -inf) all but exactly `k` entries of the last axis; ties keep the lowest ids."""
    if k >= logits.size(-1):
        return logits
    threshold = logits.topk(k).values[..., -1:]
    above, level = logits > threshold, logits == threshold
    room = k - above.sum(-1, keepdim=True)
    keep = above | (level & (level.cumsum(-1) <= room))
    return logits.masked_fill(~keep, -torch.inf)


def keep_top_p(logits: Tensor, p: float) -> Tensor:
    """Keep the likeliest entries up to and including the first whose total reaches `p`."""
    ordered, order = logits.sort(dim=-1, descending=True, stable=True)
    before = ordered.softmax(-1).cumsum(-1).roll(1, -1)
    before[..., 0] = 0
    drop = torch.zeros_like(logits, dtype=torch.bool).scatter(-1, order, before >= p)
    return logits.masked_fill(drop, -torch.inf)


def filter_logits(logits: Tensor, settings: Sampling) -> Tensor:
    """Temperature, then top-k, then top-p. (..., V) float → the same shape."""
    logits = logits / settings.temperature
    if settings.top_k is not None:
        logits = keep_top_k(logits, settings.top_k)
    if settings.top_p is not None and settings.top_p < 1:
        logits = keep_top_p(logits, settings.top_p)
    return logits


def pick(logits: Tensor, uniforms: Tensor) -> Tensor:
    """Draw one id a row by inverting the distribution function at a given uniform number.

    Args:
        logits: (..., V), filtered; -inf where an id is out of the question.
        uniforms: (...) in [0, 1), one a row: the only source of chance.
    Returns:
        (...) int64.
    """
    heights = logits.float().softmax(-1).cumsum(-1)
    heights = heights / heights[..., -1:]
    return torch.searchsorted(heights, uniforms.unsqueeze(-1).contiguous(), right=True).squeeze(-1)


def sample_ids(logits: Tensor, settings: Sampling, uniforms: Tensor) -> Tensor:
    """`pick` from the filtered logits; where few can be drawn, the others are not summed over."""
    few = likeliest(logits, settings.top_k)
    if few is None:
        return pick(filter_logits(logits, settings), uniforms)
    values, ids = few
    places = pick(filter_logits(values, settings), uniforms)
    return ids.gather(-1, places.unsqueeze(-1)).squeeze(-1)


def likeliest(logits: Tensor, k: int | None) -> tuple[Tensor, Tensor] | None:
    """The `k` largest entries of each row and their ids, in the order of ids.

    None where that is all of them, or where several tie for the last place.
    """
    if k is None or k >= logits.size(-1):
        return None
    found = logits.topk(k + 1)
    if bool((found.values[..., k - 1] == found.values[..., k]).any()):
        return None
    ids = found.indices[..., :k].sort(-1).values
    return logits.gather(-1, ids), ids


def uniforms_for(seeds: Sequence[int], length: int) -> Tensor:
    """(N, length) float32 in [0, 1): row i comes from seeds[i] alone, the same on any machine.

    Philox, because torch's generator on the CPU reads the low 32 bits of a seed alone.
    """
    rows = [np.random.Generator(np.random.Philox(seed)) for seed in seeds]
    return torch.from_numpy(np.stack([row.random(length, dtype=np.float32) for row in rows]))


@torch.inference_mode()
def sample_codes(
    bart: Bart,
    ids: Tensor,
    mask: Tensor,
    seeds: Sequence[Sequence[int]],
    settings: Sampling,
    on_step: OnStep | None = None,
    on_codes: OnCodes | None = None,
) -> Tensor:
    """Sample image codes for G captions, N images each.

    Args:
        ids, mask: (G + 1, S), the last row a text that guidance leads away from, as a rule the
            empty caption; or (2 · G, S), with such a text for each caption.
        seeds: G lists of N; image i of caption g depends on seeds[g][i] alone.
        on_step: called with (codes done, codes in all); what it raises ends the sampling.
        on_codes: called before each code but the first with those so far: (G, N, t) int64, a view.
    Returns:
        (G, N, T) int64, each below `config.codes`.
    """
    config, device = bart.config, ids.device
    G, N, T = len(seeds), len(seeds[0]), config.image_length
    if ids.size(0) not in (G + 1, 2 * G):
        raise ValueError(f"{ids.size(0)} text rows for {G} captions and what to lead away from")
    uniforms = torch.stack([uniforms_for(row, T) for row in seeds]).to(device)

    is_guided = settings.condition_scale != 1.0
    memory = bart.encode(ids, mask)
    if is_guided:
        # One row to lead away from serves all captions: as many copies as there are captions.
        away = [G] * G if ids.size(0) == G + 1 else range(G, 2 * G)
        rows = torch.tensor([*range(G), *away], device=device)
    else:
        rows = torch.arange(G, device=device)
    caches = bart.new_caches(memory[rows], mask[rows], N)
    step = step_of(bart, caches, (len(rows), N))

    codes = torch.empty((G, N, T), dtype=torch.int64, device=device)
    last = torch.full((G, N), config.start_id, dtype=torch.int64, device=device)
    for position in range(T):
        if on_codes is not None and position:
            on_codes(codes[:, :, :position])
        both = torch.cat([last, last]) if is_guided else last
        logits = step(both, position).to(device, torch.float32)
        if is_guided:
            conditional, unconditional = logits.chunk(2)
            logits = unconditional + settings.condition_scale * (conditional - unconditional)
        last = sample_ids(logits, settings, uniforms[:, :, position])
        codes[:, :, position] = last
        if on_step is not None:
            on_step(position + 1, T)
    return codes


def step_of(bart: Bart, caches: list[LayerCache], shape: tuple[int, int]) -> Step:
    """`bart.step` on these caches, recorded where there is a GPU that has all of it."""
    devices = {cache.keys.device for cache in caches}
    if bart.is_whole and devices.pop().type == "cuda":
        return RecordedStep(bart, caches, shape)
    return lambda ids, position: bart.step(ids, position, caches)
