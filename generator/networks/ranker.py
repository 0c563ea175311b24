"""CLIP as a judge: how well each picture fits its prompt.

Paper: CLIP (Radford et al. 2021, arXiv:2103.00020). The networks are `transformers`' CLIPModel,
so that any CLIP it loads can rank, ours with a stem of convolutions where its config says so
(`generator.networks.stem`); the way from pixels to its input is written here.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from generator.config import ConfigError, Sight
from generator.folders.manifest import WeightsError, read_json
from generator.folders.weights import fill, load_tensors
from generator.reading.tokenizer import CaptionTokenizer, TokenizerError

MEAN = (0.48145466, 0.4578275, 0.40821073)
STD = (0.26862954, 0.26130258, 0.27577711)


def prepare(images: Tensor, size: int) -> Tensor:
    """(B, 3, H, W) in [0, 1] → (B, 3, size, size), bicubic, centre-cropped and normalised."""
    height, width = images.shape[-2:]
    scale = size / min(height, width)
    if scale != 1:
        target = (round(height * scale), round(width * scale))
        images = F.interpolate(images, target, mode="bicubic", align_corners=False, antialias=True)
    top, left = (images.size(-2) - size) // 2, (images.size(-1) - size) // 2
    images = images[..., top : top + size, left : left + size].clamp(0, 1)
    mean, std = (images.new_tensor(v).view(3, 1, 1) for v in (MEAN, STD))
    return (images - mean) / std


class Ranker:
    """Scores pictures against captions by the cosine of their CLIP embeddings."""

    def __init__(
        self,
        model: nn.Module,
        tokenizer: CaptionTokenizer,
        size: int,
        sight: Sight | None = None,
    ) -> None:
        """`size` is the side in pixels of the pictures that the model looks at; without `sight`
        nobody has measured what its figures mean."""
        self.model: Any = model.requires_grad_(False).eval()
        self.tokenizer = tokenizer
        self.size = size
        self.sight = sight

    @classmethod
    def load(
        cls, folder: Path, device: torch.device, tokenizer_file: Path | None = None
    ) -> "Ranker":
        """Load a model folder's `clip`, with its own tokenizer.json unless given another file."""
        # Imported late: it takes seconds, and sampling and decoding do without it.
        from transformers import CLIPConfig

        from generator.networks.stem import build_clip

        values = read_json(folder / "config.json")
        try:
            length = int(values["text_config"]["max_position_embeddings"])
            size = int(values["vision_config"]["image_size"])
            with torch.device("meta"):
                model: nn.Module = build_clip(CLIPConfig(**values))
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise WeightsError(f"{folder / 'config.json'} is no CLIP config: {error}") from error
        source = folder / "model.safetensors"
        fill(model, load_tensors(source), source)
        _restore_buffers(model)
        try:
            words = tokenizer_file or folder / "tokenizer.json"
            tokenizer = CaptionTokenizer.load(words, length)
        except TokenizerError as error:
            raise WeightsError(str(error)) from error
        return cls(model.to(device), tokenizer, size, load_sight(folder))

    @torch.inference_mode()
    def score(self, captions: list[str], images: Tensor) -> Tensor:
        """Judge pictures.

        Args:
            captions: G prompts.
            images: (G, N, 3, H, W) in [0, 1].
        Returns:
            (G, N) float32 cosines in [-1, 1], higher fits better.
        """
        seen = self.pictures(images.flatten(0, 1))
        return self.compare(captions, seen.unflatten(0, images.shape[:2]))

    @torch.inference_mode()
    def compare(self, captions: Sequence[str], seen: Tensor) -> Tensor:
        """`score` for pictures that are embedded already: (G, N, C) → (G, N) float32."""
        if len(captions) != len(seen):
            raise ValueError(f"{len(captions)} captions for {len(seen)} groups of pictures")
        return torch.einsum("gc,gnc->gn", self.texts(captions, seen.device), seen).float()

    @torch.inference_mode()
    def texts(self, captions: Sequence[str], device: torch.device) -> Tensor:
        """B captions → (B, C) embeddings of length 1."""
        ids, mask = self.tokenizer(captions)
        longest = int(mask.sum(1).max())  # columns that are padding everywhere change nothing
        ids, mask = ids[:, :longest].to(device), mask[:, :longest].to(device)
        return F.normalize(read_texts(self.model, ids, mask), dim=-1)

    def pictures(self, images: Tensor) -> Tensor:
        """(B, 3, H, W) in [0, 1] → (B, C) embeddings of length 1."""
        return self.embed(prepare(images, self.size))

    @torch.inference_mode()
    def embed(self, prepared: Tensor) -> Tensor:
        """`pictures` for images as `prepare` makes them, (B, 3, size, size)."""
        vision = self.model.get_image_features(pixel_values=prepared)
        return F.normalize(embedding_of(vision), dim=-1)

    @property
    def scale(self) -> float:
        """What CLIP was taught to multiply cosines with before a softmax over captions."""
        return float(self.model.logit_scale.exp())


def load_sight(folder: Path) -> Sight | None:
    """None where it was never measured."""
    file = folder / "sight.json"
    try:
        return Sight.from_dict(read_json(file)) if file.exists() else None
    except (ConfigError, TypeError) as error:
        raise WeightsError(f"{file}: {error}") from error


def read_texts(model: Any, ids: Tensor, mask: Tensor) -> Tensor:
    """(B, S) ids and mask → (B, C): what stands at each caption's closing token, projected.

    CLIPModel looks for the highest id instead when the closing token's id is 2, as ours is.
    """
    hidden = model.text_model(input_ids=ids, attention_mask=mask).last_hidden_state
    rows = torch.arange(len(ids), device=ids.device)
    features: Tensor = model.text_projection(hidden[rows, mask.sum(1) - 1])
    return features


def embedding_of(features: Any) -> Tensor:
    """transformers 5 wraps CLIP's projected features in an output object; 4 gives the tensor."""
    embedding: Tensor = features if isinstance(features, Tensor) else features.pooler_output
    return embedding


def _restore_buffers(model: nn.Module) -> None:
    """Position ids are not in the file; made on the meta device, they have to be made again."""
    for module in model.modules():
        for name, buffer in list(module.named_buffers(recurse=False)):
            if buffer.is_meta and name == "position_ids":
                ids = torch.arange(buffer.size(-1)).expand(buffer.shape)
                module.register_buffer(name, ids, persistent=False)
    left = [name for name, tensor in model.named_buffers() if tensor.is_meta]
    if left:
        raise WeightsError(f"CLIP's {', '.join(left)} could not be restored")
