"""The words of somebody's captions: a tokenizer learnt from them, and a BART that reads them."""

import logging
import math
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from tokenizers import Tokenizer

from generator.config import BartConfig, VqganConfig
from generator.reading.tokenizer import CaptionTokenizer
from generator.training.bart import Normalise, write_tokenizer

logger = logging.getLogger(__name__)
# Longer captions are cut: their few would make reading slower for all.
WHOLE = 99.5
SHORTEST = 8


def read_captions(
    file: Path, captions: Sequence[str], normalise: Normalise, vocabulary: int
) -> CaptionTokenizer:
    """Learn `file` from captions, unless it is there, and read as many tokens as most need."""
    texts = [normalise(caption) for caption in captions]
    if not file.exists():
        write_tokenizer(file, texts, vocabulary)
    tokenizer = Tokenizer.from_file(str(file))
    lengths = np.array([len(row.ids) for row in tokenizer.encode_batch(texts)])
    length = max(SHORTEST, math.ceil(np.percentile(lengths, WHOLE)))
    logger.info(
        "── words: %d tokens learnt; captions are read up to %d tokens, %d are cut there",
        tokenizer.get_vocab_size(),
        length,
        int((lengths > length).sum()),
    )
    return CaptionTokenizer(tokenizer, length)


def bart_of(sizes: BartConfig, words: CaptionTokenizer, vqgan: VqganConfig) -> BartConfig:
    """A BART of such layers that reads these words and writes this VQGAN's codes."""
    return replace(
        sizes,
        text_vocab_size=len(words),
        text_length=words.length,
        image_vocab_rows=vqgan.codebook_size + 1,
        codes=vqgan.codebook_size,
        image_length=vqgan.grid**2,
        start_id=vqgan.codebook_size,
    )
