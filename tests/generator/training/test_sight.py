"""Thresholds of the ranker's figures: measured against a judge, by hand and by brute force."""

import json
from pathlib import Path

import numpy as np
import pytest
import torch

from generator.config import Sight
from generator.networks.ranker import Ranker, load_sight
from generator.training.clip.pool import PoolPlan, codes_of, prompt_of, sample_pool
from generator.training.clip.sight import best_threshold, measure_sight, part_shares, read_right
from generator.training.judge.labels import values_of
from generator.training.loop.stream import bundled_world
from tests.generator import tiny
from tests.generator.evaluation import judges

PLAN = PoolPlan(prompts=4, pictures=3, hot=1, size=16, sampling=tiny.manifest().settings)


def index_at(values: np.ndarray, truths: np.ndarray, threshold: float) -> float:
    said = values >= threshold
    return float(said[truths].mean() - said[~truths].mean())


@pytest.mark.parametrize("seed", range(6))
def test_it_finds_the_threshold_that_brute_force_finds(seed: int) -> None:
    dice = np.random.default_rng(seed)
    truths = dice.random(40) < 0.6
    values = (truths * 0.3 + dice.random(40)).round(1)
    found = best_threshold(values, truths)
    best = max(index_at(values, truths, each) for each in values)
    assert index_at(values, truths, found) == pytest.approx(best)


def test_it_takes_the_least_value_when_there_is_one_kind_alone() -> None:
    values = np.array([0.3, 0.2, 0.9])
    assert best_threshold(values, np.array([True] * 3)) == 0.2
    assert best_threshold(values, np.array([False] * 3)) == 0.2


def test_it_writes_what_it_measured_beside_the_ranker(tmp_path: Path) -> None:
    runs, world, vqgan, judge = (
        tmp_path,
        bundled_world("held_out", 48),
        tiny.vqgan(),
        judges.recogniser(),
    )
    tiny.stage(runs)
    (runs / "clip" / "tokenizer.json").unlink()  # training keeps one for all
    sample_pool(runs / "sight", world, PLAN, tiny.tokenizer(), tiny.bart())
    codes = codes_of(runs / "sight", PLAN, 16)
    assert codes.shape == (4, 3, 16)
    sight = measure_sight(
        runs / "clip", runs / "tokenizer" / "tokenizer.json", world, codes, vqgan, judge
    )
    assert load_sight(runs / "clip") == sight
    assert Sight.from_dict(json.loads((runs / "clip" / "sight.json").read_text())) == sight


def test_it_names_the_parts_of_a_prompt_that_can_be_seen(tmp_path: Path) -> None:
    ranker = Ranker.load(tiny.stage(tmp_path) / "clip", torch.device("cpu"))
    world = bundled_world("held_out", 48)
    scene, _ = prompt_of(world, 0)
    seen = ranker.pictures(torch.rand(2, 3, 48, 48))
    found = dict(part_shares(ranker, world.caption(scene), scene, seen))
    told = {name for name, value in values_of(scene).items() if name in found and value != "none"}
    assert found.keys() == told
    assert "subject" in found
    assert all(share.shape == (2,) for share in found.values())


def test_it_reads_each_attribute_of_each_picture() -> None:
    judge, images = judges.recogniser(), torch.rand(5, 3, 16, 16)
    scene, _ = prompt_of(bundled_world("held_out", 48), 1)
    right = read_right(judge, images, scene)
    for name, truths in right.items():
        for row, image in enumerate(images):
            with torch.no_grad():
                seen = judge.classes[name][int(judge(image[None])[name].argmax())]
            assert bool(truths[row]) == (seen == values_of(scene)[name])
