"""The converter against the names, shapes and files of the original code."""

import json

import pytest
import torch

from generator.config import MEGA_BART, MINI_BART, VQGAN_F16, BartConfig
from generator.convert.bart.flax import read_bart_flax
from generator.convert.bart.min_dalle import bart_of
from generator.convert.formats.files import read_flax_folder
from generator.convert.formats.stored import Stored, in_memory
from generator.convert.plan import make_plan, shapes_of
from generator.convert.vqgan.names import flax_names, torch_names
from generator.convert.vqgan.sizes import from_shapes
from generator.folders.manifest import verify
from generator.folders.weights import load_tensors
from generator.networks.vqgan import Vqgan
from tests.generator.golden import ALL, GOLDEN, Open, json_of, model, needs_golden

__all__ = ["model"]
pytestmark = needs_golden


@pytest.mark.parametrize("name", [*ALL, "vqgan"])
def test_it_indexes_every_array_of_a_checkpoint(name: str) -> None:
    shapes = GOLDEN / name / "param_shapes.json"
    if not shapes.exists():
        shapes = GOLDEN / name.removesuffix("-fp16") / "param_shapes.json"
    found = {name: list(stored.shape) for name, stored in read_flax_folder(GOLDEN / name).items()}

    assert found == json.loads(shapes.read_text())


@pytest.mark.parametrize("name", ["sharded", "chunked"])
def test_it_finds_the_same_weights_however_they_are_split(name: str, model: Open) -> None:
    whole = load_tensors(model("dallebart-mini") / "bart/model.safetensors")
    split = load_tensors(model(name) / "bart/model.safetensors")

    assert whole.keys() == split.keys()
    assert all(torch.equal(tensor, split[key]) for key, tensor in whole.items())


def test_it_reads_one_layer_of_a_stacked_array() -> None:
    stored = read_flax_folder(GOLDEN / "dallebart-mega")
    name = next(name for name in sorted(stored) if "Layers/" in name)
    whole = stored[name].read(None)

    assert all(torch.equal(stored[name].read(row), part) for row, part in enumerate(whole))


@pytest.mark.parametrize("name", ALL)
def test_it_makes_a_whole_model_folder(name: str, model: Open) -> None:
    manifest = verify(model(name))
    theirs = json_of(name, "config.json")
    ours = BartConfig.from_dict(json.loads((model(name) / "bart/config.json").read_text()))

    assert manifest.normaliser == ("dalle-mini" if theirs["normalize_text"] else "none")
    assert ours.start_id == theirs["decoder_start_token_id"]
    assert ours.image_vocab_rows == theirs["image_vocab_size"] + 1
    assert ours.codes == json_of("vqgan", "config.json")["n_embed"]


def test_it_keeps_float16_as_it_is(model: Open) -> None:
    path = model("dallebart-mega-fp16") / "bart/model.safetensors"

    assert {t.dtype for t in load_tensors(path, torch.float16).values()} == {torch.float16}
    assert path.stat().st_size < 0.6 * (
        (model("dallebart-mega") / "bart/model.safetensors").stat().st_size
    )


# min-dalle


def unread(shapes: dict[str, list[int]], absent: list[str]) -> dict[str, Stored]:
    """The tensors of a file with these shapes and no memory; `absent` ones are not in it."""
    return {
        name: in_memory(name, torch.empty(shape, device="meta"))
        for name, shape in shapes.items()
        if name not in absent
    }


@pytest.mark.parametrize("size", ["mini", "mega"])
def test_it_accounts_for_every_tensor_of_min_dalle_s_bart(size: str) -> None:
    golden = json_of("min-dalle-names.json")
    shapes, absent = golden["shapes"][size], golden["absent_in_checkpoint"][size]
    files = {s: unread(shapes[f"{s}.pt"], absent[f"{s}.pt"]) for s in ("encoder", "decoder")}
    checkpoint = bart_of(files, GOLDEN)
    config = checkpoint.config(MINI_BART.codes)
    plan = checkpoint.plan(config)

    assert config == {"mini": MINI_BART, "mega": MEGA_BART}[size]
    assert {step.stored.name for step in plan} == {n for held in files.values() for n in held}
    # Theirs were made from the Flax ones: both ways have to lead to the same array.
    flax = read_bart_flax(GOLDEN / "dallebart-mega").find
    for step in plan:
        file, _, name = step.origin.name.partition(": ")
        origin = flax(step.name, step.shape)
        row = "" if origin.row is None else f" [{origin.row}]"
        assert golden["flax_from_torch"][size][file][name] == origin.name.replace("/", ".") + row


def test_it_accounts_for_every_tensor_of_min_dalle_s_detokenizer() -> None:
    golden = json_of("min-dalle-names.json")
    tensors = unread(golden["shapes"]["vqgan"]["detoker.pt"], [])
    grid = round(MINI_BART.image_length**0.5)
    config = from_shapes(tensors, "embedding.weight", grid, GOLDEN)
    find = torch_names(config, "embedding.weight")
    plan = make_plan(shapes_of(lambda: Vqgan(config), GOLDEN), find, tensors, GOLDEN)

    assert not config.has_encoder
    assert {**config.to_dict(), "has_encoder": True} == VQGAN_F16.to_dict()
    flax = flax_names(config)
    for step in plan:
        theirs = golden["flax_from_torch"]["vqgan"]["detoker.pt"][step.origin.name]
        assert theirs == flax(step.name, step.shape).name.replace("/", ".")
