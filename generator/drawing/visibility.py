"""How visible each word of a prompt is in pictures: the word against others in its place.

CLIP as a zero-shot classifier (Radford et al. 2021, arXiv:2103.00020 §3.1), with the prompt as its
template: one class is the prompt, the others are the prompt with another word in one place.
"""

from collections.abc import Callable, Sequence
from itertools import chain

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from generator.drawing.pipeline import Generator
from generator.networks.ranker import Ranker, prepare
from generator.world.words import parts

MOST_CONTRASTS = 15
# What the words of prompts that aren't of the bundled world are compared with.
_NOUNS = "man woman child dog cat bird horse fish car boat house tree flower table book city"
_VERBS = """standing sitting running sleeping eating holding wearing riding playing flying swimming
dancing jumping reading cooking painting"""
_DESCRIPTIONS = """red blue green yellow black white purple big small old young happy sad wooden
golden furry"""
_RELATIONS = "under above behind beside inside near over between through around"
NOUNS, VERBS, DESCRIPTIONS, RELATIONS = (
    tuple(words.split()) for words in (_NOUNS, _VERBS, _DESCRIPTIONS, _RELATIONS)
)
_FUNCTION = "a an the and or as of in on at to by with for from into onto is are its his her their"
FUNCTION_WORDS = frozenset(_FUNCTION.split())


@torch.inference_mode()
def visibility(
    generator: Generator,
    prompt: str,
    pictures: Sequence[Image.Image],
    seen: Sequence[Sequence[float]] = (),
) -> list[float | None]:
    """See how well each word of a prompt can be told from the pictures alone.

    Args:
        prompt: words with single spaces between.
        pictures: of any size.
        seen: further pictures, as ranking has embedded them (`Picture.embedding`).
    Returns:
        For each word the probability in [0, 1] that CLIP gives it among MOST_CONTRASTS others at
        most, averaged over the pictures; None for a word that nothing is compared with, like “the”.
        With n others, a word that cannot be told at all has 1 / (n + 1).
    Raises:
        ValueError: there are no pictures.
    """
    if not pictures and not seen:
        raise ValueError("there are no pictures to look at")
    looks = [torch.tensor([*seen], device=generator.device)] if seen else []
    looks += [_look(generator, pictures)] if pictures else []
    found = shares(generator, prompt, torch.cat(looks))
    return [None if share is None else float(share.mean()) for share in found]


@torch.inference_mode()
def shares(generator: Generator, prompt: str, seen: Tensor) -> list[Tensor | None]:
    """`visibility` in each of N pictures, for each word (N,).

    Args:
        seen: (N, C), the pictures as ranking has embedded them.
    """
    others = contrasts(prompt, is_of_world=generator.manifest.vocabulary == "world")
    return word_shares(generator.ranker, generator.normalise, prompt, others, seen)


@torch.inference_mode()
def word_shares(
    ranker: Ranker,
    normalise: Callable[[str], str],
    prompt: str,
    others: Sequence[Sequence[str]],
    seen: Tensor,
) -> list[Tensor | None]:
    """The share (N,) that the prompt has among itself and the `others` of each word, in each of N
    pictures; None for a word without others."""
    rows = {text: row for row, text in enumerate(dict.fromkeys([prompt, *chain(*others)]))}
    captions = [normalise(text) for text in rows]
    logits = (ranker.scale * seen @ ranker.texts(captions, seen.device).T).float()
    return [
        logits[:, [0, *(rows[text] for text in against)]].softmax(-1)[:, 0] if against else None
        for against in others
    ]


def _look(generator: Generator, pictures: Sequence[Image.Image]) -> Tensor:
    """(N, C) embeddings, in one go whatever the pictures' sizes."""
    size, device = generator.ranker.size, generator.device
    prepared = [prepare(_pixels(each).to(device), size) for each in pictures]
    return generator.ranker.embed(torch.cat(prepared))


def contrasts(prompt: str, *, is_of_world: bool) -> list[list[str]]:
    """For each word of the prompt, the prompt with something else of its kind in its place.

    A prompt of the bundled world has its parts exchanged for others of the world; in any other
    prompt common words take the place of one word at a time, and may not fit an article before it.
    """
    found = parts.contrasts(prompt, MOST_CONTRASTS) if is_of_world else None
    if found is not None:
        return found
    words = prompt.split()
    return [
        [" ".join([*words[:i], other, *words[i + 1 :]]) for other in alike(word)]
        for i, word in enumerate(words)
    ]


def alike(word: str) -> list[str]:
    """Common words that are probably the same part of speech; without a sign it is a noun."""
    if word in FUNCTION_WORDS:
        return []
    known = next((kind for kind in (VERBS, DESCRIPTIONS, RELATIONS) if word in kind), None)
    kind = known or (VERBS if word.endswith("ing") and len(word) > len("thing") else NOUNS)
    return [other for other in kind if other != word][:MOST_CONTRASTS]


def _pixels(picture: Image.Image) -> Tensor:
    """(1, 3, H, W) float32 in [0, 1]."""
    values = np.asarray(picture.convert("RGB"), dtype=np.float32) / 255
    return torch.from_numpy(values).permute(2, 0, 1).unsqueeze(0)
