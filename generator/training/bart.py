"""Train BART on the world: caption in, codes of its scene out."""

from pathlib import Path

import torch
from tokenizers import Tokenizer
from torch import Tensor
from torch.nn import functional as F

from generator.bart import Bart
from generator.config import BUNDLED_BART, BartConfig
from generator.text import plain
from generator.tokenizer import CaptionTokenizer, train_tokenizer
from generator.training.data import WorldStream, bundled_world, chance
from generator.training.run import Plan, Run
from generator.training.vqgan import load_codebook
from generator.weights import save_tensors

CAPTION_DROPOUT = 0.1
TOKENIZER_CAPTIONS = 100_000


def make_tokenizer(path: Path, captions: int = TOKENIZER_CAPTIONS) -> Tokenizer:
    """Learn a byte-level BPE from the world's captions and write it to `path`."""
    world = bundled_world()
    texts = (plain(world.caption(world.scene(4, i), variation=i)) for i in range(captions))
    tokenizer = train_tokenizer(texts, BUNDLED_BART.text_vocab_size)
    path.parent.mkdir(parents=True, exist_ok=True)
    tokenizer.save(str(path))
    return tokenizer


def caption_rows(
    tokenizer: CaptionTokenizer, captions: list[str], drop: Tensor
) -> tuple[Tensor, Tensor]:
    """Ids and mask (B, S), trimmed to the longest; captions where `drop` is True are emptied."""
    texts = ["" if gone else plain(c) for c, gone in zip(captions, drop.tolist(), strict=True)]
    ids, mask = tokenizer(texts)
    longest = int(mask.sum(1).max())
    return ids[:, :longest], mask[:, :longest]


def code_loss(logits: Tensor, codes: Tensor) -> Tensor:
    """Mean cross entropy in nats a code: logits (B, T, V), codes (B, T)."""
    return F.cross_entropy(logits.flatten(0, 1), codes.flatten())


def train_bart(
    folder: Path, codebook: Path, tokenizer_file: Path, plan: Plan, config: BartConfig
) -> None:
    """Train on codes made on the way; the average goes to `folder/model.safetensors`."""
    tokenizer = CaptionTokenizer.load(tokenizer_file, config.text_length)
    vqgan = load_codebook(codebook).eval()
    model = Bart(config)
    stream = WorldStream(bundled_world(), seed=3, batch=plan.batch)
    run = Run(
        folder,
        model,
        plan,
        on_save=lambda averaged, _: save_tensors(averaged, folder / "model.safetensors"),
    )
    vqgan.to(run.device)
    for step in run.steps():
        scenes = stream.scenes(step)
        captions = stream.captions(scenes, step)
        drop = torch.rand(plan.batch, generator=chance(step, plan.seed)) < CAPTION_DROPOUT
        mine = run.share(plan.batch)
        with torch.no_grad():
            codes = vqgan.encode(stream.images(scenes[mine]).to(run.device))
        ids, mask = caption_rows(tokenizer, captions[mine], drop[mine])
        logits = run.model(ids.to(run.device), mask.to(run.device), codes)
        run.update(code_loss(logits, codes))
