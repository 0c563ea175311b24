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
from generator.training.loop.run import Plan, Run
from generator.training.loop.saving import save_state, save_weights
from generator.training.loop.stream import Pictures, WorldStream, bundled_world, chance
from generator.training.vqgan.codebook import initialise_codebook
from generator.training.vqgan.discriminator import Critic
from generator.training.vqgan.features import Perceptual, load_features
from generator.training.vqgan.quantise import Autoencoder, Painted

EDGE_WEIGHT = 0.5
SAMPLES = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Objective:
    """How much each loss counts beside the reconstruction.

    `adversarial` is the discriminator's pull at the last layer, as a part of all other losses';
    it is heard from step `adversarial_from` on, and never if that is None.
    """

    perceptual: float = 0.1
    codebook: float = 1.0
    adversarial: float = 0.3
    adversarial_from: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Patches:
    """How much is looked at to make a first codebook."""

    scenes: int = 6_000
    patches: int = 120_000
    rounds: int = 12


def make_codebook(
    folder: Path, config: VqganConfig = BUNDLED_VQGAN, patches: Patches | None = None
) -> float:
    """Write `folder/codebook.pt`, a VQGAN whose shortcut and codebook are set; PSNR in dB."""
    patches = patches or Patches()
    with torch.random.fork_rng():
        torch.manual_seed(1)
        model = Vqgan(config)
    stream = WorldStream(bundled_world(size=config.resolution), seed=1, batch=patches.scenes)
    psnr = initialise_codebook(
        model,
        stream.images(stream.scenes(0)),
        patches=patches.patches,
        rounds=patches.rounds,
        seed=1,
    )
    write_config(config, folder)
    save_state(model.state_dict(), folder / "codebook.pt")
    return psnr


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


def reconstruction_loss(painted: Tensor, images: Tensor) -> Tensor:
    """Mean absolute error of pixels and of their differences, which keeps edges sharp."""
    loss = F.l1_loss(painted, images) + F.mse_loss(painted, images)
    for axis in (-1, -2):
        loss = loss + EDGE_WEIGHT * F.l1_loss(painted.diff(dim=axis), images.diff(dim=axis))
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
    write_config(model.vqgan.config, folder)
    run = Run(
        folder,
        model,
        plan,
        lambda mean, _: save_weights(mean.get_submodule("vqgan"), folder / "model.safetensors"),
    )
    perceptual = Perceptual(load_features(features)).to(run.device) if features else None
    critic = None
    if objective.adversarial_from is not None:
        critic = Critic(run, objective.adversarial, objective.adversarial_from)
    for step, batch in zip(run.steps(), pictures.batches(run.number), strict=False):
        images = batch.images.to(run.device)
        painted: Painted = run.model(images)
        parts = {"psnr": psnr(painted.images, images)}
        loss = reconstruction_loss(painted.images, images)
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
