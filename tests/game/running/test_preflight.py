"""A model on the hub is made ready before anything starts."""

import shutil
from contextlib import nullcontext
from pathlib import Path

import pytest
from pytest_django.fixtures import Settings

from game.running import preflight
from generator.folders.manifest import BUNDLED


@pytest.fixture(autouse=True)
def models(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    monkeypatch.setenv("SIXPIX_MODELS", str(tmp_path))
    return tmp_path


def test_it_says_which_model_is_not_ready_when_the_hub_does_not_answer(
    capfd: pytest.CaptureFixture[str],
) -> None:
    with pytest.raises(preflight.Unfit, match="GENERATOR_MODEL=nobody/nothing could not be made"):
        preflight.fetch_model("nobody/nothing")
    assert "nobody/nothing could not be fetched from the hub" in capfd.readouterr().err


def test_it_takes_a_model_that_was_converted_before(models: Path) -> None:
    shutil.copytree(BUNDLED, models / "somebody--something")
    preflight.fetch_model("somebody/something")
    weights = preflight.begin_weights_check("somebody/something", models / "weights.log")
    preflight.finish_weights_check(weights, models / "weights.log")


def test_it_names_the_file_when_a_converted_model_is_damaged(models: Path) -> None:
    folder = models / "somebody--something"
    shutil.copytree(BUNDLED, folder)
    (folder / "bart/model.safetensors").write_bytes(b"half")
    weights = preflight.begin_weights_check("somebody/something", models / "weights.log")
    with pytest.raises(preflight.Unfit, match=r"bart/model\.safetensors is damaged"):
        preflight.finish_weights_check(weights, models / "weights.log")


@pytest.mark.parametrize(
    ("url", "proxies", "is_fit"),
    [
        ("https://sixpix.example", 1, True),
        ("http://sixpix.lan", 0, True),
        ("https://sixpix.example", 0, False),
    ],
)
def test_it_asks_for_what_speaks_https_where_the_address_does(
    settings: Settings, url: str, proxies: int, is_fit: bool
) -> None:
    settings.SITE_URL, settings.TRUSTED_PROXIES = url, proxies
    with nullcontext() if is_fit else pytest.raises(preflight.Unfit, match="set BEHIND_PROXY=1"):
        preflight.check_https()
