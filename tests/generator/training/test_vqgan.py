"""Training a VQGAN: reconstruction, features, codes that learn and revive, the discriminator."""

from dataclasses import replace
from pathlib import Path

import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from generator.config import TINY_VQGAN
from generator.folders.weights import save_tensors
from generator.networks.vqgan import Vqgan
from generator.sources.batches import Batch
from generator.training.judge.labels import CLASSES, SIZES, labels_of
from generator.training.loop.plan import Plan
from generator.training.loop.run import Run
from generator.training.loop.stream import WorldStream, bundled_world
from generator.training.vqgan import discriminator
from generator.training.vqgan import stage as vqgan
from generator.training.vqgan.discriminator import Critic, Discriminator
from generator.training.vqgan.features import (
    FeatureNet,
    Perceptual,
    accuracies,
    blur_some,
    class_loss,
    shrink,
)
from generator.training.vqgan.quantise import COMMITMENT, Autoencoder
from generator.world.scenes.scene import Scene
from tests.generator import tiny
from tests.generator.training.test_run import seeded

PLAN = Plan(steps=40, batch=2, rate=1e-2, warmup=5, weight_decay=0.0, ema=0.5)


def pictures(count: int, size: int = 32, seed: int = 1) -> Tensor:
    squares = torch.rand(count, 3, size // 4, size // 4, generator=seeded(seed))
    return F.interpolate(squares, scale_factor=4.0)


class Same:
    """One batch for ever."""

    identity = "the same"

    def __init__(self, images: Tensor) -> None:
        self.images = images

    def batches(self, first: int = 0) -> "Same":
        return self

    def __iter__(self) -> "Same":
        return self

    def __next__(self) -> Batch:
        return Batch(self.images, [""] * len(self.images))


def psnr_of(folder: Path, images: Tensor) -> float:
    model = vqgan.load_vqgan(folder).eval()
    with torch.no_grad():
        return vqgan.psnr(model.decode(model.encode(images)), images)


@pytest.mark.parametrize("has_encoder", [True, False])
def test_it_learns_one_batch_by_heart_when_it_sees_it_often(
    tmp_path: Path, has_encoder: bool
) -> None:
    images = pictures(2)
    config = replace(TINY_VQGAN, has_encoder=has_encoder)
    plans = [replace(PLAN, steps=steps) for steps in (1, 40)]
    found = []
    for plan in plans:
        folder = tmp_path / str(plan.steps)
        objective = vqgan.Objective(perceptual=0.0)
        vqgan.train_vqgan(folder, Same(images), plan, objective, config)
        found.append(psnr_of(folder, images))
    assert found[1] > found[0] + 3


def test_it_moves_what_paints_alone_when_codes_must_stay(tmp_path: Path) -> None:
    given = tiny.vqgan(has_encoder=False)
    save_tensors(given, tmp_path / "given" / "model.safetensors", torch.float32)
    vqgan.write_config(given.config, tmp_path / "given")
    vqgan.train_vqgan(
        tmp_path / "run",
        Same(pictures(2)),
        replace(PLAN, steps=2),
        vqgan.Objective(perceptual=0.0),
        init_from=tmp_path / "given",
    )
    trained = vqgan.load_vqgan(tmp_path / "run").state_dict()
    for name, tensor in given.state_dict().items():
        stays = name.startswith(("quantiser", "patch_to_code"))
        assert torch.equal(trained[name], tensor.half().float()) == stays, name


def test_it_keeps_the_codes_bit_for_bit_when_it_starts_from_other_weights(tmp_path: Path) -> None:
    codebook, given = tiny.vqgan(1, has_encoder=False), tiny.vqgan(2, has_encoder=False)
    for name, model in (("run", codebook), ("given", given)):
        vqgan.write_config(model.config, tmp_path / name)
    torch.save(codebook.state_dict(), tmp_path / "run" / "codebook.pt")
    save_tensors(given, tmp_path / "given" / "model.safetensors", torch.float32)
    start = vqgan.first_vqgan(tmp_path / "run", given.config, tmp_path / "given", seed=0)
    images = pictures(4)
    assert torch.equal(start.encode(images), codebook.encode(images))
    torch.testing.assert_close(start.decoder.state_dict(), given.decoder.state_dict())
    vqgan.write_config(replace(given.config, channels=16), tmp_path / "run")
    torch.save(
        Vqgan(replace(given.config, channels=16)).state_dict(), tmp_path / "run" / "codebook.pt"
    )
    with pytest.raises(ValueError, match="other sizes"):
        vqgan.first_vqgan(tmp_path / "run", given.config, tmp_path / "given", seed=0)


def test_it_punishes_blurred_edges_when_pixels_are_equally_wrong() -> None:
    images = torch.zeros(1, 3, 8, 8)
    even = images + 0.1
    striped = images + 0.1 * torch.tensor([1.0, -1.0]).repeat(4)
    lying = striped.transpose(2, 3)
    assert float(vqgan.reconstruction_loss(images, images)) == 0
    assert float(vqgan.reconstruction_loss(even, images)) == pytest.approx(0.13)
    assert float(vqgan.reconstruction_loss(striped, images)) == pytest.approx(0.23)
    assert float(vqgan.reconstruction_loss(lying, images)) == pytest.approx(0.23)


def test_it_looks_harder_at_named_things_when_told_where_they_are() -> None:
    """Against counting pixel by pixel."""
    painted, images = pictures(2, 8, seed=1), pictures(2, 8, seed=2)
    things = (torch.rand(2, 1, 8, 8, generator=seeded(3)) < 0.3).float()
    pull = 1 + 2 * things.expand_as(images)
    share = pull / pull.mean()
    error = painted - images
    slow = 0.0
    for b, c, y, x in torch.cartesian_prod(*(torch.arange(n) for n in (2, 3, 8, 8))).tolist():
        here, weight = float(error[b, c, y, x]), float(share[b, c, y, x])
        slow += weight * (abs(here) + 3 * here**2) / 384
        if y:
            slow += weight * abs(here - float(error[b, c, y - 1, x])) / 2 / 336
        if x:
            slow += weight * abs(here - float(error[b, c, y, x - 1])) / 2 / 336
    found = float(vqgan.reconstruction_loss(painted, images, things, 3.0))
    assert found == pytest.approx(slow, rel=1e-5)
    alike = float(vqgan.reconstruction_loss(painted, images, torch.ones_like(things), 3.0))
    assert alike == pytest.approx(float(vqgan.reconstruction_loss(painted, images)), rel=1e-5)


def test_it_takes_most_patches_of_named_things_when_it_makes_a_codebook() -> None:
    config = replace(TINY_VQGAN, resolution=96)
    wanted = vqgan.Patches(scenes=20, patches=200, things=0.75)
    found = vqgan.scene_patches(wanted, config, seed=1)
    stream = WorldStream(bundled_world(size=96), 1, 20)
    images, things = stream.images_and_things(stream.scenes(0))
    s = config.stride
    shown: set[tuple[float, ...]] = set()
    other: set[tuple[float, ...]] = set()
    for image, mask in zip(images, things, strict=True):
        for y, x in torch.cartesian_prod(*[torch.arange(0, 96, s)] * 2).tolist():
            patch = tuple(image[:, y : y + s, x : x + s].flatten().tolist())
            is_shown = float(mask[:, y : y + s, x : x + s].mean()) > vqgan.SHOWN
            (shown if is_shown else other).add(patch)
    rows = [tuple(row) for row in found.tolist()]
    assert len(set(rows)) == len(rows) == 200
    assert set(rows[:150]) <= shown
    assert set(rows[150:]) <= other


def test_it_passes_gradients_straight_through_when_it_quantises() -> None:
    model = Autoencoder(tiny.vqgan())
    images = pictures(2)
    painted = model(images)
    latents = model.vqgan.latents(images)
    codes = model.vqgan.quantiser(latents)
    entries = model.vqgan.quantiser.codebook(codes)
    torch.testing.assert_close(painted.images, model.vqgan.paint(entries))
    assert torch.equal(painted.codes, codes)
    weight = dict(model.named_parameters())["vqgan.encoder.conv_in.weight"]
    [straight] = torch.autograd.grad(painted.images.square().mean(), weight, retain_graph=True)
    # By hand: what a change of the entries would do is done to the latents in their place.
    leaf = entries.detach().requires_grad_()
    [wanted] = torch.autograd.grad(model.vqgan.paint(leaf).square().mean(), leaf)
    [expected] = torch.autograd.grad(latents, weight, wanted)
    torch.testing.assert_close(straight, expected)


def test_it_pulls_codes_and_latents_together_when_it_quantises() -> None:
    model = Autoencoder(tiny.vqgan())
    images = pictures(2)
    latents = model.vqgan.latents(images).detach()
    entries = model.vqgan.quantiser.codebook(model.vqgan.quantiser(latents)).detach()
    apart = float((latents - entries).square().mean())
    loss = model(images).codebook_loss
    assert float(loss.detach()) == pytest.approx((1 + COMMITMENT) * apart, rel=1e-5)
    loss.backward()
    used = model.vqgan.quantiser(latents).unique()
    gradient = model.vqgan.quantiser.codebook.weight.grad
    assert gradient is not None
    assert set(gradient.abs().sum(1).nonzero().flatten().tolist()) == set(used.tolist())
    assert dict(model.named_parameters())["vqgan.quant_conv.weight"].grad is not None


def test_it_revives_dead_codes_at_latents_when_they_idled_long_enough() -> None:
    model = Autoencoder(tiny.vqgan())
    before = model.vqgan.quantiser.codebook.weight.detach().clone()
    latents = 100 + torch.randn(10, 8, generator=seeded(0))
    used = torch.arange(30)
    moved = [model.revive(used, latents, seeded(step), limit=3) for step in range(3)]
    assert moved == [0, 0, 2]
    after = model.vqgan.quantiser.codebook.weight.detach()
    assert torch.equal(after[:30], before[:30])
    for code in (30, 31):
        assert any(torch.equal(after[code], latent) for latent in latents)
    assert model.revive(torch.arange(32), latents, seeded(4), limit=1) == 0


def test_it_uses_more_codes_when_dead_ones_revive(tmp_path: Path) -> None:
    config = replace(TINY_VQGAN, has_shortcut=False)
    with torch.random.fork_rng():
        torch.manual_seed(0)
        model = Autoencoder(Vqgan(config))
    with torch.no_grad():
        model.vqgan.quantiser.codebook.weight[1:] += 50  # out of reach
    images = pictures(16)
    assert len(model(images).codes.unique()) == 1
    for step in range(4):
        painted = model(images)
        model.revive(painted.codes.flatten(), painted.latents.flatten(0, 2), seeded(step), limit=2)
    assert len(model(images).codes.unique()) > 16


def test_it_equals_formulas_when_the_critic_and_the_painter_are_judged() -> None:
    real, fake = (torch.randn(3, 1, 2, 2, generator=seeded(seed)) * 2 for seed in (0, 1))
    expected = sum(
        max(0.0, 1 - float(r)) + max(0.0, 1 + float(f))
        for r, f in zip(real.flatten(), fake.flatten(), strict=True)
    )
    found = discriminator.critic_loss(real, fake)
    assert float(found) == pytest.approx(expected / 24, rel=1e-5)
    assert float(discriminator.painter_loss(fake)) == pytest.approx(-float(fake.mean()))


def test_it_balances_both_pulls_at_the_last_layer_when_weighed() -> None:
    last = nn.Parameter(torch.tensor([1.0, 2.0]))
    before = nn.Parameter(torch.ones(2))
    wanted, adversarial = (3 * before * last).sum(), (0.5 * before * last).sum()
    weight = discriminator.adaptive_weight(wanted, adversarial, last)
    assert float(weight) == pytest.approx(6.0, rel=1e-4)
    (wanted + weight * adversarial).backward()  # the graph is still there
    torch.testing.assert_close(last.grad, torch.full((2,), 6.0), rtol=1e-4, atol=0)
    silent = (0 * before * last).sum()
    assert float(discriminator.adaptive_weight((3 * last).sum(), silent, last)) == 1e4


def test_it_sees_patches_of_46_pixels_when_it_criticises() -> None:
    images = torch.rand(1, 3, 96, 96, generator=seeded(0)).requires_grad_()
    with torch.random.fork_rng():
        torch.manual_seed(0)
        net = Discriminator(8)
    for module in net.modules():
        if isinstance(module, nn.GroupNorm):  # which sees the whole picture
            module.forward = nn.Identity().forward  # type: ignore[method-assign]
    opinions = net(images)
    assert opinions.shape == (1, 1, 11, 11)
    opinions[0, 0, 5, 5].backward()
    rows = images.grad.abs().sum((0, 1, 3)).nonzero().flatten()  # type: ignore[union-attr]
    assert int(rows.max() - rows.min()) + 1 == 46


def test_it_learns_first_and_is_heard_later_when_its_time_comes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(discriminator, "HEAD_START", 2)
    run = Run(tmp_path, nn.Conv2d(3, 3, 1), replace(PLAN, steps=6))
    critic = Critic(run, weight=0.1, first=4)
    images = pictures(2, 48)
    heard: list[bool] = []
    learnt: list[bool] = []
    for _ in run.steps():
        before = [p.detach().clone() for p in critic.learner.model.parameters()]
        painted = run.model(images)
        loss = F.l1_loss(painted, images)
        if critic.is_heard:
            loss = loss + critic.opinion(loss, painted, run.model.weight)  # type: ignore[arg-type]
        heard.append(critic.is_heard)
        run.update(loss)
        assert all(p.grad is None or learnt[-1] for p in critic.learner.model.parameters())
        critic.learn(images, painted)
        after = critic.learner.model.parameters()
        learnt.append(any(not torch.equal(a, b) for a, b in zip(before, after, strict=True)))
    assert heard == [False] * 4 + [True] * 2
    assert learnt == [False] * 2 + [True] * 4


def test_it_tells_real_from_painted_when_it_has_learnt(tmp_path: Path) -> None:
    run = Run(tmp_path, nn.Linear(1, 1), replace(PLAN, steps=30))
    critic = Critic(run, weight=0.1, first=0)
    images = pictures(4, 48)
    blurred = F.avg_pool2d(images, 5, 1, 2)
    for _ in run.steps():
        run.update(run.model(torch.ones(1, 1)).sum() * 0)
        critic.learn(images, blurred)
    with torch.no_grad():
        real, fake = critic.learner.model(images), critic.learner.model(blurred)
    assert float(real.mean()) > float(fake.mean()) + 0.5


def test_it_is_nought_for_the_same_and_grows_with_blur_when_features_differ() -> None:
    with torch.random.fork_rng():
        torch.manual_seed(0)
        perceptual = Perceptual(FeatureNet())
    images = pictures(2, 48)
    blurs = [images, F.avg_pool2d(images, 3, 1, 1), F.avg_pool2d(images, 7, 1, 3)]
    found = [float(perceptual(blurred, images)) for blurred in blurs]
    assert found[0] == 0
    assert 0 < found[1] < found[2]


def test_it_equals_a_loop_when_features_are_compared() -> None:
    with torch.random.fork_rng():
        torch.manual_seed(0)
        perceptual = Perceptual(FeatureNet((4, 4, 4, 4, 4)))
    painted, images = pictures(2, 32, 1).requires_grad_(), pictures(2, 32, 2).requires_grad_()
    total = 0.0
    for a, b in zip(perceptual.net.features(painted), perceptual.net.features(images), strict=True):
        if a.size(-1) == 32:
            continue
        for first, second in zip(
            a.permute(0, 2, 3, 1).flatten(0, 2), b.permute(0, 2, 3, 1).flatten(0, 2), strict=True
        ):
            units = [v / (v.square().sum() + 1e-6).sqrt() for v in (first, second)]
            total += float((units[0] - units[1]).square().sum().detach()) / (2 * a.size(-1) ** 2)
    loss = perceptual(painted, images)
    assert float(loss.detach()) == pytest.approx(total, rel=1e-4)
    loss.backward()
    assert painted.grad is not None
    assert images.grad is None
    assert all(p.grad is None for p in perceptual.net.parameters())


def test_it_names_what_scenes_show_when_it_saw_them_often(tmp_path: Path) -> None:
    with torch.random.fork_rng():
        torch.manual_seed(0)
        model = FeatureNet()
    stream = WorldStream(bundled_world(size=96), 6, 8)
    scenes = stream.scenes(0)
    images, labels = shrink(stream.images(scenes), 48), labels_of(scenes)
    run = Run(tmp_path, model, Plan(steps=25, batch=8, rate=3e-3, warmup=2, ema=0.5))
    for _ in run.steps():
        logits = run.model(images)
        run.update(class_loss(logits, labels))
    found = accuracies(run.averaged.eval()(images), labels)
    assert list(found) == list(CLASSES)
    assert min(found.values()) > 0.8


def test_it_sums_over_attributes_when_classes_are_judged() -> None:
    logits = torch.randn(3, sum(SIZES), generator=seeded(0))
    labels = torch.stack([torch.randint(size, (3,), generator=seeded(1)) for size in SIZES], 1)
    total, start = 0.0, 0
    for i, size in enumerate(SIZES):
        for row in range(3):
            part = logits[row, start : start + size].softmax(0)
            total -= float(part[labels[row, i]].log()) / 3
        start += size
    assert float(class_loss(logits, labels)) == pytest.approx(total, rel=1e-5)


def test_it_labels_what_is_absent_when_a_scene_is_plain() -> None:
    scenes = [
        Scene("fox"),
        Scene("owl", "riding", "bicycle", "moon", "red", "object"),
    ]
    found = [
        {name: CLASSES[name][i] for name, i in zip(CLASSES, row, strict=True)}
        for row in labels_of(scenes).tolist()
    ]
    assert found[0] == {
        "subject": "fox", "object": "none", "relation": "alone", "place": "none",
        "colour": "none", "count": "1",
    }  # fmt: skip
    assert found[1] == {
        "subject": "owl", "object": "bicycle", "relation": "riding", "place": "moon",
        "colour": "red", "count": "1",
    }  # fmt: skip


def test_it_softens_half_of_the_pictures_when_it_blurs_some() -> None:
    images = torch.rand(200, 3, 8, 8, generator=seeded(0))
    blurred = blur_some(images, seeded(1))
    same = [torch.equal(a, b) for a, b in zip(images, blurred, strict=True)]
    assert 70 < sum(same) < 130
    assert float(blurred.std()) < float(images.std())
