"""Prompt in, ranked pictures out: BART samples codes, the VQGAN paints them, CLIP ranks."""

import time
from collections.abc import Callable, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Self

import torch
from torch import Tensor

from generator.config import ConfigError, Sampling, Settings
from generator.devices.halving import Halving, give_back_memory
from generator.devices.placement import Memory
from generator.drawing.film import FRAMES, animate, unfinished
from generator.drawing.glimpses import Glimpser, OnGlimpse
from generator.drawing.loading import Normalise, load_parts
from generator.drawing.result import Drawing, Picture, ranked, seeds_from
from generator.drawing.sampling import sample_codes
from generator.folders.manifest import Manifest, WeightsError
from generator.networks.bart import Bart
from generator.networks.ranker import Ranker
from generator.networks.vqgan import Vqgan, to_uint8
from generator.reading import text
from generator.reading.tokenizer import CaptionTokenizer
from generator.safety.rules import check_prompt
from generator.world.words import grammar, spelling

OnProgress = Callable[[float, str], None]
STAGES = ("sample", "paint", "rank")
# How far each stage has got the drawing when it ends; measured on two cores.
SAMPLED, PAINTED = 0.85, 0.95
# How many images are sampled and painted at once at most, by kind of device.
SAMPLED_AT_ONCE = {"cpu": 36, "cuda": 144}
PAINTED_AT_ONCE = {"cpu": 1, "cuda": 16}
RANKED_AT_ONCE = 144


