"""Model folders: what is not whole is refused by name, what is sealed is whole."""

import json
import shutil
from dataclasses import asdict, replace
from pathlib import Path

import pytest
import torch
from torch import Tensor, nn

from generator.folders.manifest import REQUIRED, WeightsError, read_manifest, sha256_of, verify
from generator.folders.weights import fill, load_tensors, save_tensors, seal
from tests.generator import tiny


@pytest.fixture
def folder(model_folder: Path, tmp_path: Path) -> Path:
    """A model folder that a test may damage."""
    return Path(shutil.copytree(model_folder, tmp_path / "copy"))


def staged(place: Path, content: str = "x") -> Path:
    """A staging folder of the right names, without networks in it."""
    for name in REQUIRED:
        (place / name).parent.mkdir(parents=True, exist_ok=True)
        (place / name).write_text(content, encoding="utf-8")
    return place


def contents(folder: Path) -> dict[str, bytes]:
    return {str(p.relative_to(folder)): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def test_it_verifies_a_folder_when_it_is_whole(model_folder: Path) -> None:
    manifest = verify(model_folder)
    assert set(manifest.files) == set(REQUIRED)
    assert manifest.settings.top_k == 20
    assert manifest.hash == read_manifest(model_folder).hash


@pytest.mark.parametrize("name", REQUIRED)
def test_it_names_the_file_when_it_is_missing_or_damaged(folder: Path, name: str) -> None:
    path = folder / name
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    with pytest.raises(
        WeightsError, match=rf"{name} is damaged: .*sha256 .*{sha256_of(path)[:12]}"
    ):
        verify(folder)
    path.unlink()
    with pytest.raises(WeightsError, match=f"{name} is missing"):
        verify(folder)


@pytest.mark.parametrize("candidates", [8, "many", None])
def test_it_refuses_too_few_candidates_to_choose_from(folder: Path, candidates: object) -> None:
    file = folder / "manifest.json"
    values = json.loads(file.read_text(encoding="utf-8"))
    assert read_manifest(folder).candidates == values.pop("candidates") == 9
    file.write_text(json.dumps(values), encoding="utf-8")
    assert read_manifest(folder).candidates == 9
    file.write_text(json.dumps({**values, "candidates": candidates}), encoding="utf-8")
    with pytest.raises(WeightsError, match=f"at least 9, not {candidates}"):
        read_manifest(folder)


def test_it_names_the_folder_when_there_is_none(tmp_path: Path) -> None:
    with pytest.raises(WeightsError, match=r"there is no model folder .*nowhere"):
        verify(tmp_path / "nowhere")
    with pytest.raises(WeightsError, match=r"manifest\.json is missing"):
        verify(tmp_path)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", r"manifest\.json cannot be read as JSON"),
        ("{half", r"manifest\.json cannot be read as JSON"),
        ("[]", r"manifest\.json holds a list, not an object"),
        ("{}", "has format None, not 'sixpix-model/1'"),
        ('{"format": "sixpix-model/2"}', "has format 'sixpix-model/2', not 'sixpix-model/1'"),
        ('{"format": "sixpix-model/1"}', r"manifest\.json: .*missing.*'name'"),
    ],
)
def test_it_says_what_is_wrong_when_the_manifest_is(
    folder: Path, content: str, message: str
) -> None:
    (folder / "manifest.json").write_text(content, encoding="utf-8")
    with pytest.raises(WeightsError, match=message):
        verify(folder)


@pytest.mark.parametrize("changes", [{"colour": "red"}, {"files": None}, {"files": ["a"]}])
def test_it_refuses_a_manifest_when_a_field_is_wrong(
    folder: Path, changes: dict[str, object]
) -> None:
    path = folder / "manifest.json"
    values = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(json.dumps({**values, **changes}), encoding="utf-8")
    with pytest.raises(WeightsError, match=r"manifest\.json"):
        verify(folder)


def test_it_names_the_file_when_the_manifest_does_not_list_it(folder: Path) -> None:
    manifest = read_manifest(folder)
    files = {k: v for k, v in manifest.files.items() if not k.startswith("clip/c")}
    text = json.dumps(asdict(replace(manifest, files=files)))
    (folder / "manifest.json").write_text(text, encoding="utf-8")
    with pytest.raises(WeightsError, match=r"does not list clip/config\.json$"):
        verify(folder)


def test_it_checks_surplus_files_too_when_they_are_listed(tmp_path: Path) -> None:
    staging = staged(tmp_path / "staging")
    (staging / "LICENSE").write_text("free", encoding="utf-8")
    sealed = seal(staging, tiny.manifest(), tmp_path / "model")
    assert "LICENSE" in sealed.files
    (tmp_path / "model" / "LICENSE").write_text("not free", encoding="utf-8")
    with pytest.raises(WeightsError, match="LICENSE is damaged"):
        verify(tmp_path / "model")


def test_it_has_another_hash_when_any_file_differs(tmp_path: Path) -> None:
    hashes = set()
    for number, name in enumerate((None, *REQUIRED)):
        staging = staged(tmp_path / f"staging-{number}")
        if name is not None:
            (staging / name).write_text("y", encoding="utf-8")
        hashes.add(seal(staging, tiny.manifest(), tmp_path / f"model-{number}").hash)
    assert len(hashes) == len(REQUIRED) + 1
    again = seal(staged(tmp_path / "again"), tiny.manifest(), tmp_path / "model-again")
    assert again.hash == read_manifest(tmp_path / "model-0").hash


