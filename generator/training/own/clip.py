"""Train a small CLIP on captioned pictures, to rank a model's own (Radford et al. 2021,
arXiv:2103.00020).

Half of the pictures are the VQGAN's reconstructions, so that its traces mean nothing.
"""

from pathlib import Path
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional as F

from generator.networks.ranker import prepare
from generator.networks.vqgan import Vqgan
from generator.reading.tokenizer import CaptionTokenizer
from generator.training.bart import Normalise
from generator.training.clip.sizes import ClipSizes
from generator.training.clip.stage import Contrast, first_clip
from generator.training.loop.plan import Plan
from generator.training.loop.run import Run
from generator.training.loop.saving import save_weights
from generator.training.loop.stream import Pictures


def train_own_clip(
    folder: Path,
    pictures: Pictures,
    vqgan: Vqgan,
    tokenizer: CaptionTokenizer,
    normalise: Normalise,
    plan: Plan,
    sizes: ClipSizes,
) -> None:
    """Train the ranker; the average goes to `folder/model.safetensors`."""
    config = sizes.config(len(tokenizer))
    texts_of: Any = config.text_config  # its type allows for what a file may hold
    texts_of.max_position_embeddings = tokenizer.length
    model = Contrast(first_clip(config, None, plan.seed))
    folder.mkdir(parents=True, exist_ok=True)
    config.to_json_file(folder / "config.json", use_diff=False)
    run = Run(
        folder,
        model,
        plan,
        lambda mean, _: save_weights(mean.get_submodule("clip"), folder / "model.safetensors"),
        data=pictures.identity,
    )
    vqgan = vqgan.eval().to(run.device)
    for _, batch in zip(run.steps(), pictures.batches(run.number), strict=False):
        images = as_painted(vqgan, batch.images.to(run.device))
        captions = [normalise(caption) for caption in batch.captions]
        ids, mask = tokenizer(captions)
        found, texts, scale = run.model(
            prepare(images, sizes.image_size), ids.to(run.device), mask.to(run.device)
        )
        run.update(matching_loss(found, texts, same_of(captions).to(run.device), scale))


@torch.no_grad()
def as_painted(vqgan: Vqgan, images: Tensor) -> Tensor:
    """(B, 3, H, W) with every other picture as the VQGAN paints it."""
    images = images.clone()
    images[::2] = vqgan.decode(vqgan.encode(images[::2])).clamp(0, 1)
    return images


def same_of(captions: list[str]) -> Tensor:
    """(B, B) bool: where another picture of the batch has the same caption."""
    numbers = {caption: number for number, caption in enumerate(dict.fromkeys(captions))}
    rows = torch.tensor([numbers[caption] for caption in captions])
    return (rows[:, None] == rows) & ~torch.eye(len(captions), dtype=torch.bool)


def matching_loss(images: Tensor, texts: Tensor, same: Tensor, scale: Tensor) -> Tensor:
    """Symmetric InfoNCE of (B, C) unit vectors; pairs that are `same` are no mistake."""
    logits = (scale * images @ texts.T).masked_fill(same, -torch.inf)
    target = torch.arange(len(images), device=images.device)
    return (F.cross_entropy(logits, target) + F.cross_entropy(logits.T, target)) / 2
