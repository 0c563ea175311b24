"""The recogniser: its network, its training, and what is made of its readings."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor
from torch.nn import functional as F

from generator.config import ConfigError
from generator.evaluation import examiner, reading
from generator.evaluation.reading import look, named
from generator.folders.manifest import WeightsError
from generator.training.judge import stage as judge
from generator.training.judge.broken import spoil
from generator.training.judge.labels import BROKEN, JUDGED, values_of
from generator.training.judge.recogniser import Reader, Recogniser, RecogniserConfig
from generator.training.loop.plan import Plan
from generator.training.loop.stream import WorldStream, bundled_world, chance
from generator.world.scenes.scene import Scene
from generator.world.scenes.splits import is_held_out
from generator.world.world import World
from tests.generator import tiny
from tests.generator.evaluation import judges

DOG = Scene("dog", place="none")
THREE_OWLS = Scene("owl", "count", place="sea", count=3, colour="red", colour_of="subject")


def seeded(seed: int) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def test_it_reads_the_same_when_it_was_saved_and_loaded(tmp_path: Path) -> None:
    model = judges.recogniser().half().float()
    model.save(tmp_path)
    loaded = Recogniser.load(tmp_path)
    assert (loaded.config, loaded.classes) == (model.config, model.classes)
    assert not loaded.training
    images = torch.rand(2, 3, 24, 24, generator=seeded(0))
    torch.testing.assert_close(loaded(images), model(images), atol=0, rtol=0)


def test_it_names_the_file_when_the_recogniser_is_damaged(tmp_path: Path) -> None:
    judges.recogniser().save(tmp_path)
    config = tmp_path / "config.json"
    values = json.loads(config.read_text(encoding="utf-8"))
    for broken in (
        {**values, "classes": {"subject": ["fox"]}},
        {**values, "image_size": 17},
        {**values, "colour": 3},
        {key: value for key, value in values.items() if key != "classes"},
    ):
        config.write_text(json.dumps(broken), encoding="utf-8")
        with pytest.raises(WeightsError, match=str(config)):
            Recogniser.load(tmp_path)
    config.write_text(json.dumps({**values, "widths": [8, 24]}), encoding="utf-8")
    with pytest.raises(WeightsError, match=r"safetensors: .* has shape"):
        Recogniser.load(tmp_path)


@pytest.mark.parametrize("sizes", [{"widths": (8,)}, {"blocks": (1, 0, 1)}, {"image_size": 30}])
def test_it_refuses_when_sizes_do_not_fit(sizes: dict[str, object]) -> None:
    with pytest.raises(ConfigError):
        RecogniserConfig.from_dict(sizes)


def test_it_equals_a_loop_when_it_reads_an_attribute() -> None:
    reader = tiny.shake(Reader(6, 5))
    x = torch.randn(2, 6, 3, 4, generator=seeded(0))
    rows: list[Tensor] = []
    assert reader.attention.bias is not None
    for picture in x.flatten(2).transpose(1, 2):
        pooled = []
        for weight, bias in zip(reader.attention.weight, reader.attention.bias, strict=True):
            scores = torch.stack([weight.flatten() @ place + bias for place in picture])
            shares = scores.exp() / scores.exp().sum()
            pooled.append(sum(s * place for s, place in zip(shares, picture, strict=True)))
        rows.append(reader.out.weight @ torch.cat(pooled) + reader.out.bias)
    torch.testing.assert_close(reader(x), torch.stack(rows))


def test_it_looks_at_means_of_pixels_when_a_picture_is_larger() -> None:
    images = torch.rand(1, 3, 32, 32, generator=seeded(0))
    prepared = judges.recogniser().prepare(images)
    expected = 2 * images.view(1, 3, 16, 2, 16, 2).mean((3, 5)) - 1
    torch.testing.assert_close(prepared, expected)


def test_it_knows_every_word_when_scenes_come_from_the_world() -> None:
    model = judges.recogniser()
    scenes = [bundled_world("all").scene(0, index) for index in range(200)]
    targets = model.targets(scenes)
    for row, scene in enumerate(scenes):
        found = {name: model.classes[name][int(t[row])] for name, t in targets.items()}
        assert found == values_of(scene)
    with pytest.raises(ValueError, match="never taught the subject 'griffin'"):
        model.targets([Scene("fox"), Scene("griffin")])


def test_it_never_sees_a_held_out_scene_when_it_trains(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[Scene] = []
    scenes_of = WorldStream.scenes

    def recorded(stream: WorldStream, step: int) -> list[Scene]:
        seen.extend(scenes_of(stream, step))
        return scenes_of(stream, step)

    monkeypatch.setattr(WorldStream, "scenes", recorded)
    plan = Plan(steps=3, batch=40, rate=1e-3, save_every=2)
    examiner.train_examiner(tmp_path, None, plan, judges.CONFIG)
    assert len(seen) == 120
    assert len(set(seen)) > 100
    assert not any(is_held_out(scene) for scene in seen)
    assert Recogniser.load(tmp_path).config == judges.CONFIG


def test_it_ends_with_the_same_weights_when_training_was_stopped(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan, vqgan = Plan(steps=4, batch=4, rate=1e-3, save_every=2), tiny.vqgan(resolution=192)
    examiner.train_examiner(tmp_path / "whole", vqgan, plan, judges.CONFIG)
    worsen, calls = judge.worsen, []

    def interrupted(*args: object) -> torch.Tensor:
        calls.append(args)
        if len(calls) == 4:
            raise KeyboardInterrupt
        return worsen(*args)  # type: ignore[arg-type]

    monkeypatch.setattr(judge, "worsen", interrupted)
    for _ in range(2):
        try:
            examiner.train_examiner(tmp_path / "halves", vqgan, plan, judges.CONFIG)
        except KeyboardInterrupt:
            continue
    assert len(calls) == 6  # three steps whole, one cut short, the last two once more
    whole, halves = (Recogniser.load(tmp_path / name) for name in ("whole", "halves"))
    torch.testing.assert_close(halves.state_dict(), whole.state_dict(), atol=0, rtol=0)


def test_it_sees_pictures_painted_and_broken_when_there_is_a_painter(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    vqgan, seen = tiny.vqgan(resolution=192), []

    def shown(images: Tensor, dice: torch.Generator) -> Tensor:
        seen.append(images)
        return images

    monkeypatch.setattr(judge, "worsen", shown)
    plan = Plan(steps=1, batch=8, rate=1e-3)
    judge.train_judge(tmp_path, plan, judges.CONFIG, vqgan)
    stream = WorldStream(World(192, "train", judge.MIX), seed=judge.STREAM, batch=8)
    images, parts = stream.images_and_parts(stream.scenes(0))
    with torch.no_grad():
        codes = vqgan.encode(images[:4])
        codes[2:], names = spoil(codes[2:], parts[2:4], chance(0, 0))
        painted = vqgan.decode(codes).clamp(0, 1)
    assert all(names)
    expected = F.interpolate(torch.cat([painted, images[4:]]), (16, 16), mode="area")
    torch.testing.assert_close(seen[0], expected)
    assert not torch.allclose(painted, images[:4], atol=0.05)


def test_it_may_say_that_it_knows_no_name_for_what_it_sees() -> None:
    model = judges.recogniser()
    with torch.no_grad():
        for name in ("subject", "object"):
            reader: Any = model.readers[name]
            reader.out.bias[model.classes[name].index(BROKEN)] = 1e3
    [found] = look(model, torch.rand(1, 3, 16, 16), [judges.FOX])
    assert (found.seen["subject"], found.seen["object"]) == (BROKEN, BROKEN)
    assert not found.is_right


def test_it_learns_scenes_by_heart_when_it_sees_them_often() -> None:
    stream = WorldStream(bundled_world(), seed=1, batch=8)
    scenes = stream.scenes(0)
    images = F.interpolate(stream.images(scenes), (32, 32), mode="area")
    with torch.random.fork_rng():
        torch.manual_seed(0)
        model = Recogniser(replace(judges.CONFIG, image_size=32), JUDGED)
    targets = model.targets(scenes)
    optimiser = torch.optim.AdamW(model.parameters(), 1e-2)
    for _ in range(40):
        logits = model(images)
        loss = sum(F.cross_entropy(logits[name], target) for name, target in targets.items())
        optimiser.zero_grad()
        torch.as_tensor(loss).backward()
        optimiser.step()
    readings = look(model.train(), images, scenes)
    assert all(r.is_right and not r.mistakes for r in readings)


def test_it_worsens_each_picture_in_its_own_way_when_it_trains(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    one = F.interpolate(torch.rand(1, 3, 8, 8, generator=seeded(0)), (32, 32), mode="bicubic")
    images = one.clamp(0, 1).repeat(6, 1, 1, 1)
    before = images.clone()
    worse = judge.worsen(images, seeded(1))
    torch.testing.assert_close(images, before, atol=0, rtol=0)
    torch.testing.assert_close(judge.worsen(images, seeded(1)), worse, atol=0, rtol=0)
    assert worse.shape == images.shape
    assert 0 <= float(worse.min()) < float(worse.max()) <= 1
    # A shift alone is by whole pixels.
    for amount in ("TINT", "LIGHT", "NOISE"):
        monkeypatch.setattr(judge, amount, 0.0)
    monkeypatch.setattr(F, "avg_pool2d", lambda pictures, *_, **__: pictures)
    rows = {tuple(row) for row in images[0, :, 8:24, 8:24].flatten(1).T.tolist()}
    moved = judge.worsen(images, seeded(1))[:, :, 12:20, 12:20]
    assert {tuple(row) for row in moved[0].flatten(1).T.tolist()} <= rows
    assert any(not torch.equal(moved[0], other) for other in moved)
    changes = (worse - images).abs().mean((1, 2, 3))
    assert 0.005 < float(changes.min()) < float(changes.max()) < 0.2
    assert len({round(float(change), 5) for change in changes}) == 6


@pytest.mark.parametrize(
    ("scene", "attributes"),
    [
        (Scene("fox"), ("subject",)),
        (judges.FOX, ("subject", "object", "relation", "place")),
        (DOG, ("subject",)),
        (THREE_OWLS, ("subject", "place", "colour", "count")),
    ],
)
def test_it_judges_what_the_prompt_names_when_something_is_left_unsaid(
    scene: Scene, attributes: tuple[str, ...]
) -> None:
    assert named(scene) == attributes


def test_it_needs_all_that_the_prompt_names_when_a_picture_is_judged() -> None:
    assert judges.reading(judges.FOX).is_right
    assert judges.reading(judges.FOX, colour="red").is_right
    wrongs = {"subject": "wolf", "object": "none", "relation": "next_to", "place": "mars"}
    for name, seen in wrongs.items():
        wrong = judges.reading(judges.FOX, **{name: seen})
        assert not wrong.is_right
        assert wrong.mistakes == [(name, getattr(judges.FOX, name), seen)]
    # What the prompt does not name cannot be wrong.
    assert judges.reading(DOG, object="hat", place="moon").is_right
    assert judges.reading(DOG, object="hat", place="moon").mistakes == []


def test_it_reads_each_picture_alike_when_there_are_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "_BATCH", 3)
    model, scenes = judges.recogniser(), [judges.FOX, DOG, THREE_OWLS, judges.FOX]
    images = torch.rand(4, 3, 16, 16, generator=seeded(0))
    for row, found in enumerate(look(model, images, scenes)):
        scene, picture = scenes[row], images[row : row + 1]
        logits = {name: values[0].detach() for name, values in model(picture).items()}
        assert found.scene is scene
        assert found.seen == {
            name: model.classes[name][int(values.argmax())] for name, values in logits.items()
        }
        sure = 1.0
        for name in named(scene):
            label = model.classes[name].index(values_of(scene)[name])
            sure *= float(logits[name].softmax(0)[label])
        assert found.probability == pytest.approx(sure, rel=1e-4)
        pooled = model.feature_maps(picture)[-1].detach().mean((2, 3))[0]
        np.testing.assert_allclose(found.features, pooled, rtol=1e-4, atol=1e-6)
    with pytest.raises(ValueError, match="4 pictures of 3 scenes"):
        look(model, images, scenes[:3])
