"""Prompt in, ranked pictures out: BART samples codes, the VQGAN paints them, CLIP ranks."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import torch
from PIL import Image
from torch import Tensor

from generator import text, world
from generator.bart import Bart
from generator.config import BartConfig, ConfigError, Sampling, VqganConfig
from generator.manifest import BUNDLED, Manifest, WeightsError, read_json, verify
from generator.normaliser import Normaliser, NormaliserError
from generator.ranker import Ranker
from generator.safety import check_prompt
from generator.sampling import sample_codes
from generator.tokenizer import CaptionTokenizer, TokenizerError
from generator.vqgan import Vqgan, to_uint8
from generator.weights import fill, load_tensors

OnProgress = Callable[[float, str], None]
Normalise = Callable[[str], str]
NORMALISERS: dict[str, Normalise] = {"plain": text.plain, "none": str}
SEED_LIMIT = 2**63
# How far each stage has got the drawing when it ends; measured on two cores.
SAMPLED, PAINTED = 0.85, 0.95


@dataclass(frozen=True, slots=True)
class Picture:
    """One candidate. `rank` counts from 1, the best; `score` is CLIP's cosine."""

    rank: int
    seed: int
    score: float
    image: Image.Image


@dataclass(frozen=True, slots=True)
class Drawing:
    """All candidates of one prompt, best first, and what is needed to draw them again."""

    prompt: str
    pictures: tuple[Picture, ...]
    manifest: dict[str, Any]


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
        self.manifest = manifest
        self.normalise = normalise
        self.tokenizer = tokenizer
        self.bart = bart.eval()
        self.vqgan = vqgan.eval()
        self.ranker = ranker
        self.device = next(bart.parameters()).device

    @classmethod
    def load(cls, folder: Path | None = None, *, device: str = "cpu") -> Self:
        """Load a model folder; None is the bundled model.

        Raises:
            WeightsError: the folder is missing, incomplete or damaged, with the file named.
        """
        folder = folder or BUNDLED
        manifest = verify(folder)
        try:
            target = torch.device(device)
        except RuntimeError as error:
            raise ValueError(f"unknown device {device!r}") from error
        try:
            with torch.device("meta"):
                bart = Bart(BartConfig.from_dict(read_json(folder / "bart/config.json")))
                vqgan = Vqgan(VqganConfig.from_dict(read_json(folder / "vqgan/config.json")))
            tokenizer = CaptionTokenizer.load(
                folder / "tokenizer/tokenizer.json", bart.config.text_length
            )
            normalise = normaliser_of(manifest, folder)
        except (ConfigError, TokenizerError, NormaliserError) as error:
            raise WeightsError(f"{folder}: {error}") from error
        for module, name in ((bart, "bart"), (vqgan, "vqgan")):
            source = folder / name / "model.safetensors"
            fill(module, load_tensors(source), source)
            module.to(target)
        ranker = Ranker.load(folder / "clip", target)
        return cls(manifest, tokenizer, bart, vqgan, ranker, normalise)

    @property
    def image_size(self) -> int:
        """Side of a picture in pixels."""
        return round(self.bart.config.image_length**0.5) * self.vqgan.config.stride

    def unknown_words(self, prompt: str) -> list[str]:
        """Words of the prompt that this model was never taught; empty for an open vocabulary."""
        return world.unknown_words(prompt) if self.manifest.vocabulary == "world" else []

    def nearest_words(self, word: str) -> list[str]:
        """Known words spelled most like `word`; empty for an open vocabulary."""
        return world.nearest_words(word) if self.manifest.vocabulary == "world" else []

    def draw(
        self,
        prompt: str,
        *,
        count: int = 9,
        keep: int = 6,
        seed: int,
        settings: Sampling | None = None,
        on_progress: OnProgress | None = None,
    ) -> Drawing:
        """Draw candidates for one prompt and rank them.

        Args:
            count: how many candidates; keep: how many of the best are meant to be used.
            seed: image i is drawn from seed + i alone, whatever the count.
            on_progress: called with a fraction in [0, 1] and the name of the stage.
        Raises:
            ValueError: a count or seed out of range, an empty or unsafe prompt.
        """
        if not 1 <= keep <= count:
            raise ValueError(f"keep must be between 1 and count ({count}), not {keep}")
        if not 0 <= seed < SEED_LIMIT - count:
            raise ValueError(f"seed must be between 0 and {SEED_LIMIT - count - 1}, not {seed}")
        settings = settings or self.settings
        report = on_progress or _silent
        seeds = [seed + i for i in range(count)]
        caption = self._caption(prompt)

        report(0.0, "reading")
        started = time.perf_counter()
        codes = self._sample([caption], [seeds], settings, report)
        sampled = time.perf_counter()
        images = self._paint(codes)
        painted = time.perf_counter()
        report(PAINTED, "ranking")
        scores = self.ranker.score([caption], images)[0].tolist()
        ranked = time.perf_counter()

        order = sorted(range(count), key=lambda i: -scores[i])
        pixels = to_uint8(images[0]).cpu().numpy()
        pictures = tuple(
            Picture(rank, seeds[i], scores[i], Image.fromarray(pixels[i]))
            for rank, i in enumerate(order, start=1)
        )
        report(1.0, "done")
        manifest = {
            "prompt": prompt,
            "model": {"name": self.manifest.name, "hash": self.manifest.hash},
            "settings": settings.to_dict(),
            "seed": seed,
            "count": count,
            "kept": keep,
            "pictures": [{"rank": p.rank, "seed": p.seed, "score": p.score} for p in pictures],
            "seconds": {
                "sample": round(sampled - started, 3),
                "paint": round(painted - sampled, 3),
                "rank": round(ranked - painted, 3),
            },
        }
        return Drawing(prompt, pictures, manifest)

    def _caption(self, prompt: str) -> str:
        check_prompt(prompt)
        caption = self.normalise(prompt)
        if not caption.strip():
            raise ValueError("the prompt has no words")
        return caption

    def _sample(
        self,
        captions: Sequence[str],
        seeds: Sequence[Sequence[int]],
        settings: Sampling,
        report: OnProgress,
    ) -> Tensor:
        ids, mask = self.tokenizer([*captions, ""])
        longest = int(mask.sum(1).max())  # columns that are padding everywhere change nothing
        return sample_codes(
            self.bart,
            ids[:, :longest].to(self.device),
            mask[:, :longest].to(self.device),
            seeds,
            settings,
            lambda done, total: report(SAMPLED * done / total, "painting"),
        )

    @torch.inference_mode()
    def _paint(self, codes: Tensor) -> Tensor:
        """(G, N, T) codes → (G, N, 3, H, W) in [0, 1]."""
        images = self.vqgan.decode(codes.flatten(0, 1)).clamp(0, 1)
        return images.unflatten(0, codes.shape[:2])


def normaliser_of(manifest: Manifest, folder: Path) -> Normalise:
    """What the model does to a prompt before its tokenizer."""
    if manifest.normaliser == "dalle-mini":
        words = folder / "tokenizer/word-frequency.txt"
        return Normaliser(words if words.is_file() else None)
    if manifest.normaliser not in NORMALISERS:
        raise WeightsError(f"unknown text normaliser {manifest.normaliser!r}")
    return NORMALISERS[manifest.normaliser]


def _silent(fraction: float, stage: str) -> None:
    """Progress that nobody watches."""
