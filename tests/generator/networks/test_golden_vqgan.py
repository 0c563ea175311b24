"""VQGAN against what the original code gave."""

import json
from pathlib import Path

import pytest
import torch
from torch import Tensor

from generator.config import VqganConfig
from generator.folders.weights import fill, load_tensors
from generator.networks.vqgan import Vqgan, to_uint8
from tests.generator.golden import PIXELS, WHOLE, Open, model, near, needs_golden, vectors

__all__ = ["model"]
pytestmark = needs_golden


def vqgan_of_model(folder: Path) -> Vqgan:
    config = json.loads((folder / "vqgan/config.json").read_text())
    vqgan = Vqgan(VqganConfig.from_dict(config))
    source = folder / "vqgan/model.safetensors"
    fill(vqgan, load_tensors(source), source)
    return vqgan.eval()


@pytest.fixture(scope="module")
def vqgan(model: Open) -> Vqgan:
    return vqgan_of_model(model("dallebart-mini"))


def check_uint8(ours: Tensor, floats: Tensor, theirs: Tensor) -> None:
    """Off by one at most, and only where truncation sits on a boundary."""
    scaled = floats.clamp(0, 1) * 255
    off = (ours.int() - theirs.int()).abs()
    is_edge = (scaled - scaled.round()).abs() < 255 * PIXELS

    assert ours.dtype == torch.uint8
    assert off.max() <= 1
    assert not (off.bool() & ~is_edge).any()


def check_decoded(vqgan: Vqgan, codes: Tensor, floats: Tensor, pixels: Tensor | None) -> None:
    with torch.inference_mode():
        images = vqgan.decode(codes.long())
    near(images.permute(0, 2, 3, 1), floats, PIXELS)
    if pixels is not None:
        check_uint8(to_uint8(images), floats, pixels)


def test_it_encodes_pictures_as_the_original_does(vqgan: Vqgan) -> None:
    expected = vectors("vqgan")
    images = expected["images"].permute(0, 3, 1, 2)
    with torch.inference_mode():
        latents, indices = vqgan.latents(images), vqgan.encode(images)
        quantised = vqgan.quantiser.codebook(indices)

    near(latents, expected["latents_prequant"], PIXELS)
    assert torch.equal(indices, expected["indices"].long())
    near(quantised, expected["quantized"].flatten(1, 2), PIXELS)


@pytest.mark.parametrize(
    ("codes", "floats"),
    [("indices", "decoded"), ("codes_random", "decoded_random"), ("codes_8x8", "decoded_8x8")],
)
def test_it_decodes_codes_as_the_original_does(codes: str, floats: str, vqgan: Vqgan) -> None:
    expected = vectors("vqgan")

    check_decoded(vqgan, expected[codes], expected[floats], expected.get(f"{floats}_uint8"))


@pytest.mark.parametrize("name", WHOLE)
def test_it_paints_the_original_s_pixels(name: str, vqgan: Vqgan) -> None:
    expected = vectors(name)
    floats = expected["pixels_from_greedy_sliced"]
    pixels = expected["pixels_from_greedy_sliced_uint8"]

    check_decoded(vqgan, expected["greedy_sliced"][:, 1:], floats, pixels)
