"""BART's layers spread over devices: the same codes wherever they are."""

import sys
from pathlib import Path

import pytest
import torch

from generator.config import Sampling
from generator.devices.placement import PlacementError, spread
from generator.devices.precision import weight_bytes
from generator.drawing.sampling import sample_codes
from generator.networks.bart import Bart
from tests.generator import tiny

IDS = torch.arange(3, 19).view(2, 8)
MASK = torch.ones(2, 8, dtype=torch.bool)
SETTINGS = Sampling(condition_scale=2.0, top_k=8)


def codes_of(bart: Bart) -> list[int]:
    return sample_codes(bart, IDS, MASK, [[1, 2]], SETTINGS).flatten().tolist()


def test_it_samples_the_same_when_most_layers_are_elsewhere(tmp_path: Path) -> None:
    bart = tiny.bart()
    room = weight_bytes(bart) // 2
    spread(bart, torch.float32, {"cpu": room}, tmp_path / "rest")
    away = [name for name, parameter in bart.named_parameters() if parameter.is_meta]
    assert any(name.startswith("decoder.layers") for name in away)
    assert not bart.is_whole
    assert codes_of(bart) == codes_of(tiny.bart())


def test_it_leaves_it_whole_when_one_device_has_room() -> None:
    bart = tiny.bart()
    spread(bart, torch.float32, {"cpu": "1GiB"})
    assert bart.is_whole
    assert not any(parameter.is_meta for parameter in bart.parameters())
    assert codes_of(bart) == codes_of(tiny.bart())


def test_it_says_how_much_there_is_when_it_does_not_fit() -> None:
    with pytest.raises(PlacementError, match=r"does not fit into memory \(cpu: 1000 bytes\)"):
        spread(tiny.bart(), torch.float32, {"cpu": 1000})


def test_it_names_the_package_when_accelerate_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "accelerate", None)
    with pytest.raises(PlacementError, match="needs the package accelerate"):
        spread(tiny.bart(), torch.float32)
