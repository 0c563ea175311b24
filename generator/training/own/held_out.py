"""What BART makes of captions that it does not learn from: their loss, and pictures of some."""

from collections.abc import Callable

import torch
from torch import Tensor
from torch.nn import functional as F

from generator.config import Sampling
from generator.drawing.sampling import sample_codes
from generator.networks.vqgan import Vqgan
from generator.reading.tokenizer import CaptionTokenizer
from generator.training.bart import caption_rows
from generator.training.codes.encoded import CodeFile
from generator.training.loop.run import Run

MOST = 256
AT_ONCE = 32
SHOWN = 6
DRAWN = 2


class HeldOut:
    """Looks at the average of a run: `held_out` in log.jsonl, in nats a code, and samples/STEP.png.

    The first row of a grid are the pictures as the VQGAN keeps them, the others what is drawn for
    their captions.
    """

    def __init__(
        self,
        codes: CodeFile,
        vqgan: Vqgan,
        tokenizer: CaptionTokenizer,
        normalise: Callable[[str], str],
        sampling: Sampling,
    ) -> None:
        self.tokenizer, self.normalise, self.sampling = tokenizer, normalise, sampling
        self.vqgan = vqgan.eval()
        rows = range(min(MOST, len(codes)))
        self.captions = [codes.caption(row) for row in rows]
        self.codes = torch.from_numpy(codes.codes[: len(rows)].astype("int64"))

    def __call__(self, run: Run) -> None:
        if not run.accelerator.is_main_process:
            return
        run.averaged.eval()
        run.journal.scalars(run.step, {"held_out": self.loss(run)})
        run.journal.grid(run.step, [self.paint(row) for row in self.grid(run)])

    @torch.no_grad()
    def loss(self, run: Run) -> float:
        total = 0.0
        for first in range(0, len(self.captions), AT_ONCE):
            captions = self.captions[first : first + AT_ONCE]
            codes = self.codes[first : first + AT_ONCE].to(run.device)
            ids, mask = self._read(captions, run.device)
            logits = run.averaged(ids, mask, codes)
            loss = F.cross_entropy(logits.flatten(0, 1), codes.flatten())
            total += float(loss) * len(captions)
        return total / len(self.captions)

    def grid(self, run: Run) -> list[Tensor]:
        """Rows of (N, T) codes: the true ones, then those that are drawn."""
        captions = self.captions[:SHOWN]
        ids, mask = self._read([*captions, ""], run.device)
        seeds = [[DRAWN * row + i for i in range(DRAWN)] for row in range(len(captions))]
        drawn = sample_codes(run.averaged, ids, mask, seeds, self.sampling)  # type: ignore[arg-type]
        return [self.codes[:SHOWN], *drawn.cpu().unbind(1)]

    @torch.no_grad()
    def paint(self, codes: Tensor) -> Tensor:
        device = next(self.vqgan.parameters()).device
        return self.vqgan.decode(codes.to(device)).clamp(0, 1).cpu()

    def _read(self, captions: list[str], device: torch.device) -> tuple[Tensor, Tensor]:
        none_dropped = torch.zeros(len(captions), dtype=torch.bool)
        ids, mask = caption_rows(self.tokenizer, captions, none_dropped, self.normalise)
        return ids.to(device), mask.to(device)
