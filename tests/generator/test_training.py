"""Training: losses that fall, runs that go on as if never stopped, a codebook without gradients."""

import argparse
import math
import random
from dataclasses import fields, replace
from pathlib import Path

import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional as F
from transformers import CLIPModel

from generator.bart import Bart
from generator.config import BUNDLED_BART, BUNDLED_VQGAN, TINY_BART, TINY_VQGAN
from generator.manifest import REQUIRED
from generator.pipeline import Generator
from generator.ranker import prepare
from generator.tokenizer import CaptionTokenizer
from generator.training import bart as bart_stage
from generator.training import cli
from generator.training import clip as clip_stage
from generator.training import vqgan as vqgan_stage
from generator.training.assemble import assemble
from generator.training.codebook import distinct, initialise_codebook, kmeans, nearest, patches_of
from generator.training.data import WorldStream, bundled_world, chance
from generator.training.run import Plan, Run, TrainingError
from generator.vqgan import Vqgan
from generator.world import Scene
from tests.generator import tiny

PLAN = Plan(steps=7, batch=4, rate=1e-2, warmup=2, save_every=3, ema=0.9)


def seeded(seed: int) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def small_model(seed: int) -> nn.Sequential:
    norm = nn.BatchNorm1d(3)  # has buffers, and numbers that are no floats
    return tiny.shake(nn.Sequential(nn.Linear(3, 3), norm, nn.Linear(3, 2)), seed).train()


def train_small(
    folder: Path, plan: Plan = PLAN, seed: int = 0, stop_at: int | None = None
) -> tuple[Run, list[int]]:
    run, done = Run(folder, small_model(seed), plan), []
    for step in run.steps():
        if step == stop_at:
            break
        batch = torch.randn(plan.batch, 3, generator=chance(step, plan.seed))
        run.update((run.model(batch) - batch[:, :2]).square().mean())
        done.append(step)
    return run, done


@pytest.mark.parametrize(("stop_at", "goes_on"), [(3, 3), (5, 3), (6, 6), (2, 0)])
def test_it_ends_with_the_same_weights_when_it_was_stopped(
    tmp_path: Path, stop_at: int, goes_on: int
) -> None:
    whole, _ = train_small(tmp_path / "whole")
    train_small(tmp_path / "halves", stop_at=stop_at)
    # Another seed: everything must come from the state file, where there is one.
    halves, done = train_small(tmp_path / "halves", seed=9 if goes_on else 0)
    assert done == list(range(goes_on, 7))
    for name in ("model", "averaged"):
        torch.testing.assert_close(
            getattr(halves, name).state_dict(), getattr(whole, name).state_dict(), atol=0, rtol=0
        )
    assert train_small(tmp_path / "halves")[1] == []


def test_it_averages_as_written_when_training(tmp_path: Path) -> None:
    run = Run(tmp_path, small_model(0), replace(PLAN, steps=12, ema=0.5))
    slow = {name: p.detach().clone() for name, p in run.model.named_parameters()}
    for step in run.steps():
        run.update(run.model(torch.randn(4, 3, generator=seeded(step))).square().mean())
        decay = min(0.5, (1 + step) / (10 + step))
        for name, fast in run.model.named_parameters():
            slow[name] = decay * slow[name] + (1 - decay) * fast.detach()
    averaged = dict(run.averaged.named_parameters())
    torch.testing.assert_close(averaged, slow)
    live = dict(run.model.named_parameters())
    assert any(not torch.allclose(averaged[name], live[name]) for name in live)


def test_it_hands_out_the_average_when_it_saves(tmp_path: Path) -> None:
    saved: list[int] = []
    plan = replace(PLAN, steps=7, save_every=3)
    run = Run(tmp_path, small_model(0), plan, on_save=lambda model, step: saved.append(step))
    for step in run.steps():
        run.update(run.model(torch.randn(4, 3, generator=seeded(step))).square().mean())
    assert saved == [3, 6, 7]
    assert [path.name for path in tmp_path.iterdir()] == ["state.pt"]


