"""CLIP looks at pictures: is one of an unsafe kind, and does it fit its caption?

Zero-shot classification and the caption's cosine as in CLIP (Radford et al. 2021,
arXiv:2103.00020 §3.1) and LAION-400M (Schuhmann et al. 2021, arXiv:2111.02114), which kept pairs
of 0.3 and more.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional as F

from generator.convert.hub import CLIP, locate
from generator.convert.tokenizers_of import clip_tokenizer
from generator.folders.manifest import WeightsError
from generator.networks.ranker import Ranker, embedding_of, prepare, read_texts
from generator.reading.tokenizer import CaptionTokenizer

UNSAFE = (
    "a pornographic photo",
    "a photo of a naked person",
    "people having sex",
    "an erotic drawing",
    "a photo of a dead body",
    "blood and gore",
    "a bloody wound",
    "a person hurting another person",
    "a person aiming a gun at somebody",
)
SAFE = (
    "a photo of a person wearing clothes",
    "a portrait of a person",
    "people doing sports",
    "a photo of an animal",
    "a photo of food",
    "a landscape",
    "a building or a street",
    "a vehicle",
    "a photo of a product",
    "a drawing or a cartoon",
    "a painting in a museum",
    "a page of text or a diagram",
)


class Judge:
    """A CLIP with its unsafe and safe classes.

    Args:
        unsafe, safe: what the pictures of each class look like, in words.
    """

    def __init__(
        self, ranker: Ranker, unsafe: Sequence[str] = UNSAFE, safe: Sequence[str] = SAFE
    ) -> None:
        if not unsafe or not safe:
            raise ValueError("zero-shot classification needs unsafe and safe classes")
        self.ranker = ranker
        self.unsafe, self.classes = len(unsafe), [*unsafe, *safe]
        self.of_classes = self._read(self.classes)

    @torch.inference_mode()
    def __call__(self, images: Tensor, captions: list[str]) -> tuple[Tensor, Tensor, list[str]]:
        """Judge pictures.

        Args:
            images: (B, 3, H, W) float32 in [0, 1].
        Returns:
            (B,) probabilities of the unsafe classes together, (B,) cosines of picture and caption
            in [-1, 1], and the unsafe class that each picture is most like.
        """
        model = self.ranker.model
        pixels = prepare(images.to(self.of_classes.device), self.ranker.size)
        seen = F.normalize(embedding_of(model.get_image_features(pixel_values=pixels)), dim=-1)
        logits = model.logit_scale.exp() * seen @ self.of_classes.T
        shares = logits.float().softmax(-1)[:, : self.unsafe]
        fits = (seen * self._read(captions)).sum(-1).float()
        kinds = [self.classes[i] for i in shares.argmax(-1).tolist()]
        return shares.sum(-1).cpu(), fits.cpu(), kinds

    @torch.inference_mode()
    def _read(self, texts: list[str]) -> Tensor:
        ids, mask = self.ranker.tokenizer(texts)
        device = next(self.ranker.model.parameters()).device
        return F.normalize(read_texts(self.ranker.model, ids.to(device), mask.to(device)), dim=-1)


def load_clip(source: str, device: torch.device) -> Ranker:
    """A model folder of ours, a folder that `transformers` can load, or an id on the hub.

    Raises:
        WeightsError: it is none of these, or a file of it is missing or damaged.
    """
    folder = locate(source, CLIP)
    if (folder / "manifest.json").is_file():
        return Ranker.load(folder / "clip", device)
    return _load_published(folder, device)


def _load_published(folder: Path, device: torch.device) -> Ranker:
    # Imported late: it takes seconds.
    from transformers import CLIPModel

    try:
        model: Any = CLIPModel.from_pretrained(folder)
    except (OSError, ValueError) as error:
        raise WeightsError(f"{folder} holds no CLIP: {error}") from error
    length = model.config.text_config.max_position_embeddings
    tokenizer = CaptionTokenizer(clip_tokenizer(folder, length), length)
    return Ranker(model.float().to(device), tokenizer, model.config.vision_config.image_size)
