"""Train a VQGAN: pictures to codes and back (Esser et al. 2021, arXiv:2012.09841).

The bundled one starts from `codebook.py`; its encoder is the linear shortcut, so its codes never
move while the decoder learns, and BART can be trained beside it. One with a convolutional encoder
is trained whole, from scratch or from given weights.
"""

import json
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor
from torch.nn import functional as F

from generator.config import BUNDLED_VQGAN, VqganConfig
from generator.folders.manifest import read_json
from generator.folders.weights import fill, load_tensors
from generator.networks.vqgan import Vqgan
from generator.training.loop.plan import Plan
from generator.training.loop.run import Run
from generator.training.loop.saving import save_state, save_weights
from generator.training.loop.stream import Pictures, WorldStream, bundled_world, chance
from generator.training.vqgan.codebook import distinct, initialise_codebook, patches_of
from generator.training.vqgan.discriminator import Critic
from generator.training.vqgan.features import Perceptual, load_features
from generator.training.vqgan.quantise import Autoencoder, Painted

EDGE_WEIGHT = 0.5
SQUARED_WEIGHT = 3.0
SAMPLES = 6
# A patch of which less is covered by something named is one of the place.
SHOWN = 0.02
# On a CPU, convolutions of such small pictures take half the time with channels innermost.
LAYOUT = torch.channels_last


@dataclass(frozen=True, slots=True, kw_only=True)
class Objective:
    """How much each loss counts beside the reconstruction.

    `things` is how much more a pixel of a named thing counts than one of the place around it.
    `adversarial` is the discriminator's pull at the last layer, as a part of all other losses';
    it is heard from step `adversarial_from` on, and never if that is None.
    """

    things: float = 3.0
    perceptual: float = 0.1
    codebook: float = 1.0
    adversarial: float = 0.3
    adversarial_from: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Patches:
    """How much is looked at to make a first codebook.

    Distinct patches of named things and of places are taken by themselves, so that `things` of
    all are the former, however large the places are.
    """

    scenes: int = 12_000
    patches: int = 240_000
    things: float = 0.85
    rounds: int = 10


def make_codebook(
    folder: Path, config: VqganConfig = BUNDLED_VQGAN, patches: Patches | None = None
) -> float:
    """Write `folder/codebook.pt`, a VQGAN whose shortcut and codebook are set; PSNR in dB."""
    patches = patches or Patches()
    return write_codebook(folder, config, scene_patches(patches, config, seed=1), patches.rounds)


def write_codebook(folder: Path, config: VqganConfig, patches: Tensor, rounds: int) -> float:
    """`make_codebook` from patches as `patches_of` cuts them."""
    with torch.random.fork_rng():
        torch.manual_seed(1)
        model = Vqgan(config)
    psnr = initialise_codebook(model, patches, rounds=rounds, seed=1)
    write_config(config, folder)
    save_state(model.state_dict(), folder / "codebook.pt")
    return psnr


