"""The pool: what the model paints itself, sampled, painted and judged, and killed in between."""

import math
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor

from generator.config import Sampling
from generator.reading.tokenizer import CaptionTokenizer
from generator.training.clip.pool import (
    Pool,
    PoolPlan,
    paint_pool,
    prompt_of,
    rightness_of,
    sample_pool,
)
from generator.training.judge.labels import CLASSES, values_of
from generator.training.loop.stream import bundled_world
from tests.generator import tiny
from tests.generator.evaluation import judges
from tests.generator.training.test_run import seeded

WORLD = bundled_world(size=48)
PLAN = PoolPlan(prompts=6, pictures=3, hot=1, size=16, sampling=Sampling(top_k=8))
FILES = ("codes/codes.bin", "pictures.bin", "rightness.bin")


def fill(folder: Path, tokenizer: CaptionTokenizer, plan: PoolPlan = PLAN) -> None:
    sample_pool(folder, WORLD, plan, tokenizer, tiny.bart())
    paint_pool(folder, WORLD, plan, tiny.vqgan(), judges.recogniser().eval())


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory, tokenizer: CaptionTokenizer) -> Path:
    folder = tmp_path_factory.mktemp("pool")
    fill(folder, tokenizer)
    return folder


@pytest.mark.parametrize("kept", [(0, 0, 0), (2, 0, 0), (6, 2, 2), (6, 5, 4)])
def test_it_ends_with_the_same_pool_when_it_was_killed(
    filled: Path, tmp_path: Path, tokenizer: CaptionTokenizer, kept: tuple[int, ...]
) -> None:
    shutil.copytree(filled, tmp_path, dirs_exist_ok=True)
    for name, rows in zip(FILES, kept, strict=True):
        data = (filled / name).read_bytes()
        torn = 7 if rows < PLAN.prompts else 0
        (tmp_path / name).write_bytes(data[: rows * (len(data) // PLAN.prompts) + torn])
    fill(tmp_path, tokenizer)
    assert (tmp_path / FILES[0]).read_bytes() == (filled / FILES[0]).read_bytes()
    whole, torn_and_mended = (Pool(folder, WORLD) for folder in (filled, tmp_path))
    # Other prompts in the batch: at most the last bits of a sum differ.
    pictures = torn_and_mended.pictures.astype(int) - whole.pictures.astype(int)
    assert np.abs(pictures).max() <= 1
    assert np.abs(torn_and_mended.rightness - whole.rightness).max() < 1e-3


def test_it_hands_out_prompts_with_their_pictures_when_asked(filled: Path) -> None:
    own = Pool(filled, WORLD)
    assert len(own) == 6
    captions, pictures, rightness = own.batch(3, 4, slice(None), seed=0)
    assert len(set(captions)) == len(captions) == 4
    assert (pictures.shape, rightness.shape) == ((4, 3, 3, 16, 16), (4, 3))
    known = [prompt_of(WORLD, index)[1] for index in range(6)]
    for caption, images, right in zip(captions, pictures, rightness, strict=True):
        index = known.index(caption)
        assert np.array_equal((images * 255).round().numpy(), own.pictures[index])
        assert np.array_equal(right.numpy(), own.rightness[index])
    assert own.batch(3, 4, slice(1, None, 2), seed=0)[0] == captions[1::2]
    assert own.batch(4, 4, slice(None), seed=0)[0] != captions


def test_it_draws_prompts_more_often_when_their_pictures_differ(filled: Path) -> None:
    own = Pool(filled, WORLD)
    spread = [float(row.max() - row.min()) for row in own.rightness]
    shares = torch.tensor([0.5 + each for each in spread]) / (3.0 + sum(spread))
    captions = [prompt_of(WORLD, index)[1] for index in range(6)]
    drawn = [own.batch(step, 1, slice(None), seed=0)[0][0] for step in range(2_000)]
    found = torch.tensor([drawn.count(caption) / len(drawn) for caption in captions])
    assert float(shares.max() / shares.min()) > 1.1
    torch.testing.assert_close(found, shares, atol=0.04, rtol=0)


def test_it_judges_each_picture_by_its_own_prompt_when_it_is_painted(filled: Path) -> None:
    codes = np.fromfile(filled / FILES[0], np.uint16).reshape(6, 3, -1).astype(np.int64)
    vqgan, judge = tiny.vqgan(), judges.recogniser().eval()
    for index, judged in enumerate(Pool(filled, WORLD).rightness):
        scene = prompt_of(WORLD, index)[0]
        for picture, right in zip(codes[index], judged, strict=True):
            with torch.no_grad():
                logits = judge(vqgan.decode(torch.from_numpy(picture)[None]).clamp(0, 1))
            expected = float(rightness_of(logits, judge.targets([scene]))[0])
            assert right == pytest.approx(expected, abs=1e-3)


def test_it_goes_on_when_more_prompts_are_asked_for(
    filled: Path, tmp_path: Path, tokenizer: CaptionTokenizer
) -> None:
    shutil.copytree(filled, tmp_path, dirs_exist_ok=True)
    fill(tmp_path, tokenizer, replace(PLAN, prompts=8))
    longer = Pool(tmp_path, WORLD)
    assert len(longer) == 8
    assert np.array_equal(longer.pictures[:6], Pool(filled, WORLD).pictures)


def test_it_refuses_when_a_pool_is_empty(tmp_path: Path, tokenizer: CaptionTokenizer) -> None:
    fill(tmp_path, tokenizer, replace(PLAN, prompts=0))
    with pytest.raises(ValueError, match="holds no pictures"):
        Pool(tmp_path, WORLD)


def test_it_refuses_to_mix_when_networks_are_others(
    filled: Path, tokenizer: CaptionTokenizer
) -> None:
    more, judge = replace(PLAN, prompts=9), judges.recogniser().eval()
    with pytest.raises(ValueError, match="codes was made with another bart: remove it"):
        sample_pool(filled, WORLD, more, tokenizer, tiny.bart(seed=3))
    with pytest.raises(ValueError, match="codes was made with another precision: remove it"):
        sample_pool(filled, WORLD, replace(more, precision="bf16"), tokenizer, tiny.bart())
    with pytest.raises(ValueError, match="made with another vqgan: remove it"):
        paint_pool(filled, WORLD, more, tiny.vqgan(seed=3), judge)
    with pytest.raises(ValueError, match="made with another judge: remove it"):
        paint_pool(filled, WORLD, more, tiny.vqgan(), judges.recogniser(seed=3).eval())


def test_it_sums_over_attributes_when_a_picture_is_judged() -> None:
    scene = WORLD.scene(1, 2)
    logits: dict[str, Tensor] = {
        name: 3 * torch.randn(2, len(labels), generator=seeded(i))
        for i, (name, labels) in enumerate(CLASSES.items())
    }
    targets = judges.recogniser().targets([scene, scene])
    values = values_of(scene)
    expected = []
    for row in range(2):
        total = 0.0
        for name, labels in CLASSES.items():
            chances = logits[name][row].softmax(0)
            total += max(-4.0, math.log(float(chances[labels.index(values[name])])))
        expected.append(total)
    assert rightness_of(logits, targets).tolist() == pytest.approx(expected, rel=1e-4)
