"""The method as toy.py explains it, against the way that Sixpix draws with: the same pictures."""

from pathlib import Path

import numpy as np
import pytest
import torch

from generator import toy
from generator.config import Sampling
from generator.drawing.pipeline import Generator
from generator.drawing.sampling import filter_logits, pick
from tests.generator import tiny


@pytest.fixture(scope="module")
def bundled() -> Generator:
    return Generator.load()


@pytest.mark.parametrize(
    ("prompt", "seed"), [("A fox, riding a bicycle on the moon!", 7), ("two red foxes", 2**40)]
)
def test_it_draws_the_same_codes_and_pictures_in_the_same_order(
    bundled: Generator, prompt: str, seed: int
) -> None:
    slowly = toy.draw(prompt, count=2, seed=seed)
    fast = bundled.draw(prompt, count=2, keep=2, seed=seed).pictures
    assert [own for _, own, _, _ in slowly] == [picture.seed for picture in fast]
    for (score, _, codes, pixels), picture in zip(slowly, fast, strict=True):
        assert tuple(codes) == picture.codes
        assert score == pytest.approx(picture.score, abs=1e-5)
        # Sums are rounded in another order, and then cut to whole numbers.
        seen = np.asarray(picture.image, dtype=np.int16)
        ours = (pixels * 255).to(torch.uint8).permute(1, 2, 0).numpy()
        assert np.abs(ours - seen).max() <= 1
        assert (ours == seen).mean() > 0.99


def test_it_judges_alike_when_clip_begins_with_convolutions(tmp_path: Path) -> None:
    tiny.write_model(tmp_path / "staging", tmp_path / "model", stem=(8, 16))
    generator = Generator.load(tmp_path / "model")
    [picture] = generator.draw("a fox on the moon", count=1, keep=1, seed=3).pictures
    pixels = torch.from_numpy(np.asarray(picture.image, dtype=np.float32) / 255).permute(2, 0, 1)
    fast = float(generator.ranker.score(["a fox on the moon"], pixels[None, None]))
    slow = toy.fit("a fox on the moon", pixels, tmp_path / "model")
    assert slow == pytest.approx(fast, abs=1e-5)


@pytest.mark.parametrize("top_k", [None, 1, 5])
@pytest.mark.parametrize("top_p", [None, 0.3, 0.9])
def test_it_chooses_the_same_code_whatever_the_settings(
    top_k: int | None, top_p: float | None
) -> None:
    settings = Sampling(temperature=0.7, top_k=top_k, top_p=top_p)
    dice = torch.Generator().manual_seed(1)
    for _ in range(50):
        logits, chance = torch.randn(33, generator=dice), torch.rand(1, generator=dice)
        fast = pick(filter_logits(logits[None], settings), chance)
        assert toy.choose(logits, settings.to_dict(), float(chance)) == int(fast)