def test_it_names_the_last_good_state_when_the_loss_is_no_number(tmp_path: Path) -> None:
    run, _ = train_small(tmp_path, stop_at=5)
    before = run.state_file.read_bytes()
    weights = {name: p.detach().clone() for name, p in run.model.named_parameters()}
    for value in (math.nan, math.inf):
        loss = run.model(torch.ones(2, 3)).sum() * value
        with pytest.raises(TrainingError, match=rf"became (nan|-?inf) at step 5.*{run.state_file}"):
            run.update(loss)
    torch.testing.assert_close(dict(run.model.named_parameters()), weights, atol=0, rtol=0)
    assert run.state_file.read_bytes() == before


def test_it_stops_before_the_weights_are_spoiled_when_a_gradient_is_no_number(
    tmp_path: Path,
) -> None:
    run, _ = train_small(tmp_path, stop_at=5)
    loss = (run.model(torch.ones(2, 3)) * 0).square().sum().sqrt()  # zero, with a gradient of 0/0
    assert math.isfinite(float(loss.detach()))
    with pytest.raises(TrainingError, match=str(run.state_file)):
        run.update(loss)
    assert all(bool(p.isfinite().all()) for p in run.model.parameters())


def test_it_leaves_the_state_file_alone_when_it_cannot_save(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run, _ = train_small(tmp_path, stop_at=5)
    before = run.state_file.read_bytes()

    def fill_the_disk(_: object, path: Path) -> None:
        path.write_bytes(b"half")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(torch, "save", fill_the_disk)
    with pytest.raises(TrainingError, match=r"state\.pt .*No space left on device"):
        run.save()
    assert run.state_file.read_bytes() == before
    assert [path.name for path in tmp_path.iterdir()] == ["state.pt"]


def test_it_rises_and_falls_when_asked_for_the_rate() -> None:
    plan = Plan(steps=110, batch=1, rate=2.0, warmup=10)
    assert [plan.rate_at(step) for step in (0, 4, 9)] == pytest.approx([0.2, 1.0, 2.0])
    assert plan.rate_at(10) == pytest.approx(2.0)
    assert plan.rate_at(60) == pytest.approx(1.0)
    assert plan.rate_at(110) == pytest.approx(0.0)
    assert plan.rate_at(500) == pytest.approx(0.0)


def test_it_gives_each_step_its_own_chance_when_repeated() -> None:
    draws = {
        (step, seed): float(torch.rand((), generator=chance(step, seed)))
        for step in range(50)
        for seed in range(3)
    }
    assert len(set(draws.values())) == 150
    assert float(torch.rand((), generator=chance(7, 2))) == draws[7, 2]


def test_it_decays_matrices_alone_when_it_trains(tmp_path: Path) -> None:
    run = Run(tmp_path, small_model(0), replace(PLAN, steps=1, weight_decay=0.5, warmup=0))
    before = {name: p.detach().clone() for name, p in run.model.named_parameters()}
    for _ in run.steps():
        run.update(sum(p.sum() * 0 for p in run.model.parameters()))
    for name, parameter in run.model.named_parameters():
        shrunk = before[name] * (1 - 1e-2 * 0.5) if parameter.dim() >= 2 else before[name]
        torch.testing.assert_close(parameter.detach(), shrunk, msg=name)


def losses(folder: Path, model: nn.Module, steps: int, loss_of: object) -> list[float]:
    """Train on one batch; every loss on the way."""
    plan = Plan(steps=steps, batch=1, rate=1e-2, warmup=5, save_every=10_000)
    run, values = Run(folder, model, plan), []
    for _ in run.steps():
        loss = loss_of(run.model)  # type: ignore[operator]
        values.append(float(loss.detach()))
        run.update(loss)
    return values


def test_it_learns_one_batch_by_heart_when_bart_sees_it_often(
    tmp_path: Path, tokenizer: CaptionTokenizer
) -> None:
    with torch.random.fork_rng():
        torch.manual_seed(0)
        model = Bart(TINY_BART)
    ids, mask = bart_stage.caption_rows(tokenizer, tiny.CAPTIONS, torch.zeros(6))
    codes = torch.randint(TINY_BART.codes, (6, 16), generator=seeded(1))
    values = losses(tmp_path, model, 40, lambda m: bart_stage.code_loss(m(ids, mask, codes), codes))
    assert values[0] == pytest.approx(math.log(33), abs=0.3)
    assert values[-1] < 0.3


def test_it_learns_one_batch_by_heart_when_the_decoder_sees_it_often(tmp_path: Path) -> None:
    with torch.random.fork_rng():
        torch.manual_seed(0)
        model = Vqgan(replace(TINY_VQGAN, has_encoder=False))
    images = F.interpolate(torch.rand(2, 3, 8, 8, generator=seeded(1)), scale_factor=4.0)
    quantised = model.quantiser.codebook(model.quantiser(model.latents(images))).detach()
    values = losses(
        tmp_path, model, 40, lambda m: vqgan_stage.reconstruction_loss(m.paint(quantised), images)
    )
    assert values[-1] < 0.5 * values[0]


def test_it_learns_one_batch_by_heart_when_clip_sees_it_often(
    tmp_path: Path, tokenizer: CaptionTokenizer
) -> None:
    with torch.random.fork_rng():
        torch.manual_seed(0)
        model = clip_stage.Contrast(CLIPModel(tiny.clip_config()))
    pixels = prepare(torch.rand(3, 3, 16, 16, generator=seeded(1)), 16)
    ids, mask = tokenizer(tiny.CAPTIONS)
    values = losses(
        tmp_path, model, 30, lambda m: clip_stage.contrastive_loss(*m(pixels, ids, mask))
    )
    assert values[0] > 0.8
    assert values[-1] < 0.2


def test_it_equals_a_loop_when_it_contrasts() -> None:
    images, texts, wrong = (
        F.normalize(torch.randn(4, 6, generator=seeded(seed)), dim=-1) for seed in range(3)
    )
    scale = 7.0
    total = 0.0
    for i in range(4):
        cosines = [float(images[i] @ text) for text in (*texts, wrong[i])]
        total -= math.log(math.exp(scale * cosines[i]) / sum(math.exp(scale * c) for c in cosines))
        cosines = [float(image @ texts[i]) for image in images]
        total -= math.log(math.exp(scale * cosines[i]) / sum(math.exp(scale * c) for c in cosines))
    loss = clip_stage.contrastive_loss(images, texts, wrong, torch.tensor(scale))
    assert float(loss) == pytest.approx(total / 8, rel=1e-4)


def test_it_empties_captions_when_they_are_dropped(tokenizer: CaptionTokenizer) -> None:
    drop = torch.tensor([False, True, False])
    ids, mask = bart_stage.caption_rows(tokenizer, ["A Fox!", "an owl", "a dog"], drop)
    expected, expected_mask = tokenizer(["a fox", "", "a dog"])
    width = int(expected_mask.sum(1).max())
    assert ids.shape == (3, width)
    assert ids.tolist() == expected[:, :width].tolist()
    assert mask.tolist() == expected_mask[:, :width].tolist()


def test_it_takes_a_mean_over_codes_when_bart_is_judged() -> None:
    logits = torch.randn(2, 3, 5, generator=seeded(0))
    codes = torch.tensor([[0, 4, 2], [1, 1, 3]])
    expected = -sum(
        math.log(float(logits[b, t].softmax(-1)[codes[b, t]])) for b in range(2) for t in range(3)
    )
    assert float(bart_stage.code_loss(logits, codes)) == pytest.approx(expected / 6, rel=1e-5)


def test_it_spoils_one_thing_when_it_makes_a_wrong_caption() -> None:
    world, dice = bundled_world(), random.Random(0)
    names = [field.name for field in fields(Scene)]
    changed: set[str] = set()
    for index in range(600):
        scene = world.scene(1, index)
        wrong = clip_stage.with_one_mistake(scene, dice)
        (name,) = [name for name in names if getattr(wrong, name) != getattr(scene, name)]
        changed.add(name)
        assert world.caption(wrong, variation=index) != world.caption(scene, variation=index)
    assert changed == {"subject", "object", "relation", "place", "colour"}


def test_it_gives_the_same_batch_when_a_step_is_asked_again() -> None:
    stream = WorldStream(bundled_world(), seed=3, batch=2)
    scenes = stream.scenes(5)
    assert scenes == [bundled_world().scene(3, index) for index in (10, 11)]
    assert not set(scenes) & set(stream.scenes(6))
    images = stream.images(scenes)
    assert (images.shape, images.dtype) == ((2, 3, 192, 192), torch.float32)
    assert 0 <= float(images.min()) < float(images.max()) <= 1
    pixels = torch.from_numpy(bundled_world().render(scenes[1]))
    torch.testing.assert_close(images[1], pixels.permute(2, 0, 1) / 255)


def test_it_finds_the_nearest_entry_when_compared_with_brute_force() -> None:
    points, entries = (torch.randn(n, 5, generator=seeded(n)) for n in (50, 7))
    expected = [
        min(range(7), key=lambda e: float((point - entries[e]).square().sum())) for point in points
    ]
    assert nearest(points, entries).tolist() == expected
    assert nearest(points, entries, chunk=8).tolist() == expected


def test_it_finds_the_clusters_when_they_are_far_apart() -> None:
    centres = 100 * torch.randn(6, 4, generator=seeded(3))
    points = centres.repeat(20, 1) + torch.randn(120, 4, generator=seeded(4))
    entries = kmeans(points, 30, 10, seeded(5))
    assert float((points - entries[nearest(points, entries)]).norm(dim=1).max()) < 10


def test_it_revives_a_cluster_when_it_is_empty() -> None:
    # Most points are one point, so that most first entries are equal and all but one are empty.
    points = torch.full((60, 2), 50.0)
    points[:10] = 50 + 10 * torch.randn(10, 2, generator=seeded(0))
    entries = kmeans(points, 8, 12, seeded(1))
    assert bool(entries.isfinite().all())
    assert float((entries - 50).abs().max()) < 40  # an empty mean would stand at the origin
    assert len(set(nearest(points, entries).tolist())) >= 6


def test_it_refuses_when_there_are_fewer_patches_than_codes() -> None:
    with pytest.raises(ValueError, match="5 patches cannot fill 6 codes"):
        kmeans(torch.zeros(5, 2), 6, 1, seeded(0))


def test_it_cuts_patches_as_a_loop_does_when_unfolding() -> None:
    images = torch.rand(2, 3, 8, 12, generator=seeded(0))
    expected = [
        images[b, :, 4 * row : 4 * row + 4, 4 * column : 4 * column + 4].flatten()
        for b in range(2)
        for row in range(2)
        for column in range(3)
    ]
    torch.testing.assert_close(patches_of(images, 4), torch.stack(expected), atol=0, rtol=0)


def test_it_keeps_one_of_each_when_patches_repeat() -> None:
    different = torch.rand(20, 12, generator=seeded(0))
    found = distinct(different.repeat(5, 1), 100, seeded(1))
    assert sorted(found.tolist()) == sorted(different.tolist())
    assert distinct(different.repeat(5, 1), 7, seeded(1)).shape == (7, 12)


def world_pictures(count: int) -> Tensor:
    stream = WorldStream(bundled_world(), seed=1, batch=count)
    return F.interpolate(stream.images(stream.scenes(0)), (32, 32), mode="area")


@pytest.mark.parametrize("has_encoder", [True, False])
@torch.no_grad()
def test_it_paints_better_than_the_mean_when_the_codebook_is_new(has_encoder: bool) -> None:
    model = tiny.vqgan(has_encoder=has_encoder, code_width=24)
    images = world_pictures(24)
    psnr = initialise_codebook(model, images, patches=10_000, rounds=5, seed=0)
    painted = model.decode(model.encode(images))

    def decibels(picture: Tensor) -> float:
        return float(-10 * (picture - images).square().mean().log10())

    mean = patches_of(images, 8).mean(0).view(3, 8, 8).repeat(1, 4, 4)
    assert decibels(painted) > decibels(mean.expand_as(images)) + 2
    # The PSNR it tells is of distinct patches: the repeated ones are the easier.
    flat = distinct(patches_of(images, 8), 10_000, seeded(0))
    squares = flat.view(-1, 3, 8, 8)
    error = (model.decode(model.encode(squares)) - squares).square().mean()
    if not has_encoder:
        assert psnr == pytest.approx(float(-10 * error.log10()), abs=0.05)


def test_it_refuses_when_there_is_no_shortcut_to_set() -> None:
    model = tiny.vqgan(has_shortcut=False)
    with pytest.raises(ValueError, match="with a shortcut"):
        initialise_codebook(model, torch.rand(1, 3, 32, 32), patches=9, rounds=1, seed=0)


def test_it_punishes_blurred_edges_when_pixels_are_equally_wrong() -> None:
    images = torch.zeros(1, 3, 8, 8)
    even = images + 0.1
    striped = images + 0.1 * torch.tensor([1.0, -1.0]).repeat(4)
    lying = striped.transpose(2, 3)
    assert float(vqgan_stage.reconstruction_loss(images, images)) == 0
    assert float(vqgan_stage.reconstruction_loss(even, images)) == pytest.approx(0.11)
    assert float(vqgan_stage.reconstruction_loss(striped, images)) == pytest.approx(0.21)
    assert float(vqgan_stage.reconstruction_loss(lying, images)) == pytest.approx(0.21)


def test_it_trains_assembles_and_draws_when_every_stage_has_run(tmp_path: Path) -> None:
    """Two steps of each stage at the bundled sizes: everything fits together."""
    runs, plan = tmp_path / "runs", Plan(steps=2, batch=2, rate=1e-4)
    tokenizer = runs / "tokenizer.json"
    bart_stage.make_tokenizer(tokenizer, captions=200)
    (runs / "vqgan").mkdir()
    torch.save(Vqgan(BUNDLED_VQGAN).state_dict(), runs / "vqgan" / "codebook.pt")
    codebook = vqgan_stage.load_codebook(runs / "vqgan").quantiser.codebook.weight
    vqgan_stage.train_vqgan(runs / "vqgan", plan)
    trained = vqgan_stage.load_vqgan(runs / "vqgan")
    torch.testing.assert_close(trained.quantiser.codebook.weight, codebook.half().float())
    bart_stage.train_bart(runs / "bart", runs / "vqgan", tokenizer, plan, BUNDLED_BART)
    with pytest.raises(FileNotFoundError):
        assemble(runs, tmp_path / "model")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["runs"]
    clip_stage.train_clip(runs / "clip", trained, tokenizer, plan)
    manifest = assemble(runs, tmp_path / "model")
    assert set(manifest.files) == set(REQUIRED)
    drawing = Generator.load(tmp_path / "model").draw("a fox", count=1, keep=1, seed=0)
    assert drawing.pictures[0].image.size == (192, 192)


def test_it_follows_the_recipe_when_the_command_line_says_nothing() -> None:
    parser = argparse.ArgumentParser()
    cli.add_arguments(parser)
    assert cli.plan_of(parser.parse_args(["clip"])) == cli.PLANS["clip"]
    plan = cli.plan_of(parser.parse_args(["bart", "--steps", "9", "--rate", "0.5"]))
    assert plan == replace(cli.PLANS["bart"], steps=9, rate=0.5)
