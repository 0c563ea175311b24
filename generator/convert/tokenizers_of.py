"""Tokenizer files: taken as they are, or made from the vocabulary and merges of older checkpoints.

A file that pads with another token than `<pad>` is written with its padding set, which is where
our tokenizer looks for it.
"""

from pathlib import Path
from typing import Any

from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers, processors

from generator.convert.errors import ConvertError
from generator.convert.formats.files import beside
from generator.folders.manifest import read_json
from generator.reading.tokenizer import BEGIN, END, MASK, PAD, UNKNOWN

WORD_FREQUENCY = "enwiki-words-frequency.txt"


def bart_tokenizer(folder: Path, vocabulary_size: int) -> Tokenizer:
    """The byte-level BPE of DALL·E mini's captions.

    Raises:
        ConvertError: there is none, it is damaged, or it has more ids than BART has embeddings.
    """
    tokenizer = _from_file(folder) or _byte_level(*_vocabulary(folder, "", "_mini"))
    known = tokenizer.get_vocab()
    if missing := [token for token in (BEGIN, PAD, END) if token not in known]:
        raise ConvertError(f"{folder}: the tokenizer has no {', '.join(missing)}")
    if (highest := max(known.values())) >= vocabulary_size:
        raise ConvertError(
            f"{folder}: the tokenizer has ids up to {highest}, BART embeds {vocabulary_size}"
        )
    return tokenizer


def clip_tokenizer(folder: Path, length: int) -> Tokenizer:
    """CLIP's own, with the padding token that its configuration names."""
    folder = folder if folder.is_dir() else folder.parent
    tokenizer = _from_file(folder) or _clip_level(folder)
    pad = _pad_token(folder)
    pad_id = tokenizer.token_to_id(pad)
    if pad_id is None:
        raise ConvertError(f"{folder}: the tokenizer has no {pad!r} to pad with")
    tokenizer.enable_truncation(length)
    tokenizer.enable_padding(pad_id=pad_id, pad_token=pad, length=length)
    return tokenizer


def _from_file(folder: Path) -> Tokenizer | None:
    path = beside(folder, "tokenizer.json")
    if path is None:
        return None
    try:
        return Tokenizer.from_file(str(path))
    except Exception as error:  # the library raises bare Exception for a file it can't read
        raise ConvertError(f"{path} is not a tokenizer file: {error}") from error


def _vocabulary(folder: Path, *suffixes: str) -> tuple[dict[str, int], list[tuple[str, str]]]:
    for suffix in suffixes:
        vocabulary = beside(folder, f"vocab{suffix}.json")
        merges = beside(folder, f"merges{suffix}.txt")
        if vocabulary and merges:
            return read_json(vocabulary), _read_merges(merges)
    raise ConvertError(f"{folder} has neither tokenizer.json nor vocab.json and merges.txt")


def _read_merges(path: Path) -> list[tuple[str, str]]:
    try:
        lines = path.read_text(encoding="utf-8").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise ConvertError(f"{path} cannot be read: {error}") from error
    pairs = [tuple(line.split()) for line in lines if line and not line.startswith("#version")]
    if any(len(pair) != 2 for pair in pairs):
        raise ConvertError(f"{path} holds lines that are not two tokens")
    return [(first, second) for first, second in pairs]


def _byte_level(vocabulary: dict[str, int], merges: list[tuple[str, str]]) -> Tokenizer:
    try:
        tokenizer = Tokenizer(models.BPE(vocab=vocabulary, merges=merges))
    except Exception as error:  # as above
        raise ConvertError(f"vocabulary and merges do not fit each other: {error}") from error
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    special = [token for token in (BEGIN, PAD, END, UNKNOWN, MASK) if token in vocabulary]
    tokenizer.add_special_tokens(
        [AddedToken(token, lstrip=token == MASK, normalized=True) for token in special]
    )
    if BEGIN in vocabulary and END in vocabulary:
        tokenizer.post_processor = processors.RobertaProcessing(
            (END, vocabulary[END]), (BEGIN, vocabulary[BEGIN]), add_prefix_space=False
        )
    return tokenizer


def _clip_level(folder: Path) -> Tokenizer:
    from transformers import CLIPTokenizer

    vocabulary, merges = _vocabulary(folder, "")
    tokenizer_class: Any = CLIPTokenizer  # its merges are typed as text, and used as pairs
    try:
        made = tokenizer_class(vocab=vocabulary, merges=merges)
    except Exception as error:  # as above
        raise ConvertError(f"{folder}: vocabulary and merges do not fit: {error}") from error
    tokenizer: Tokenizer = made.backend_tokenizer
    return tokenizer


def _pad_token(folder: Path) -> str:
    """CLIP pads with its closing token unless told otherwise."""
    for name in ("special_tokens_map.json", "tokenizer_config.json"):
        path = beside(folder, name)
        value: Any = read_json(path).get("pad_token") if path else None
        value = value.get("content") if isinstance(value, dict) else value
        if isinstance(value, str):
            return value
    return "<|endoftext|>"
