"""This project's side of the comparison."""

import torch
from torch import Tensor

from bench.contest.problem import SETTINGS, Problem
from bench.contest.walk import Walk
from bench.measuring import Stopwatch
from generator.devices.halving import Halving, give_back_memory
from generator.devices.precision import paint_in, prepare, weight_bytes
from generator.drawing.pipeline import PAINTED_AT_ONCE
from generator.drawing.sampling import sample_codes
from generator.networks.bart import Bart
from generator.networks.vqgan import Vqgan


class Ours:
    def __init__(self, problem: Problem, precision: str) -> None:
        self.device = problem.torch_device
        self.images = problem.images
        self.bart, vqgan = loaded(problem, precision)
        self.weights = weight_bytes(self.bart) + weight_bytes(vqgan)
        self.paint = Painter(vqgan, self.device)
        ids, mask = problem.text()
        self.ids, self.mask = ids.to(self.device), mask.to(self.device)

    def draw(self, steps: int) -> dict[str, float]:
        """Seconds of each part. A step costs more the later it comes, so all are run always."""
        watch = Stopwatch(self.device)
        hook = self.bart.encoder.register_forward_hook(lambda *_: watch.mark("encode"))
        codes = sample_codes(self.bart, self.ids, self.mask, [[*range(self.images)]], SETTINGS)
        give_back_memory()
        watch.mark("loop")
        hook.remove()
        self.paint(codes)
        watch.mark("paint")
        return watch.parts

    @torch.inference_mode()
    def probe(self, codes: Tensor, steps: int) -> dict[str, Tensor]:
        """What the other side must find too, for one picture: (1, T) codes."""
        codes = codes.to(self.device)
        walk = Walk(self.bart, self.ids, self.mask, images=1)
        start = codes.new_full((1, 1), self.bart.config.start_id)
        before = torch.cat([start, codes], dim=1)
        logits = [walk.step(before[:, i : i + 1], i) for i in range(steps)]
        return {
            "hidden states of the caption": walk.memory[0],
            "hidden states of the empty caption": walk.memory[1, : int(self.mask[1].sum())],
            "conditional logits": torch.stack([both[0].flatten() for both in logits]),
            "unconditional logits": torch.stack([both[1].flatten() for both in logits]),
            "pixels": self.paint(codes[None])[0, 0].permute(1, 2, 0),
        }


class Painter:
    """Codes to pictures as the pipeline paints them, so many at once as it does."""

    def __init__(self, vqgan: Vqgan, device: torch.device) -> None:
        self.vqgan = vqgan
        self.device = device
        self.painting = Halving(PAINTED_AT_ONCE.get(device.type, 1))

    def __call__(self, codes: Tensor) -> Tensor:
        """(G, N, T) codes → (G, N, 3, H, W) float32 in [0, 1], in main memory."""
        G, N, _ = codes.shape
        return self.painting.run(lambda rows, columns: self._paint(codes[rows, columns]), G, N)

    @torch.inference_mode()
    def _paint(self, codes: Tensor) -> Tensor:
        images = self.vqgan.decode(codes.flatten(0, 1).to(self.device))
        return images.float().clamp(0, 1).cpu().unflatten(0, codes.shape[:2])


def loaded(problem: Problem, precision: str) -> tuple[Bart, Vqgan]:
    """The problem's networks as Generator.load would have them."""
    device = problem.torch_device
    bart, vqgan = problem.networks()
    prepare(bart.to(device), precision, device)
    paint_in(vqgan.to(device), precision)
    return bart, vqgan
