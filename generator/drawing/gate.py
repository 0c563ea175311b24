"""A gate for drawings that nobody looks at: which words too few of the shown pictures show."""

from math import ceil

import torch

from generator.drawing.pipeline import Generator
from generator.drawing.result import Drawing
from generator.drawing.visibility import FUNCTION_WORDS, shares

# Four of six.
ENOUGH = 2 / 3


def unseen_words(generator: Generator, drawing: Drawing) -> list[str] | None:
    """The words of a drawing's prompt that fewer than four of its six shown pictures show.

    A picture shows a word when the ranker tells it from others in its place as surely as it was
    measured to need (`Sight.visible`). None where nobody has measured that for this model.
    """
    sight = generator.ranker.sight
    if sight is None:
        return None
    prompt = generator.normalise(drawing.prompt)
    seen = torch.tensor([picture.embedding for picture in drawing.shown], device=generator.device)
    found = {
        word: int((share >= sight.visible).sum())
        for word, share in zip(prompt.split(), shares(generator, prompt, seen), strict=True)
        if share is not None and word not in FUNCTION_WORDS
    }
    return [word for word, count in found.items() if count < ceil(ENOUGH * len(seen))]
