"""The decoder, position by position, on codes that the caller chooses."""

import torch
from torch import Tensor

from generator.networks.bart import Bart


class Walk:
    """Prepares what `sample_codes` prepares; each step then takes any codes.

    ids, mask: (G + 1, S), the empty caption last, as `sample_codes` wants them.
    """

    def __init__(self, bart: Bart, ids: Tensor, mask: Tensor, images: int) -> None:
        G = len(ids) - 1
        rows = [*range(G), *[G] * G]
        self.bart = bart
        self.memory = bart.encode(ids, mask)
        self.caches = bart.new_caches(self.memory[rows], mask[rows], images)

    def step(self, last: Tensor, position: int) -> tuple[Tensor, Tensor]:
        """(G, N) codes at `position` - 1 → conditional and unconditional logits, (G, N, codes)."""
        logits = self.bart.step(torch.cat([last, last]), position, self.caches).float()
        conditional, unconditional = logits.chunk(2)
        return conditional, unconditional


@torch.inference_mode()
def likeliest(
    bart: Bart,
    ids: Tensor,
    mask: Tensor,
    scale: float,
    steps: int,
    along: Tensor | None = None,
) -> Tensor:
    """The likeliest code at each position after those of `along`, or else after its own.

    Args:
        scale: of the guidance. along: (G, T) codes, T ≥ `steps`.
    Returns:
        (G, steps) int64, one picture a caption.
    """
    walk = Walk(bart, ids, mask, images=1)
    last = torch.full((len(ids) - 1, 1), bart.config.start_id, device=ids.device)
    found = []
    for position in range(steps):
        conditional, unconditional = walk.step(last, position)
        best = (unconditional + scale * (conditional - unconditional)).argmax(-1)
        found.append(best)
        last = best if along is None else along[:, position : position + 1]
    return torch.cat(found, dim=1)
