"""Configs: what does not fit is refused, what is written is read back."""

import json
from dataclasses import replace
from typing import Any

import pytest

from generator.config import (
    BUNDLED_BART,
    BUNDLED_VQGAN,
    MEGA_BART,
    MINI_BART,
    TINY_BART,
    TINY_VQGAN,
    VQGAN_F16,
    BartConfig,
    Config,
    ConfigError,
    Sampling,
    VqganConfig,
)

EVERY = [
    MINI_BART,
    MEGA_BART,
    VQGAN_F16,
    BUNDLED_BART,
    BUNDLED_VQGAN,
    TINY_BART,
    TINY_VQGAN,
    Sampling(),
]


@pytest.mark.parametrize("config", EVERY)
def test_it_reads_back_the_same_config_when_written_as_json(config: Config) -> None:
    assert type(config).from_dict(json.loads(json.dumps(config.to_dict()))) == config


@pytest.mark.parametrize(
    ("bart", "vqgan"),
    [
        (MINI_BART, VQGAN_F16),
        (MEGA_BART, VQGAN_F16),
        (BUNDLED_BART, BUNDLED_VQGAN),
        (TINY_BART, TINY_VQGAN),
    ],
)
def test_it_pairs_networks_when_they_belong_together(bart: BartConfig, vqgan: VqganConfig) -> None:
    assert bart.codes == vqgan.codebook_size
    assert bart.image_length == vqgan.grid**2


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"width": 30}, "width 30 is not a multiple of 4 heads"),
        ({"decoder_heads": 5}, "width 32 is not a multiple of 5 heads"),
        ({"codes": 34}, "34 codes do not fit 33 rows"),
        ({"codes": 0}, "0 codes do not fit 33 rows"),
        ({"start_id": 33}, "start id 33 is not below 33"),
        ({"start_id": -1}, "start id -1 is not below 33"),
        ({"image_length": 15}, "image length 15 is not a square"),
        ({"encoder_heads": 0}, "encoder_heads"),
        ({"image_length": 0}, "image_length"),
    ],
)
def test_it_refuses_a_bart_when_its_sizes_do_not_fit(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        replace(TINY_BART, **changes)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"resolution": 36}, "resolution 36 is not a multiple of 8"),
        ({"groups": 3}, "8 channels do not split into 3 groups"),
        ({"multipliers": ()}, "multipliers"),
        ({"groups": 0}, "groups"),
        ({"patch": 0}, "patch"),
    ],
)
def test_it_refuses_a_vqgan_when_its_sizes_do_not_fit(
    changes: dict[str, Any], message: str
) -> None:
    with pytest.raises(ConfigError, match=message):
        replace(TINY_VQGAN, **changes)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"temperature": 0.0}, "temperature must be above 0, not 0.0"),
        ({"temperature": -1.0}, "temperature"),
        ({"temperature": float("nan")}, "temperature"),
        ({"top_k": 0}, "top_k must be at least 1, not 0"),
        ({"top_p": 0.0}, "top_p must be in"),
        ({"top_p": 1.01}, "top_p must be in"),
    ],
)
def test_it_refuses_settings_when_out_of_range(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        Sampling(**changes)


def test_it_names_the_key_when_one_is_unknown_or_missing() -> None:
    values = TINY_BART.to_dict()
    with pytest.raises(ConfigError, match="BartConfig has no field depth, hue"):
        BartConfig.from_dict({**values, "hue": 1, "depth": 2})
    del values["width"]
    with pytest.raises(ConfigError, match="width"):
        BartConfig.from_dict(values)


def test_it_refuses_when_a_size_is_no_number() -> None:
    with pytest.raises(ConfigError, match="BartConfig"):
        BartConfig.from_dict({**TINY_BART.to_dict(), "width": None})


def test_it_counts_pixels_and_codes_when_asked() -> None:
    assert (VQGAN_F16.stride, VQGAN_F16.grid) == (16, 16)
    assert (BUNDLED_VQGAN.stride, BUNDLED_VQGAN.grid) == (12, 16)
    assert (TINY_VQGAN.stride, TINY_VQGAN.grid) == (8, 4)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"condition_scale": float("nan")}, "condition_scale must be a number, not nan"),
        ({"top_k": 50.0}, "top_k must be a whole number, not 50.0"),
        ({"temperature": 1e-40}, "temperature must be at least 0.001"),
        ({"temperature": float("inf")}, "temperature must be above 0, not inf"),
    ],
)
def test_it_refuses_sampling_when_nothing_could_be_drawn(
    changes: dict[str, Any], message: str
) -> None:
    with pytest.raises(ConfigError, match=message):
        Sampling(**changes)
