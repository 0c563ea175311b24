"""min-dalle's side of the comparison: its own modules and its own loop, nothing downloaded.

MinDalle's constructor would fetch checkpoints, so it is passed by: the object is made bare and
given modules that hold our weights.
"""

from typing import Any

import torch
from torch import Tensor, nn

from bench.contest.names import bart_names, hand_over, vqgan_names
from bench.contest.problem import PAD, SETTINGS, Problem
from bench.measuring import Stopwatch
from generator.config import VQGAN_F16, BartConfig
from generator.devices.precision import weight_bytes

VERSION = "0.4.11"
STEPS = 256  # fixed in min-dalle

try:
    from min_dalle.min_dalle import MinDalle
    from min_dalle.models import DalleBartDecoder, DalleBartEncoder, VQGanDetokenizer
except ImportError as error:
    raise SystemExit(
        f"min-dalle cannot be imported ({error}); install it beside this project's packages: "
        f"pip install min-dalle=={VERSION}"
    ) from error


class Enough(Exception):
    """Ends min-dalle's loop after the steps that are wanted."""


class Caption:
    """Stands where MinDalle keeps its tokenizer: the text is in tokens already."""

    def __init__(self, tokens: list[int]) -> None:
        self.tokens = tokens

    def tokenize(self, text: str, is_verbose: bool = False) -> list[int]:
        return self.tokens


class Theirs:
    def __init__(self, problem: Problem) -> None:
        self.device = problem.torch_device
        self.grid = round(problem.images**0.5)
        self.ids = problem.text()[0]
        self.model = build(problem, self.ids[0].tolist())
        self.sample = self.model.decoder.sample_tokens
        networks = (self.model.encoder, self.model.decoder, self.model.detokenizer)
        self.weights = sum(weight_bytes(network) for network in networks)

    def draw(self, steps: int) -> dict[str, float]:
        """Seconds of each part, of which the loop is cut after `steps` of its 256."""
        watch = Stopwatch(self.device)
        self.model.decoder.sample_tokens = self._counted(watch, steps)
        arguments = {"top_k": SETTINGS.top_k, "supercondition_factor": SETTINGS.condition_scale}
        try:
            self.model.generate_images("", seed=1, grid_size=self.grid, **arguments)
        except Enough:
            self.paint(torch.zeros((self.grid**2, STEPS), dtype=torch.int64, device=self.device))
        watch.mark("paint")
        return watch.parts

    def _counted(self, watch: Stopwatch, steps: int) -> Any:
        done = 0

        def sample(**arguments: Any) -> Any:
            nonlocal done
            if done == 0:
                watch.mark("encode")
            result = self.sample(**arguments)
            done += 1
            if done == steps:
                watch.mark("loop")
                if steps < STEPS:
                    raise Enough
            return result

        return sample

    def paint(self, codes: Tensor) -> Tensor:
        """(N, T) codes → one picture of all, in [0, 255]."""
        grid: Tensor = self.model.image_grid_from_tokens(codes, is_seamless=False)
        return grid

    @torch.inference_mode()
    def probe(self, codes: Tensor, steps: int) -> dict[str, Tensor]:
        codes = codes.to(self.device)
        ids = self.ids.flip(0).to(self.device)  # the empty caption comes first here
        ids = nn.functional.pad(ids, (0, self.model.text_token_count - ids.size(1)), value=PAD)
        with autocast(self.device, self.model.dtype):
            memory = self.model.encoder.forward(ids)
        start = codes.new_full((1, 1), VQGAN_F16.codebook_size)
        logits = self._logits(torch.cat([start, codes], dim=1), memory, ids, steps)
        empty, caption = ids.ne(PAD)
        return {
            "hidden states of the caption": memory[1, caption],
            "hidden states of the empty caption": memory[0, empty],
            "conditional logits": logits[:, 1],
            "unconditional logits": logits[:, 0],
            "pixels": self.paint(codes) / 255,
        }

    def _logits(self, before: Tensor, memory: Tensor, ids: Tensor, steps: int) -> Tensor:
        """(1, T) codes before each position → (steps, 2, codes)."""
        model = self.model
        state = torch.zeros((model.layer_count, 4, STEPS, model.embed_count), device=self.device)
        found = []
        for position in range(steps):
            with autocast(self.device, model.dtype):
                logits, state = model.decoder.forward(
                    attention_mask=ids.ne(PAD)[:, None, None, :],
                    encoder_state=memory,
                    attention_state=state,
                    prev_tokens=before[:, position : position + 1],
                    token_index=torch.tensor([position], device=self.device),
                )
            found.append(logits[:, -1, : VQGAN_F16.codebook_size])
        return torch.stack(found)


def autocast(device: torch.device, dtype: torch.dtype) -> torch.autocast:
    return torch.autocast(device.type, dtype, enabled=dtype != torch.float32)


def build(problem: Problem, tokens: list[int]) -> Any:
    """A whole MinDalle with the problem's weights."""
    torch.set_num_threads(problem.threads)  # importing min_dalle sets them to all
    config, (bart, vqgan) = problem.bart_config, problem.networks()
    encoder, decoder, detokenizer = modules(config, problem.device)
    hand_over(bart_names(bart, "encoder"), bart, encoder)
    hand_over(bart_names(bart, "decoder"), bart, decoder)
    hand_over(vqgan_names(vqgan), vqgan, detokenizer)
    model: Any = MinDalle.__new__(MinDalle)
    model.device, model.dtype = problem.device, problem.torch_dtype
    model.is_reusable, model.is_verbose = True, False
    model.text_token_count = config.text_length
    model.layer_count, model.embed_count = config.decoder_layers, config.width
    model.tokenizer = Caption(tokens)
    model.encoder = encoder.to(problem.torch_device, problem.torch_dtype)
    model.decoder = decoder.to(problem.torch_device, problem.torch_dtype)
    model.detokenizer = detokenizer.to(problem.torch_device)
    return model


def modules(config: BartConfig, device: str) -> tuple[nn.Module, nn.Module, nn.Module]:
    """min-dalle's three networks, in evaluation mode."""
    encoder = DalleBartEncoder(
        layer_count=config.encoder_layers,
        embed_count=config.width,
        attention_head_count=config.encoder_heads,
        text_vocab_count=config.text_vocab_size,
        text_token_count=config.text_length,
        glu_embed_count=config.encoder_glu,
        device=device,
    )
    decoder = DalleBartDecoder(
        image_vocab_count=config.image_vocab_rows - 1,
        embed_count=config.width,
        attention_head_count=config.decoder_heads,
        glu_embed_count=config.decoder_glu,
        layer_count=config.decoder_layers,
        device=device,
    )
    return encoder.eval(), decoder.eval(), VQGanDetokenizer().eval()
