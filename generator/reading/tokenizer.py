"""Byte-level BPE for captions, on the `tokenizers` library."""

from collections.abc import Iterable, Sequence
from pathlib import Path

import torch
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, processors, trainers
from torch import Tensor

BEGIN, PAD, END, UNKNOWN, MASK = "<s>", "<pad>", "</s>", "<unk>", "<mask>"


class TokenizerError(ValueError):
    """A tokenizer file is damaged or lacks a special token."""


class CaptionTokenizer:
    """Captions to padded rows of ids `<s> … </s> <pad> …`; truncation keeps the closing token.

    A file may have its own tokens, as CLIP's has: then it says how it pads.
    """

    def __init__(self, tokenizer: Tokenizer, length: int) -> None:
        self.tokenizer = tokenizer
        self.length = length
        vocabulary = tokenizer.get_vocab()
        pad = tokenizer.padding["pad_token"] if tokenizer.padding else PAD
        needed = (BEGIN, PAD, END) if pad == PAD else (pad,)
        if missing := [token for token in needed if token not in vocabulary]:
            raise TokenizerError(f"the tokenizer has no {', '.join(missing)}")
        self.pad_id = vocabulary[pad]
        tokenizer.enable_truncation(length)
        tokenizer.enable_padding(pad_id=self.pad_id, pad_token=pad, length=length)

    @classmethod
    def load(cls, path: Path, length: int) -> "CaptionTokenizer":
        try:
            return cls(Tokenizer.from_file(str(path)), length)
        except TokenizerError:
            raise
        except Exception as error:  # the library raises bare Exception for a file it can't read
            raise TokenizerError(f"{path} is not a tokenizer file: {error}") from error

    def __len__(self) -> int:
        return self.tokenizer.get_vocab_size()

    def __call__(self, texts: Sequence[str]) -> tuple[Tensor, Tensor]:
        """B texts → ids (B, length) int64 and mask (B, length) bool, True where a token counts."""
        rows = self.tokenizer.encode_batch(list(texts))
        ids = torch.tensor([row.ids for row in rows], dtype=torch.int64)
        mask = torch.tensor([row.attention_mask for row in rows], dtype=torch.bool)
        return ids, mask

    def save(self, path: Path) -> None:
        self.tokenizer.save(str(path))


def train_tokenizer(captions: Iterable[str], vocab_size: int) -> Tokenizer:
    """Learn merges from captions. Ids 0–3 are `<s> <pad> </s> <unk>`, as in BART."""
    tokenizer = Tokenizer(models.BPE(unk_token=UNKNOWN))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=True)
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=vocab_size,
        special_tokens=[BEGIN, PAD, END, UNKNOWN, MASK],
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    tokenizer.train_from_iterator(captions, trainer)
    tokenizer.post_processor = processors.TemplateProcessing(
        single=f"{BEGIN} $A {END}",
        special_tokens=[(token, tokenizer.token_to_id(token)) for token in (BEGIN, END)],
    )
    return tokenizer
