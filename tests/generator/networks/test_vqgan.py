"""VQGAN: the quantiser, the layers that are easy to get wrong, and every shape."""

from dataclasses import replace
from typing import Any

import pytest
import torch
from torch import Tensor, nn

from generator.config import TINY_VQGAN, VQGAN_F16, VqganConfig
from generator.networks.vqgan import Downsample, Quantiser, SpatialAttention, Vqgan, to_uint8
from tests.generator import tiny

PLAIN = VqganConfig(
    resolution=32, channels=8, multipliers=(1, 1, 2), residual_blocks=2,
    attention_resolutions=(8,), latent_channels=6, codebook_size=20, code_width=5, groups=4,
)  # fmt: skip
CONFIGS = {
    "patch and shortcut": TINY_VQGAN,
    "patch": replace(TINY_VQGAN, has_shortcut=False),
    "shortcut alone": replace(TINY_VQGAN, has_encoder=False),
    "plain": PLAIN,
}


def pictures(*shape: int, seed: int = 1) -> Tensor:
    return torch.rand(shape, generator=torch.Generator().manual_seed(seed))


@torch.no_grad()
def test_it_picks_the_nearest_entry_when_compared_with_brute_force() -> None:
    quantiser = tiny.shake(Quantiser(40, 6))
    latents = 2 * pictures(2, 3, 5, 6) - 1
    codes = quantiser(latents)
    assert codes.shape == (2, 3, 5)
    assert codes.dtype == torch.int64
    assert len(codes.unique()) > 5
    for index in torch.cartesian_prod(torch.arange(2), torch.arange(3), torch.arange(5)).tolist():
        point = latents[tuple(index)]
        distances = [float((point - entry).square().sum()) for entry in quantiser.codebook.weight]
        assert int(codes[tuple(index)]) == distances.index(min(distances))