def scene_patches(wanted: Patches, config: VqganConfig, seed: int) -> Tensor:
    """Distinct patches of scenes, (N, 3·stride²), a few hundred scenes in memory at a time."""
    stream = WorldStream(bundled_world(size=config.resolution), seed, min(wanted.scenes, 500))
    parts = -(-wanted.scenes // stream.batch)
    of_things = round(wanted.patches * wanted.things)
    found: list[Tensor] = []
    for part in range(parts):
        images, things = stream.images_and_things(stream.scenes(part))
        flat = patches_of(images, config.stride)
        shown = patches_of(things, config.stride).mean(1) > SHOWN
        for some, count in ((shown, of_things), (~shown, wanted.patches - of_things)):
            found.append(distinct(flat[some], -(-count // parts), chance(part, seed)))
    return torch.cat(found)


def write_config(config: VqganConfig, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    text = json.dumps(config.to_dict(), indent=2) + "\n"
    (folder / "config.json").write_text(text, encoding="utf-8")


def load_config(folder: Path) -> VqganConfig:
    return VqganConfig.from_dict(read_json(folder / "config.json"))


def load_codebook(folder: Path) -> Vqgan:
    """The VQGAN as it was before any training: its codes are those that BART is taught."""
    model = Vqgan(load_config(folder))
    model.load_state_dict(torch.load(folder / "codebook.pt", weights_only=True))
    return model


def load_vqgan(folder: Path) -> Vqgan:
    """The trained VQGAN of a run folder, or of a model folder's `vqgan/`."""
    model, source = Vqgan(load_config(folder)), folder / "model.safetensors"
    fill(model, load_tensors(source), source)
    return model


def first_vqgan(folder: Path, config: VqganConfig, init_from: Path | None, seed: int) -> Vqgan:
    """What training starts from: given weights, else the run's codebook, else chance.

    Args:
        init_from: a folder with config.json and model.safetensors; its sizes are taken too.
    """
    codebook = load_codebook(folder) if (folder / "codebook.pt").exists() else None
    if init_from is not None:
        model = load_vqgan(init_from)
        if codebook is not None and model.encoder is None:
            _keep_codes(model, codebook)
        return model
    if codebook is not None:
        return codebook
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        return Vqgan(config)


@torch.no_grad()
def _keep_codes(model: Vqgan, source: Vqgan) -> None:
    """The codes of `source`, bit for bit: float16 weights would turn some into neighbours."""
    if model.config != source.config:
        raise ValueError("the weights to start from have other sizes than the codebook")
    model.quantiser.load_state_dict(source.quantiser.state_dict())
    if model.patch_to_code is not None and source.patch_to_code is not None:
        model.patch_to_code.load_state_dict(source.patch_to_code.state_dict())


def reconstruction_loss(
    painted: Tensor, images: Tensor, things: Tensor | None = None, weight: float = 1.0
) -> Tensor:
    """Error of pixels, absolute and squared, and of their differences, which keeps edges sharp.

    Args:
        things: (B, 1, H, W), 1 where a pixel counts `weight` times as much as where it is 0.
    """
    pull = torch.ones_like(images[:, :1]) if things is None else 1 + (weight - 1) * things
    pull = pull / pull.mean()
    error = painted - images
    loss = (pull * (error.abs() + SQUARED_WEIGHT * error.square())).mean()
    for axis in (-1, -2):
        nearer = pull.narrow(axis, 1, pull.size(axis) - 1)
        loss = loss + EDGE_WEIGHT * (nearer * error.diff(dim=axis).abs()).mean()
    return loss


def psnr(painted: Tensor, images: Tensor) -> float:
    """Decibels over the whole batch."""
    return float(-10 * F.mse_loss(painted.detach().clamp(0, 1), images).log10())


def train_vqgan(
    folder: Path,
    pictures: Pictures,
    plan: Plan,
    objective: Objective,
    config: VqganConfig = BUNDLED_VQGAN,
    features: Path | None = None,
    init_from: Path | None = None,
) -> None:
    """Train on pictures; the average goes to `folder/model.safetensors`.

    Args:
        pictures: as large as a VQGAN of `config`, or of `init_from`, takes them.
        features: run folder of the feature network; without it there is no perceptual loss.
        init_from: see `first_vqgan`.
    """
    model = Autoencoder(first_vqgan(folder, config, init_from, plan.seed))
    # The types of torch know this form for tensors alone.
    model.to(memory_format=LAYOUT)  # type: ignore[call-overload]
    write_config(model.vqgan.config, folder)
    run = Run(
        folder,
        model,
        plan,
        lambda mean, _: save_weights(mean.get_submodule("vqgan"), folder / "model.safetensors"),
        head="vqgan.decoder.conv_out",
        data=pictures.identity,
    )
    perceptual = Perceptual(load_features(features)).to(run.device) if features else None
    critic = None
    if objective.adversarial_from is not None:
        critic = Critic(run, objective.adversarial, objective.adversarial_from)
    for step, batch in zip(run.steps(), pictures.batches(run.number), strict=False):
        images = batch.images.to(run.device, memory_format=LAYOUT)
        things = None if batch.things is None else batch.things.to(run.device)
        painted: Painted = run.model(images)
        parts = {"psnr": psnr(painted.images, images)}
        loss = reconstruction_loss(painted.images, images, things, objective.things)
        if perceptual is not None:
            distance = perceptual(painted.images, images)
            loss = loss + objective.perceptual * distance
            parts["perceptual"] = float(distance.detach())
        if critic is not None and critic.is_heard:
            last = model.vqgan.decoder.conv_out.weight
            loss = loss + critic.opinion(loss, painted.images, last)
        if model.trains_codes:
            loss = loss + objective.codebook * painted.codebook_loss
            parts["codebook"] = float(painted.codebook_loss.detach())
        if run.step % plan.grid_every == 0:
            run.journal.grid(run.step, [images[:SAMPLES], painted.images[:SAMPLES].detach()])
        run.update(loss, **parts)
        if critic is not None:
            critic.learn(images, painted.images)
        if model.trains_codes:
            codes, latents = run.accelerator.gather(
                (painted.codes.flatten(), painted.latents.flatten(0, 2))
            )
            model.revive(codes, latents, chance(step, plan.seed))
