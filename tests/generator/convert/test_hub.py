"""Originals that are fetched from the hub."""

import sys
from pathlib import Path
from typing import Any

import pytest
import torch

from generator.convert import cached
from generator.convert.cached import converted, model_folder
from generator.convert.errors import ConvertError
from generator.folders.manifest import BUNDLED, verify
from tests.generator.checkpoints import same
from tests.generator.convert.originals import Run, bart, clip, clip_model, run, vqgan

__all__ = ["bart", "clip", "clip_model", "run", "vqgan"]


class Hub:
    """Stands in for huggingface_hub: repositories are folders."""

    def __init__(self, repositories: dict[str, Path]) -> None:
        self.repositories = repositories
        self.calls: list[tuple[str, str | None, list[str]]] = []

    def snapshot_download(
        self, repo_id: str, *, revision: str | None, allow_patterns: list[str]
    ) -> str:
        self.calls.append((repo_id, revision, allow_patterns))
        if repo_id not in self.repositories:
            raise RuntimeError("404 Not Found")
        return str(self.repositories[repo_id])


@pytest.fixture
def hub(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, bart: Path, vqgan: Path, clip: Path
) -> Hub:
    words = tmp_path / "words"
    words.mkdir()
    (words / "enwiki-words-frequency.txt").write_text("the 1\n")
    stand_in = Hub(
        {
            "dalle/mini": bart,
            "dalle/vqgan": vqgan,
            "open/clip": clip,
            "dalle-mini/dalle-mini": words,
        }
    )
    monkeypatch.setitem(sys.modules, "huggingface_hub", stand_in)
    return stand_in


def test_it_downloads_what_is_needed_and_no_more(run: Run, hub: Hub) -> None:
    manifest, out = run(bart="dalle/mini@v1", vqgan="dalle/vqgan", clip="open/clip")

    assert manifest.name == "mini"
    assert [call[:2] for call in hub.calls[:3]] == [
        ("dalle/mini", "v1"),
        ("dalle/vqgan", None),
        ("open/clip", None),
    ]
    for _, _, patterns in hub.calls:
        assert not {"*", "pytorch_model.bin", "tf_model.h5"} & set(patterns)
    assert (out / "tokenizer/word-frequency.txt").read_text() == "the 1\n"


def test_it_downloads_pytorch_s_file_where_there_is_no_other(
    run: Run, hub: Hub, clip: Path, clip_model: Any
) -> None:
    (clip / "model.safetensors").unlink()
    torch.save(clip_model.state_dict(), clip / "pytorch_model.bin")
    _, out = run(clip="open/clip")

    same(out / "clip/model.safetensors", clip_model.state_dict())
    assert [("pytorch_model.bin" in patterns) for _, _, patterns in hub.calls] == [False, True]


def test_it_converts_an_original_once(tmp_path: Path, hub: Hub) -> None:
    first = converted("dalle/mini@v1", tmp_path / "cache", vqgan="dalle/vqgan", clip="open/clip")
    downloads = len(hub.calls)
    again = converted("dalle/mini@v1", tmp_path / "cache", vqgan="dalle/vqgan", clip="open/clip")

    assert first == again == tmp_path / "cache/dalle--mini--v1"
    assert verify(first).name == "mini"
    assert len(hub.calls) == downloads


@pytest.mark.parametrize(
    ("source", "problem"),
    [
        ("no/where", "no/where could not be fetched from the hub: 404"),
        ("not a hub id", "there is no not a hub id"),
        ("/no/such/folder", "there is no /no/such/folder"),
    ],
)
def test_it_says_when_a_source_is_nowhere(run: Run, hub: Hub, source: str, problem: str) -> None:
    with pytest.raises(ConvertError, match=problem):
        run(bart=source)


def test_it_says_which_package_downloads(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "huggingface_hub", None)

    with pytest.raises(ConvertError, match="needs the package huggingface_hub"):
        run(bart="dalle-mini/dalle-mega")


def test_it_finds_a_model_by_its_name(
    tmp_path: Path, hub: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SIXPIX_MODELS", str(tmp_path / "models"))
    monkeypatch.setattr(
        cached.converted,
        "__kwdefaults__",
        {"vqgan": "dalle/vqgan", "clip": "open/clip", "options": None},
    )
    assert model_folder("") == BUNDLED
    assert model_folder(str(tmp_path)) == tmp_path
    folder = model_folder("dalle/mini")
    assert folder == tmp_path / "models" / "dalle--mini"
    assert verify(folder).name == "mini"
    calls = len(hub.calls)
    assert model_folder("dalle/mini") == folder
    assert len(hub.calls) == calls


def test_it_keeps_models_where_the_platform_keeps_caches(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SIXPIX_MODELS", raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert cached.cache_folder() == tmp_path / "sixpix" / "models"
