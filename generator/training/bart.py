"""Train BART: caption in, codes of its picture out (Lewis et al. 2019, arXiv:1910.13461).

Now and then a caption is dropped, so that one network learns the codes of any picture as well:
guidance needs both (Ho & Salimans 2022, arXiv:2207.12598).
"""

import json
from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path

import torch
from tokenizers import Tokenizer
from torch import Tensor

from generator.config import BUNDLED_BART, BartConfig
from generator.folders.weights import fill, load_tensors
from generator.networks.bart import Bart
from generator.reading.text import plain
from generator.reading.tokenizer import CaptionTokenizer, train_tokenizer
from generator.training.code_loss import code_loss
from generator.training.codes.encoded import CodedCaptions
from generator.training.loop.plan import Plan
from generator.training.loop.run import Run
from generator.training.loop.saving import save_weights
from generator.training.loop.stream import bundled_world, chance

Normalise = Callable[[str], str]
Watch = Callable[[Run], None]
CAPTION_DROPOUT = 0.1
TOKENIZER_CAPTIONS = 100_000


def make_tokenizer(
    path: Path, captions: int = TOKENIZER_CAPTIONS, size: int = BUNDLED_BART.text_vocab_size
) -> Tokenizer:
    """Learn a byte-level BPE from the world's captions and write it to `path`."""
    world = bundled_world()
    texts = (plain(world.caption(world.scene(4, i), variation=i)) for i in range(captions))
    return write_tokenizer(path, texts, size)


def write_tokenizer(path: Path, texts: Iterable[str], size: int) -> Tokenizer:
    """Learn a byte-level BPE from texts as BART will read them."""
    tokenizer = train_tokenizer(texts, size)
    path.parent.mkdir(parents=True, exist_ok=True)
    staging = path.with_suffix(".new")
    tokenizer.save(str(staging))
    staging.replace(path)
    return tokenizer


def caption_rows(
    tokenizer: CaptionTokenizer, captions: list[str], drop: Tensor, normalise: Normalise = plain
) -> tuple[Tensor, Tensor]:
    """Ids and mask (B, S), trimmed to the longest; captions where `drop` is True are emptied."""
    texts = ["" if gone else normalise(c) for c, gone in zip(captions, drop.tolist(), strict=True)]
    ids, mask = tokenizer(texts)
    longest = int(mask.sum(1).max())
    return ids[:, :longest], mask[:, :longest]


def train_bart(
    folder: Path,
    source: CodedCaptions,
    tokenizer_file: Path,
    plan: Plan,
    config: BartConfig,
    init_from: Path | None = None,
    smoothing: float = 0.0,
    normalise: Normalise = plain,
    watch: Watch | None = None,
) -> None:
    """Train on captions and codes; the average goes to `folder/model.safetensors`.

    Args:
        init_from: a folder whose `model.safetensors`, of the same sizes, is started from.
        normalise: what is done to a caption before the tokenizer.
        watch: called every `plan.grid_every` steps and at the end.
    """
    tokenizer = CaptionTokenizer.load(tokenizer_file, config.text_length)
    model = first_bart(config, init_from, plan.seed)
    folder.mkdir(parents=True, exist_ok=True)
    text = json.dumps(config.to_dict(), indent=2) + "\n"
    (folder / "config.json").write_text(text, encoding="utf-8")
    run = Run(
        folder,
        model,
        plan,
        lambda net, _: save_weights(net, folder / "model.safetensors"),
        head="head",
        data=source.identity,
    )
    rows, begun = run.share(plan.batch), run.step
    for step, (captions, codes) in zip(run.steps(), source.batches(run.number), strict=False):
        drop = torch.rand(plan.batch, generator=chance(step, plan.seed)) < CAPTION_DROPOUT
        ids, mask = caption_rows(tokenizer, captions, drop[rows], normalise)
        codes = codes.to(run.device)
        loss = partial(
            code_loss, head=model.head.get_parameter("weight"), codes=codes, smoothing=smoothing
        )
        if watch is not None and step % (plan.grid_every * plan.accumulate) == 0:
            watch(run)
        run.update(run.model(ids.to(run.device), mask.to(run.device), codes, loss))
    if watch is not None and run.step > begun:
        watch(run)


def first_bart(config: BartConfig, init_from: Path | None, seed: int) -> Bart:
    """New weights, which `seed` decides, or those of a folder."""
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        model = Bart(config)
    if init_from is not None:
        source = init_from / "model.safetensors"
        fill(model, load_tensors(source), source)
    return model
