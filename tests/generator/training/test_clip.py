"""Training the ranker: wrong words, and the order of the model's own pictures."""

import math
import random
from collections.abc import Callable
from dataclasses import fields
from pathlib import Path

import pytest
import torch
from torch import Tensor
from torch.nn import functional as F
from transformers import CLIPModel

from generator.networks.ranker import prepare
from generator.networks.stem import build_clip
from generator.reading.tokenizer import CaptionTokenizer
from generator.training.clip import stage as clip
from generator.training.clip.sizes import ClipSizes
from generator.training.judge.broken import spoil
from generator.training.loop.plan import Plan
from generator.training.loop.run import Run
from generator.training.loop.stream import bundled_world
from generator.world.scenes.scene import Scene
from tests.generator import tiny
from tests.generator.training.test_run import seeded

WORLD = bundled_world(size=48)


def test_it_learns_one_batch_by_heart_when_it_sees_it_often(
    tmp_path: Path, tokenizer: CaptionTokenizer
) -> None:
    with torch.random.fork_rng():
        torch.manual_seed(0)
        model = clip.Contrast(CLIPModel(tiny.clip_config()))
    pixels = prepare(torch.rand(3, 3, 16, 16, generator=seeded(1)), 16)
    ids, mask = tokenizer(tiny.CAPTIONS)
    run = Run(tmp_path, model, Plan(steps=30, batch=3, rate=1e-2, warmup=5))
    values = []
    for _ in run.steps():
        images, texts, scale = run.model(pixels, ids, mask)
        right, wrong = texts.chunk(2)
        loss = clip.contrastive_loss(images, right, wrong, images[:0], scale)
        values.append(float(loss.detach()))
        run.update(loss)
    assert values[0] > 0.8
    assert values[-1] < 0.2


def test_it_equals_a_loop_when_it_contrasts() -> None:
    images, texts, wrong, broken = (
        F.normalize(torch.randn(4, 6, generator=seeded(seed)), dim=-1) for seed in range(4)
    )
    broken = broken[:2]
    scale = 7.0
    total = 0.0
    for i in range(4):
        cosines = [float(images[i] @ text) for text in (*texts, wrong[i])]
        total -= math.log(math.exp(scale * cosines[i]) / sum(math.exp(scale * c) for c in cosines))
        cosines = [float(image @ texts[i]) for image in (*images, *broken[i : i + 1])]
        total -= math.log(math.exp(scale * cosines[i]) / sum(math.exp(scale * c) for c in cosines))
    loss = clip.contrastive_loss(images, texts, wrong, broken, torch.tensor(scale))
    assert float(loss) == pytest.approx(total / 8, rel=1e-4)


def test_it_spoils_one_thing_when_it_makes_a_wrong_caption() -> None:
    world, dice = bundled_world(), random.Random(0)
    names = [field.name for field in fields(Scene)]
    changed: set[str] = set()
    for index in range(600):
        scene = world.scene(1, index)
        wrong = clip.with_one_mistake(scene, dice)
        (name,) = [name for name in names if getattr(wrong, name) != getattr(scene, name)]
        changed.add(name)
        assert world.caption(wrong, variation=index) != world.caption(scene, variation=index)
    assert changed == {"subject", "object", "relation", "place", "colour"}


def test_it_equals_a_loop_when_orders_are_compared() -> None:
    images, texts = (
        F.normalize(torch.randn(count, 5, generator=seeded(count)), dim=-1) for count in (8, 2)
    )
    rightness, scale = torch.randn(2, 4, generator=seeded(1)), torch.tensor(3.0)
    total = 0.0
    for row in range(2):
        wanted = rightness[row].softmax(0).tolist()
        scores = [3 * float(image @ texts[row]) for image in images[4 * row : 4 * row + 4]]
        found = [math.exp(score) / sum(map(math.exp, scores)) for score in scores]
        total += sum(w * math.log(w / f) for w, f in zip(wanted, found, strict=True)) / 2
    loss = clip.order_loss(images, texts, rightness, scale)
    assert float(loss) == pytest.approx(total, rel=1e-4)
    agreed = 3 * torch.einsum("pc,pkc->pk", texts, images.unflatten(0, (2, 4))) + 9
    assert float(clip.order_loss(images, texts, agreed, scale)) == pytest.approx(0, abs=1e-6)


def test_it_counts_what_is_found_when_figures_are_made() -> None:
    images = torch.eye(4)
    texts = images[[0, 1, 3, 2]]
    wrong = torch.stack([images[1], images[1], images[2], images[0]])
    # The first caption prefers its own picture to the broken one, the second doesn't.
    broken = images[[2, 1]]
    assert clip.figures(images, texts, wrong, broken) == {
        "recall": 0.5,
        "caught": 0.25,
        "whole": 0.5,
    }


def test_it_shows_scenes_painted_and_broken(tmp_path: Path) -> None:
    vqgan = tiny.vqgan(resolution=48)
    lesson = clip.Lesson(vqgan, Plan(steps=1, batch=5, rate=1))
    scenes = lesson.stream.scenes(0)
    images, broken = lesson.images(scenes, seeded(0), torch.device("cpu"))
    real, parts = lesson.stream.images_and_parts(scenes)
    with torch.no_grad():
        codes = vqgan.encode(real[:2])
        painted = vqgan.decode(codes).clamp(0, 1)
        spoiled, names = spoil(codes, parts[:2], seeded(0))
        expected = vqgan.decode(spoiled).clamp(0, 1)
    assert all(names)
    torch.testing.assert_close(images, torch.cat([painted, real[2:]]))
    torch.testing.assert_close(broken, expected)


class Judged:
    """A pool of one prompt whose second picture alone is right."""

    def __init__(self, batch: Callable[[], tuple[list[str], Tensor, Tensor]]) -> None:
        self.made = batch()

    def batch(
        self, step: int, prompts: int, rows: slice, seed: int
    ) -> tuple[list[str], Tensor, Tensor]:
        return self.made


def test_it_takes_over_the_judges_order_when_it_learns_from_a_pool(
    tmp_path: Path, tokenizer: CaptionTokenizer
) -> None:
    def batch() -> tuple[list[str], Tensor, Tensor]:
        pictures = torch.rand(1, 3, 3, 48, 48, generator=seeded(0))
        return ["a fox"], pictures, torch.tensor([[-9.0, 0.0, -9.0]])

    tokenizer.save(tmp_path / "tokenizer.json")
    sizes = ClipSizes(
        image_size=48, patch_size=16, stem=(8, 8, 8), width=16, hidden=16, heads=2, text_layers=1,
        image_layers=1,
    )  # fmt: skip
    plan = Plan(steps=25, batch=2, rate=1e-2, warmup=2, ema=0.5)
    vqgan = tiny.vqgan(resolution=48)
    own = Judged(batch)
    clip.train_clip(
        tmp_path / "run",
        vqgan,
        tmp_path / "tokenizer.json",
        plan,
        sizes,
        own,  # type: ignore[arg-type]
    )
    with torch.random.fork_rng():
        torch.manual_seed(0)
        model = build_clip(sizes.config(len(tokenizer)))
    run = Run(tmp_path / "run", clip.Contrast(model), plan)
    _, pictures, _ = own.made
    with torch.no_grad():
        images, texts, _ = run.averaged.eval()(prepare(pictures[0], 48), *tokenizer(["a fox"]))
    assert int((images @ texts[0]).argmax()) == 1
