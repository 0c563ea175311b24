"""Train the VQGAN on the world: codebook from patches first, then the decoder by gradients.

The encoder here is the linear shortcut, so codes never move while the decoder learns, and BART
can be trained beside it.
"""

from pathlib import Path

import torch
from torch import Tensor
from torch.nn import functional as F

from generator.config import BUNDLED_VQGAN
from generator.training.codebook import initialise_codebook
from generator.training.data import WorldStream, bundled_world
from generator.training.run import Plan, Run
from generator.vqgan import Vqgan
from generator.weights import fill, load_tensors, save_tensors

CODEBOOK_SCENES = 6_000
CODEBOOK_PATCHES = 120_000
CODEBOOK_ROUNDS = 12
EDGE_WEIGHT = 0.5


def make_codebook(folder: Path, scenes: int = CODEBOOK_SCENES) -> float:
    """Write `folder/codebook.pt`, a VQGAN whose shortcut and codebook are set; PSNR in dB."""
    model = Vqgan(BUNDLED_VQGAN)
    stream = WorldStream(bundled_world(), seed=1, batch=scenes)
    psnr = initialise_codebook(
        model,
        stream.images(stream.scenes(0)),
        patches=CODEBOOK_PATCHES,
        rounds=CODEBOOK_ROUNDS,
        seed=1,
    )
    folder.mkdir(parents=True, exist_ok=True)
    torch.save(model.state_dict(), folder / "codebook.pt")
    return psnr


def load_codebook(folder: Path) -> Vqgan:
    model = Vqgan(BUNDLED_VQGAN)
    model.load_state_dict(torch.load(folder / "codebook.pt", weights_only=True))
    return model


def load_vqgan(folder: Path) -> Vqgan:
    """The trained VQGAN of a run folder."""
    model, source = Vqgan(BUNDLED_VQGAN), folder / "model.safetensors"
    fill(model, load_tensors(source), source)
    return model


def reconstruction_loss(painted: Tensor, images: Tensor) -> Tensor:
    """Mean absolute error of pixels and of their differences, which keeps edges sharp."""
    loss = F.l1_loss(painted, images) + F.mse_loss(painted, images)
    for axis in (-1, -2):
        loss = loss + EDGE_WEIGHT * F.l1_loss(painted.diff(dim=axis), images.diff(dim=axis))
    return loss


def train_vqgan(folder: Path, plan: Plan) -> None:
    """Train the decoder on quantised scenes; the average goes to `folder/model.safetensors`."""
    model = load_codebook(folder)
    for module in (model.quantiser, model.patch_to_code):
        if module is not None:
            module.requires_grad_(False)
    stream = WorldStream(bundled_world(), seed=2, batch=plan.batch)
    run = Run(
        folder,
        model,
        plan,
        on_save=lambda averaged, _: save_tensors(averaged, folder / "model.safetensors"),
    )
    for step in run.steps():
        images = stream.images(stream.scenes(step)).to(run.device)
        with torch.no_grad():
            quantised = model.quantiser.codebook(model.quantiser(model.latents(images)))
        painted = model.paint(quantised)
        run.update(
            reconstruction_loss(painted, images),
            psnr=float(-10 * torch.log10(F.mse_loss(painted.detach().clamp(0, 1), images))),
        )
