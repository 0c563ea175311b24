import json
import struct
from pathlib import Path

import pytest
from django.test import Client
from pytest_django import Settings
from safetensors import safe_open

from game.drawing import painting
from generator.folders.manifest import BUNDLED, read_manifest

pytestmark = pytest.mark.django_db


def page(client: Client) -> str:
    answer = client.get("/about/")
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


def model_at(folder: Path, **values: object) -> Path:
    manifest = {"name": "ours", "licence": "CC BY 4.0", "normaliser": "plain"}
    manifest |= {"vocabulary": "open", "format": "sixpix-model/1"}
    folder.mkdir()
    (folder / "manifest.json").write_text(json.dumps({**manifest, "sampling": {}, **values}))
    header = json.dumps({"w": {"dtype": "F16", "shape": [1000, 700], "data_offsets": [0, 0]}})
    for name in painting.NETWORKS:
        (folder / name).mkdir()
        file = folder / name / "model.safetensors"
        file.write_bytes(struct.pack("<Q", len(header)) + header.encode())
    return folder


def test_it_tells_of_the_bundled_model(client: Client) -> None:
    text = page(client)
    manifest = json.loads((BUNDLED / "manifest.json").read_text())
    for said in (manifest["name"], manifest["licence"], "Fluent Emoji", "The best 6"):
        assert said in text
    assert f"{read_manifest(BUNDLED).candidates} times" in text
    total = painting.painter("").millions["total"]
    assert f"with {total:.1f} million parameters" in text


def test_it_says_when_a_puzzle_can_be_played(client: Client) -> None:
    assert "from the moment its day has begun somewhere" in page(client)


@pytest.mark.parametrize("network", painting.NETWORKS)
def test_it_counts_parameters_as_the_library_does(network: str) -> None:
    with safe_open(BUNDLED / network / "model.safetensors", "pt") as file:
        expected = sum(file.get_tensor(name).numel() for name in file.keys())  # noqa: SIM118
    assert painting.count_parameters(BUNDLED / network) == expected


def test_it_tells_of_a_model_in_a_folder(
    client: Client, settings: Settings, tmp_path: Path
) -> None:
    settings.GENERATOR_MODEL = str(model_at(tmp_path / "model"))
    text = page(client)
    assert "<strong>ours</strong>" in text
    assert "2.1 million parameters" in text
    assert "CC BY 4.0" in text
    assert "Fluent Emoji" not in text
    assert str(tmp_path) not in text


def test_it_tells_of_a_model_on_the_hub(client: Client, settings: Settings) -> None:
    settings.GENERATOR_MODEL = "dalle-mini/dalle-mega"
    text = page(client)
    assert "<strong>dalle-mini/dalle-mega</strong>" in text
    assert "its page on the hub" in text
    assert "million parameters" not in text


def test_it_gives_no_path_away_when_the_model_cannot_be_read(
    client: Client, settings: Settings, tmp_path: Path
) -> None:
    for folder in (tmp_path / "nowhere", model_at(tmp_path / "odd", format="other")):
        settings.GENERATOR_MODEL = str(folder)
        text = page(client)
        assert str(folder) not in text
        assert "A model of this site’s own" in text


@pytest.mark.parametrize("url", ["", "https://code.example/sixpix"])
def test_it_links_to_the_source_when_there_is_an_address(
    client: Client, settings: Settings, url: str
) -> None:
    settings.SOURCE_URL = url
    assert ('href="https://code.example/sixpix"' in page(client)) == bool(url)
