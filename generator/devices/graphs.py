"""One decoder step recorded as a CUDA graph: a launch a step instead of one a kernel."""

import torch
from torch import Tensor

from generator.networks.bart import Bart, LayerCache

WARM_UPS = 3


class RecordedStep:
    """`Bart.step` for one set of caches, recorded once and replayed for every position."""

    def __init__(self, bart: Bart, caches: list[LayerCache], shape: tuple[int, int]) -> None:
        """shape: (rows of captions, images) of the ids that steps will be given."""
        device = caches[0].keys.device
        self.ids = torch.full(shape, bart.config.start_id, device=device)
        self.position = torch.zeros((), dtype=torch.int64, device=device)
        # What is allocated for the first time must not be in the recording.
        stream = torch.cuda.Stream(device)
        stream.wait_stream(torch.cuda.current_stream(device))
        with torch.cuda.stream(stream):
            for _ in range(WARM_UPS):
                bart.step(self.ids, self.position, caches)
        torch.cuda.current_stream(device).wait_stream(stream)
        self.graph = torch.cuda.CUDAGraph()
        with torch.cuda.graph(self.graph):
            self.logits = bart.step(self.ids, self.position, caches)

    def __call__(self, ids: Tensor, position: int) -> Tensor:
        """(G, N) ids → (G, N, codes), overwritten by the next call."""
        self.ids.copy_(ids)
        self.position.fill_(position)
        self.graph.replay()
        return self.logits
