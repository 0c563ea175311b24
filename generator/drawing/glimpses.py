"""How far the images of a drawing are: now and then, the codes so far are painted.

Codes are sampled row by row from the top left, so that what is there are the top rows of each
picture. Only whole rows are painted, and nothing of those below: a third of the rows costs a third.
"""

from collections.abc import Callable

import torch
from torch import Tensor

from generator.networks.vqgan import Vqgan, to_uint8

# Shown when so many parts of all rows are there; the finished pictures are the step after these.
STEPS = 4

# Which captions and which images of each, and the top of them: (G, N, h, W, 3) uint8.
OnGlimpse = Callable[[slice, slice, Tensor], None]


class Glimpser:
    """`on_codes` of `sample_codes`, for the captions `rows` and their images `columns`; a picture
    has `side` codes a row."""

    def __init__(
        self, vqgan: Vqgan, side: int, show: OnGlimpse, rows: slice, columns: slice
    ) -> None:
        self.vqgan, self.side, self.show = vqgan, side, show
        self.rows, self.columns = rows, columns

    def __call__(self, codes: Tensor) -> None:
        """(G, N, t) codes: at the end of some rows they are painted and shown."""
        done, rest = divmod(codes.size(-1), self.side)
        if rest == 0 and done in shown_after(self.side):
            tops = [paint_top(self.vqgan, image, self.side) for image in codes.flatten(0, 1)]
            self.show(self.rows, self.columns, torch.stack(tops).unflatten(0, codes.shape[:2]))


def shown_after(side: int, steps: int = STEPS) -> set[int]:
    """After how many of `side` rows something is shown, but for the end."""
    return {round(side * step / steps) for step in range(1, steps)} - {0, side}


@torch.inference_mode()
def paint_top(vqgan: Vqgan, codes: Tensor, side: int) -> Tensor:
    """(t,) codes of whole rows, `side` each → (h, W, 3) uint8, in main memory."""
    codebook = vqgan.quantiser.codebook
    latents = codebook(codes.to(codebook.weight.device))
    return to_uint8(vqgan.paint(latents.view(1, -1, side, latents.size(-1))))[0].cpu()