class Generator:
    """The whole pipeline on one device."""

    def __init__(
        self,
        manifest: Manifest,
        tokenizer: CaptionTokenizer,
        bart: Bart,
        vqgan: Vqgan,
        ranker: Ranker,
        normalise: Normalise = text.plain,
    ) -> None:
        if bart.config.codes != vqgan.config.codebook_size:
            raise WeightsError(
                f"BART writes {bart.config.codes} codes, the VQGAN has {vqgan.config.codebook_size}"
            )
        try:
            self.settings = manifest.settings
        except ConfigError as error:
            raise WeightsError(f"the manifest's sampling: {error}") from error
        self.manifest, self.candidates = manifest, manifest.candidates
        self.normalise = normalise
        self.tokenizer = tokenizer
        self.bart = bart.eval()
        self.vqgan = vqgan.eval()
        self.ranker = ranker
        self.device = next(vqgan.parameters()).device
        self.sampling = Halving(SAMPLED_AT_ONCE.get(self.device.type, 36))
        self.painting = Halving(PAINTED_AT_ONCE.get(self.device.type, 1))
        self.ranking = Halving(RANKED_AT_ONCE)

    @classmethod
    def load(
        cls,
        model: str | Path | None = None,
        *,
        device: str = "cpu",
        precision: str = "float32",
        memory: Memory | None = None,
        is_compiled: bool = False,
    ) -> Self:
        """Load a model by its folder or name, or the bundled one. See `load_parts`."""
        parts = load_parts(model, device, precision, memory, is_compiled=is_compiled)
        return cls(*parts)

    @property
    def image_size(self) -> int:
        """Side of a picture in pixels."""
        return round(self.bart.config.image_length**0.5) * self.vqgan.config.stride

    def unknown_words(self, prompt: str) -> list[str]:
        """Words of the prompt that this model was never taught; empty for an open vocabulary."""
        return grammar.unknown_words(prompt) if self.manifest.vocabulary == "world" else []

    def nearest_words(self, word: str) -> list[str]:
        """Known words spelled most like `word`; empty for an open vocabulary."""
        return spelling.nearest_words(word) if self.manifest.vocabulary == "world" else []

    def draw(
        self,
        prompt: str,
        *,
        count: int | None = None,
        keep: int = 6,
        seed: int,
        settings: Settings | None = None,
        on_progress: OnProgress | None = None,
    ) -> Drawing:
        """Draw candidates for one prompt and rank them: `draw_many` of one."""
        [drawing] = self.draw_many(
            [prompt],
            settings=settings,
            count=count,
            keep=keep,
            seeds=[seed],
            on_progress=on_progress,
        )
        return drawing

    def draw_many(
        self,
        prompts: Sequence[str],
        *,
        count: int | None = None,
        keep: int = 6,
        seeds: Sequence[int],
        without: Sequence[str] = (),
        settings: Settings | None = None,
        on_progress: OnProgress | None = None,
        on_glimpse: OnGlimpse | None = None,
    ) -> list[Drawing]:
        """Draw candidates for several prompts in one go and rank each prompt's.

        Args:
            count: pictures of each, `candidates` unless given; keep: how many are chosen of those.
            seeds: one a prompt; its image i is drawn from seed + i alone, whatever else is drawn.
            without: none, or a text a prompt that guidance leads away from; "" is no such text.
            on_progress: called with a fraction in [0, 1] and the stage; what it raises ends it all.
            on_glimpse: shown now and then how far the images are (see generator.drawing.glimpses).
        Raises:
            ValueError: a count or seed out of range, an empty or unsafe prompt.
        """
        count = self.candidates if count is None else count
        if not 1 <= keep <= count:
            raise ValueError(f"keep must be between 1 and count ({count}), not {keep}")
        if not prompts:
            raise ValueError("there is no prompt to draw")
        rows = seeds_from(prompts, seeds, count)
        settings = self.settings.changed(settings)
        report = on_progress or (lambda fraction, stage: None)
        captions = [self._caption(prompt) for prompt in prompts]
        away = [self.normalise(text) for text in without] if any(without) else [""]
        if len(without) not in (0, len(prompts)):
            raise ValueError(f"{len(without)} texts to lead away from, {len(prompts)} prompts")
        report(0.0, "reading")
        times = [time.perf_counter()]
        codes = self._sample(captions, away, rows, settings, report, on_glimpse)
        times.append(time.perf_counter())
        pixels, seen, scores = self._paint_and_rank(captions, codes, report, times)
        times.append(time.perf_counter())
        report(1.0, "done")

        spans = [(after - before) / len(prompts) for before, after in pairwise(times)]
        facts = {
            "model": {"name": self.manifest.name, "hash": self.manifest.hash},
            "settings": settings.to_dict(),
            "count": count,
            "kept": keep,
            "seconds": dict(zip(STAGES, (round(span, 3) for span in spans), strict=True)),
        }
        parts = zip(rows, scores, pixels, codes, seen, strict=True)
        own = zip(prompts, seeds, (ranked(*each) for each in parts), strict=True)
        return [Drawing.of(*each, keep, facts, self.ranker.sight) for each in own]

    def film(self, picture: Picture, frames: int = FRAMES) -> bytes:
        """How a picture of this model was painted: an animated WebP (see generator.drawing.film).

        It costs as much as painting `frames` - 1 pictures, and ends with the picture itself.

        Raises:
            ValueError: there are more frames than codes to show, or fewer than two.
        """
        codes = torch.tensor(picture.codes, device=self.device)
        images = unfinished(self.vqgan, codes, frames, self.painting)
        return animate([*images, picture.image])

    def _caption(self, prompt: str) -> str:
        check_prompt(prompt)
        caption = self.normalise(prompt)
        if not caption.strip():
            raise ValueError("the prompt has no words")
        return caption

    def _sample(
        self,
        captions: Sequence[str],
        away: Sequence[str],
        seeds: Sequence[Sequence[int]],
        settings: Sampling,
        report: OnProgress,
        on_glimpse: OnGlimpse | None,
    ) -> Tensor:
        """(G, N, T) codes, in main memory."""
        ids, mask = self.tokenizer([*captions, *away])
        longest = int(mask.sum(1).max())  # columns that are padding everywhere change nothing
        ids, mask = ids[:, :longest].to(self.device), mask[:, :longest].to(self.device)
        G, N, side = len(captions), len(seeds[0]), round(self.bart.config.image_length**0.5)
        finished = 0

        def sample(rows: slice, columns: slice) -> Tensor:
            nonlocal finished
            chosen = [row[columns] for row in seeds[rows]]
            images = len(chosen) * len(chosen[0])

            def on_step(done: int, total: int) -> None:
                share = (finished + images * done / total) / (G * N)
                report(SAMPLED * share, "painting")

            lines = [*range(G)[rows], *([G] if len(away) == 1 else range(G, 2 * G)[rows])]
            on_codes = on_glimpse and Glimpser(self.vqgan, side, on_glimpse, rows, columns)
            texts = ids[lines], mask[lines]
            codes = sample_codes(self.bart, *texts, chosen, settings, on_step, on_codes)
            finished += images
            return codes.cpu()

        found = self.sampling.run(sample, G, N)
        give_back_memory()  # of the caches, before painting needs as much
        return found

    def _paint_and_rank(
        self, captions: list[str], codes: Tensor, report: OnProgress, times: list[float]
    ) -> tuple[Tensor, Tensor, Tensor]:
        """(G, N, T) codes → (G, N, H, W, 3) uint8, (G, N, C) embeddings and (G, N) scores, in main
        memory."""
        G, N, _ = codes.shape
        images = self.painting.run(lambda rows, columns: self.paint(codes[rows, columns]), G, N)
        times.append(time.perf_counter())
        report(PAINTED, "ranking")
        seen = self.ranking.run(lambda rows, columns: self.look(images[rows, columns]), G, N)
        scores = self.ranker.compare(captions, seen.to(self.device)).cpu()
        return to_uint8(images.flatten(0, 1)).unflatten(0, (G, N)), seen, scores

    def look(self, images: Tensor) -> Tensor:
        """(G, N, 3, H, W) in [0, 1] → (G, N, C) float32, CLIP's embeddings, in main memory."""
        seen = self.ranker.pictures(images.flatten(0, 1).to(self.device))
        return seen.cpu().unflatten(0, images.shape[:2])

    @torch.inference_mode()
    def paint(self, codes: Tensor) -> Tensor:
        """(G, N, T) codes → (G, N, 3, H, W) float32 in [0, 1], in main memory."""
        images = self.vqgan.decode(codes.flatten(0, 1).to(self.device))
        return images.float().clamp(0, 1).cpu().unflatten(0, codes.shape[:2])