def test_it_replaces_the_old_folder_when_sealing(tmp_path: Path) -> None:
    model = tmp_path / "models" / "tiny"
    old = seal(staged(tmp_path / "old", "old"), tiny.manifest(), model)
    (model / "stray").write_text("stray", encoding="utf-8")
    new = seal(staged(tmp_path / "new", "new"), tiny.manifest(name="new"), model)
    assert verify(model) == new
    assert new.hash != old.hash
    assert not (model / "stray").exists()
    assert sorted(p.name for p in tmp_path.iterdir()) == ["models"]
    assert [p.name for p in model.parent.iterdir()] == ["tiny"]


def test_it_leaves_the_old_folder_alone_when_the_new_one_lacks_a_file(tmp_path: Path) -> None:
    model = tmp_path / "tiny"
    seal(staged(tmp_path / "old", "old"), tiny.manifest(), model)
    before = contents(model)
    staging = staged(tmp_path / "new", "new")
    (staging / REQUIRED[0]).unlink()
    with pytest.raises(WeightsError, match="does not list"):
        seal(staging, tiny.manifest(), model)
    assert contents(model) == before


def test_it_puts_the_old_folder_back_when_the_new_one_cannot_be_moved(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    model, staging = tmp_path / "tiny", tmp_path / "new"
    seal(staged(tmp_path / "old", "old"), tiny.manifest(), model)
    before = contents(model)
    staged(staging, "new")
    rename = Path.rename

    def fail_for_staging(self: Path, target: Path) -> Path:
        if self == staging:
            raise OSError(18, "Invalid cross-device link")
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", fail_for_staging)
    with pytest.raises(OSError, match="cross-device"):
        seal(staging, tiny.manifest(), model)
    assert contents(model) == before


def test_it_halves_and_restores_floats_when_saved_and_loaded(tmp_path: Path) -> None:
    module = tiny.bart()
    path = tmp_path / "deep" / "model.safetensors"
    save_tensors(module, path)
    loaded = load_tensors(path)
    assert set(loaded) == set(module.state_dict())
    for name, tensor in module.state_dict().items():
        assert loaded[name].dtype == torch.float32
        torch.testing.assert_close(loaded[name], tensor.half().float(), atol=0, rtol=0)
    assert path.stat().st_size < 2 * sum(p.numel() for p in module.parameters()) + 20_000
    assert load_tensors(path, torch.float16)["head.weight"].dtype == torch.float16
    other = tiny.bart(seed=1)
    fill(other, loaded, path)
    torch.testing.assert_close(other.state_dict(), loaded, atol=0, rtol=0)


def test_it_keeps_whole_numbers_when_saved_and_loaded(tmp_path: Path) -> None:
    norm = nn.BatchNorm1d(3)
    norm.register_buffer("num_batches_tracked", torch.tensor(70_001))
    save_tensors(norm, tmp_path / "model.safetensors")
    found = load_tensors(tmp_path / "model.safetensors")["num_batches_tracked"]
    assert (found.dtype, int(found)) == (torch.int64, 70_001)


def broken(change: str) -> dict[str, Tensor]:
    tensors = dict(tiny.bart().state_dict())
    if change == "missing":
        del tensors["head.weight"], tensors["encoder.tokens.weight"]
    elif change == "surplus":
        tensors["head.bias"] = torch.zeros(3)
    elif change == "misshapen":
        tensors["head.weight"] = tensors["head.weight"].T
    elif change == "many missing":
        tensors = {"head.weight": tensors["head.weight"]}
    return tensors


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ("missing", r"here\.safetensors lacks encoder\.tokens\.weight, head\.weight$"),
        ("surplus", r"here\.safetensors has surplus head\.bias$"),
        ("misshapen", r"head\.weight has shape \(32, 33\), expected \(33, 32\)"),
        ("many missing", r"lacks (decoder[\w.]+, ){2}decoder[\w.]+ and \d+ more$"),
    ],
)
def test_it_names_the_tensor_when_it_does_not_fit(change: str, message: str) -> None:
    module = tiny.bart(seed=1)
    before = {name: tensor.clone() for name, tensor in module.state_dict().items()}
    with pytest.raises(WeightsError, match=message):
        fill(module, broken(change), Path("here.safetensors"))
    torch.testing.assert_close(module.state_dict(), before, atol=0, rtol=0)


@pytest.mark.parametrize("content", [None, b"", b"no tensors here"])
def test_it_names_the_file_when_it_is_no_safetensors(content: bytes | None, tmp_path: Path) -> None:
    path = tmp_path / "model.safetensors"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(WeightsError, match=r"model\.safetensors cannot be read as safetensors"):
        load_tensors(path)


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_it_names_the_tensor_when_its_numbers_are_not_finite(tmp_path: Path, value: float) -> None:
    module = nn.Linear(3, 2)
    tensors = {name: tensor.clone() for name, tensor in module.state_dict().items()}
    tensors["bias"][1] = value
    with pytest.raises(WeightsError, match="bias holds numbers that are not finite"):
        fill(module, tensors, tmp_path / "x.safetensors")
    large = {n: torch.full_like(t, 6e4).half() for n, t in module.state_dict().items()}
    fill(module, large, tmp_path / "x.safetensors")


def test_it_leaves_what_lies_beside_the_networks_to_people(folder: Path) -> None:
    (folder / "README.md").write_text("a card", encoding="utf-8")
    verify(folder)