@pytest.mark.parametrize("config", CONFIGS.values(), ids=CONFIGS)
@torch.no_grad()
def test_it_keeps_its_shapes_when_encoding_and_decoding(config: VqganConfig) -> None:
    model = tiny.shake(Vqgan(config))
    images = pictures(2, 3, 32, 32)
    latents, codes = model.latents(images), model.encode(images)
    assert latents.shape == (2, config.grid, config.grid, config.code_width)
    assert codes.shape == (2, config.grid**2)
    assert 0 <= int(codes.min()) < int(codes.max()) < config.codebook_size
    painted = model.decode(codes)
    assert painted.shape == (2, 3, 32, 32)
    assert painted.dtype == torch.float32
    torch.testing.assert_close(model.decode(codes[1:]), painted[1:], atol=1e-5, rtol=1e-4)
    assert model.encode(images[:, :, :16, :16]).shape == (2, (config.grid // 2) ** 2)


@pytest.mark.parametrize("name", ["patch and shortcut", "plain"])
@torch.no_grad()
def test_it_adds_shortcut_and_network_when_it_has_both(name: str) -> None:
    model = tiny.shake(Vqgan(CONFIGS[name]))
    images = pictures(1, 3, 32, 32)
    assert model.encoder is not None
    assert model.quant_conv is not None
    expected = model.quant_conv(model.encoder(images))
    x = model.latents(images).permute(0, 3, 1, 2)
    painted = model.decoder(model.post_quant_conv(x))
    if model.patch_to_code is not None and model.code_to_patch is not None:
        expected = expected + model.patch_to_code(images)
        painted = painted + model.code_to_patch(x)
    torch.testing.assert_close(x, expected)
    torch.testing.assert_close(model.paint(x.permute(0, 2, 3, 1)), painted)


@torch.no_grad()
def test_it_numbers_patches_row_by_row_when_encoding_and_decoding() -> None:
    model = tiny.vqgan(has_encoder=False)
    assert model.patch_to_code is not None
    for parameter in model.decoder.conv_out.parameters():
        parameter.zero_()  # so that every patch is painted by its own code alone
    image = torch.full((1, 3, 32, 32), 0.5)
    plain = model.latents(image).flatten(1, 2)
    codes = torch.zeros(1, 16, dtype=torch.int64)
    blank = model.decode(codes)
    for index, (row, column) in enumerate(torch.cartesian_prod(*[torch.arange(4)] * 2).tolist()):
        place = (..., slice(8 * row, 8 * row + 8), slice(8 * column, 8 * column + 8))
        spotted = image.clone()
        spotted[place] = 0.9
        moved = (model.latents(spotted).flatten(1, 2) - plain).abs().sum(-1)[0] > 1e-4
        assert moved.nonzero().flatten().tolist() == [index]
        other = codes.clone()
        other[0, index] = 1
        difference = (model.decode(other) - blank).abs()
        assert difference[place].sum() > 1e-3
        difference[place] = 0
        assert difference.max() < 1e-6


@pytest.mark.parametrize(("height", "width"), [(31, 32), (32, 36)])
def test_it_refuses_a_picture_when_it_does_not_split_into_patches(height: int, width: int) -> None:
    with pytest.raises(ValueError, match=rf"{width}×{height} px do not split .* 8 px"):
        tiny.vqgan().encode(pictures(1, 3, height, width))


def test_it_refuses_codes_when_they_make_no_square() -> None:
    with pytest.raises(ValueError, match="15 codes do not make a square"):
        tiny.vqgan().decode(torch.zeros(1, 15, dtype=torch.int64))


@torch.no_grad()
def test_it_pads_right_and_below_when_downsampling() -> None:
    layer = tiny.shake(Downsample(2))
    bias = layer.conv.bias
    assert bias is not None
    x = pictures(1, 2, 4, 4)
    padded = torch.zeros(1, 2, 5, 5)
    padded[..., :4, :4] = x
    expected = torch.zeros(1, 2, 2, 2)
    for channel, row, column in torch.cartesian_prod(*[torch.arange(2)] * 3).tolist():
        window = padded[0, :, 2 * row : 2 * row + 3, 2 * column : 2 * column + 3]
        total = (window * layer.conv.weight[channel]).sum()
        expected[0, channel, row, column] = total + bias[channel]
    torch.testing.assert_close(layer(x), expected)


@torch.no_grad()
def test_it_equals_explicit_softmax_when_attending_over_space() -> None:
    layer = tiny.shake(SpatialAttention(8, 4))
    x = pictures(2, 8, 3, 5)
    h = layer.norm(x).flatten(2)

    def project(conv: nn.Conv2d, y: Tensor) -> Tensor:
        assert conv.bias is not None
        return conv.weight[:, :, 0, 0] @ y + conv.bias[:, None]

    q, k, v = (project(conv, h) for conv in (layer.query, layer.key, layer.value))
    weights = (q.transpose(1, 2) @ k / 8**0.5).softmax(-1)
    mixed = project(layer.out, v @ weights.transpose(1, 2))
    torch.testing.assert_close(layer(x), x + mixed.view_as(x))


@pytest.mark.parametrize(
    ("config", "in_encoder", "in_decoder"), [(VQGAN_F16, 2, 3), (PLAIN, 2, 3), (TINY_VQGAN, 1, 2)]
)
def test_it_attends_at_the_named_resolutions_when_built(
    config: VqganConfig, in_encoder: int, in_decoder: int
) -> None:
    def attentions(module: Any) -> int:
        return sum(isinstance(m, SpatialAttention) for m in module.levels.modules())

    with torch.device("meta"):
        model = Vqgan(config)
    assert attentions(model.encoder) == in_encoder
    assert attentions(model.decoder) == in_decoder


def test_it_truncates_and_clamps_when_making_bytes() -> None:
    values = torch.tensor([-0.1, 0.0, 0.5, 0.999, 1.0, 1.2])
    images = torch.stack([values, values.flip(0), values * 0]).view(1, 3, 2, 3)
    pixels = to_uint8(images)
    assert pixels.shape == (1, 2, 3, 3)
    assert pixels.dtype == torch.uint8
    assert pixels[..., 0].flatten().tolist() == [0, 0, 127, 254, 255, 255]
    assert pixels[..., 1].flatten().tolist() == [255, 255, 254, 127, 0, 0]
    assert pixels[..., 2].max() == 0
