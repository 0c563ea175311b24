"""Everything the original JAX code gave for small random checkpoints, against ours.

GOLDEN_DIR names the folder of vectors; its README says what they are. Every checkpoint goes
through the converter, every size is read from the files.
"""

import json
import os
import re
import shutil
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from safetensors.torch import save_file
from tokenizers import Tokenizer, pre_tokenizers
from torch import Tensor

from generator.bart import Bart
from generator.config import MEGA_BART, MINI_BART, VQGAN_F16, BartConfig, Sampling, VqganConfig
from generator.convert import Options, convert
from generator.convert.bart_flax import read_bart_flax
from generator.convert.bart_min_dalle import bart_of
from generator.convert.files import read_flax_folder
from generator.convert.plan import make_plan, shapes_of
from generator.convert.stored import Stored, in_memory
from generator.convert.vqgan_names import flax_names, torch_names
from generator.convert.vqgan_sizes import from_shapes
from generator.manifest import verify
from generator.normaliser import Normaliser
from generator.sampling import filter_logits, keep_top_k, keep_top_p, sample_codes
from generator.tokenizer import CaptionTokenizer
from generator.vqgan import Vqgan, to_uint8
from generator.weights import fill, load_tensors

GOLDEN = Path(os.environ.get("GOLDEN_DIR", "/nowhere"))
pytestmark = pytest.mark.skipif("GOLDEN_DIR" not in os.environ, reason="GOLDEN_DIR is not set")

STATES, SUPER, PIXELS = 5e-5, 5e-4, 1e-4
WHOLE = ("dallebart-mini", "dallebart-mega")
ALL = (*WHOLE, "dallebart-mega-fp16")
ELSEWHERE = {"sharded": "dallebart-mini", "chunked": "dallebart-mini"}

Vectors = dict[str, Tensor]
Open = Callable[[str], Path]


@cache
def vectors(folder: str) -> Vectors:
    with np.load(GOLDEN / folder / "expected.npz") as arrays:
        return {name: torch.from_numpy(np.asarray(array)) for name, array in arrays.items()}


def json_of(*parts: str) -> Any:
    return json.loads(GOLDEN.joinpath(*parts).read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The smallest CLIP there can be: a model folder has to have one."""
    from transformers import CLIPConfig, CLIPModel

    small = {
        "hidden_size": 8,
        "intermediate_size": 8,
        "num_hidden_layers": 1,
        "num_attention_heads": 1,
    }
    config = CLIPConfig(
        text_config={
            **small,
            "vocab_size": 514,
            "max_position_embeddings": 8,
            "bos_token_id": 512,
            "eos_token_id": 513,
        },
        vision_config={**small, "image_size": 8, "patch_size": 8},
        projection_dim=4,
    )
    folder = tmp_path_factory.mktemp("clip")
    (folder / "config.json").write_text(config.to_json_string())
    save_file(CLIPModel(config).state_dict(), folder / "model.safetensors")
    letters = sorted(pre_tokenizers.ByteLevel.alphabet())
    tokens = [*letters, *(f"{x}</w>" for x in letters), "<|startoftext|>", "<|endoftext|>"]
    (folder / "vocab.json").write_text(json.dumps({t: i for i, t in enumerate(tokens)}))
    (folder / "merges.txt").write_text("#version: 0.2\n")
    return folder


@pytest.fixture(scope="module")
def model(clip: Path, tmp_path_factory: pytest.TempPathFactory) -> Open:
    """Converts a BART of the golden set, once, together with the golden VQGAN."""

    @cache
    def converted(name: str) -> Path:
        source = GOLDEN / ELSEWHERE.get(name, "") / name
        out = tmp_path_factory.mktemp("model") / "out"
        options = Options(
            tokenizer=GOLDEN / "tokenizer",
            word_frequency=GOLDEN / "text/enwiki-words-frequency.txt",
        )
        convert(source, GOLDEN / "vqgan", clip, out, options)
        return out

    return converted


def bart_of_model(folder: Path) -> Bart:
    config = json.loads((folder / "bart/config.json").read_text())
    bart = Bart(BartConfig.from_dict(config))
    source = folder / "bart/model.safetensors"
    fill(bart, load_tensors(source), source)
    return bart.eval()


def vqgan_of_model(folder: Path) -> Vqgan:
    config = json.loads((folder / "vqgan/config.json").read_text())
    vqgan = Vqgan(VqganConfig.from_dict(config))
    source = folder / "vqgan/model.safetensors"
    fill(vqgan, load_tensors(source), source)
    return vqgan.eval()


@pytest.fixture(scope="module")
def bart(model: Open) -> Callable[[str], Bart]:
    return cache(lambda name: bart_of_model(model(name)))


@pytest.fixture(scope="module")
def vqgan(model: Open) -> Vqgan:
    return vqgan_of_model(model("dallebart-mini"))


@torch.inference_mode()
def encode(bart: Bart, expected: Vectors, suffix: str = "") -> tuple[Tensor, Tensor]:
    mask = expected[f"attention_mask{suffix}"].bool()
    return bart.encode(expected[f"input_ids{suffix}"].long(), mask), mask


@torch.inference_mode()
def both_logits(bart: Bart, expected: Vectors, codes: Tensor) -> tuple[Tensor, Tensor]:
    """Logits with the caption and without, over the whole vocabulary."""
    return (
        bart.decode(codes, *encode(bart, expected)),
        bart.decode(codes, *encode(bart, expected, "_uncond")),
    )


def near(ours: Tensor, theirs: Tensor, tolerance: float) -> None:
    torch.testing.assert_close(ours, theirs.to(ours.dtype), rtol=0, atol=tolerance)


# Checkpoints


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


# BART


@pytest.mark.parametrize("name", [*ALL, *ELSEWHERE])
def test_it_encodes_captions_as_the_original_does(name: str, bart: Callable[[str], Bart]) -> None:
    expected = vectors(ELSEWHERE.get(name, name))
    for suffix in ("", "_uncond"):
        if (key := f"encoder_last_hidden_state{suffix}") in expected:
            near(encode(bart(name), expected, suffix)[0], expected[key], STATES)


@pytest.mark.parametrize("name", [*ALL, *ELSEWHERE])
def test_it_gives_the_original_s_logits(name: str, bart: Callable[[str], Bart]) -> None:
    expected = vectors(ELSEWHERE.get(name, name))
    cond, uncond = both_logits(bart(name), expected, expected["decoder_input_ids"].long())

    near(cond, expected["logits_cond"], STATES)
    near(uncond, expected["logits_uncond"], STATES)
    if "logits_super" in expected:
        scale = float(expected["condition_scale"])
        near(uncond + scale * (cond - uncond), expected["logits_super"], SUPER)


@pytest.mark.parametrize("name", WHOLE)
def test_it_gives_the_original_s_logits_step_by_step(
    name: str, bart: Callable[[str], Bart]
) -> None:
    """The cached way that sampling goes, one position at a time."""
    expected, network = vectors(name), bart(name)
    codes = expected["decoder_input_ids"].long()
    with torch.inference_mode():
        caches = network.new_caches(*encode(network, expected), images=1)
        steps = [network.step(codes[:, i : i + 1], i, caches) for i in range(codes.size(1))]

    near(torch.cat(steps, 1), expected["logits_cond"][..., : network.config.codes], STATES)


def test_it_has_the_original_s_states_between_layers(bart: Callable[[str], Bart]) -> None:
    expected, network = vectors("dallebart-mini"), bart("dallebart-mini")
    codes = expected["decoder_input_ids"].long()
    seen: dict[str, list[Tensor]] = {"encoder": [], "decoder": []}
    for side, states in seen.items():
        layers: Any = getattr(network, side).layers
        for layer in layers:
            layer.register_forward_pre_hook(lambda _, args, states=states: states.append(args[0]))
        layers[-1].register_forward_hook(lambda _, args, out, states=states: states.append(out))
    with torch.inference_mode():
        network.decode(codes, *encode(network, expected))

    for side, states in seen.items():
        near(torch.stack(states), expected[f"{side}_hidden_states"], STATES)
        for layer in getattr(network, side).layers:
            layer._forward_pre_hooks.clear()
            layer._forward_hooks.clear()


@pytest.mark.parametrize("name", WHOLE)
def test_it_samples_the_original_s_codes(name: str, bart: Callable[[str], Bart]) -> None:
    expected, network = vectors(name), bart(name)
    theirs = expected["greedy_sliced"].long()
    ids = torch.cat([expected["input_ids"], expected["input_ids_uncond"][:1]]).long()
    mask = torch.cat([expected["attention_mask"], expected["attention_mask_uncond"][:1]]).bool()
    settings = Sampling(condition_scale=float(expected["condition_scale"]), top_k=1)
    ours = sample_codes(network, ids, mask, [[i, i + 7] for i in range(len(theirs))], settings)

    assert int(theirs[0, 0]) == network.config.start_id
    for image in range(2):
        assert torch.equal(ours[:, image], theirs[:, 1:])


@pytest.mark.parametrize("name", WHOLE)
@pytest.mark.parametrize("which", ["greedy_sliced", "greedy_reference"])
def test_it_has_the_original_s_logits_along_its_path(
    name: str, which: str, bart: Callable[[str], Bart]
) -> None:
    expected = vectors(name)
    cond, uncond = both_logits(bart(name), expected, expected[which].long()[:, :-1])
    guided = uncond + float(expected["condition_scale"]) * (cond - uncond)

    near(guided, expected[f"{which}_step_logits"], SUPER)


@pytest.mark.parametrize("name", WHOLE)
@pytest.mark.parametrize("which", ["greedy_reference", "greedy_noguidance"])
def test_it_picks_the_original_s_tokens_from_the_whole_vocabulary(
    name: str, which: str, bart: Callable[[str], Bart]
) -> None:
    expected, config = vectors(name), json_of(name, "config.json")
    scale = 1.0 if which == "greedy_noguidance" else float(expected["condition_scale"])
    theirs = expected[which].long()
    ours = theirs[:, :1]
    for _ in range(theirs.size(1) - 1):
        cond, uncond = (logits[:, -1] for logits in both_logits(bart(name), expected, ours))
        picked = (uncond + scale * (cond - uncond)).argmax(-1)
        # The original stops a row at its closing token.
        is_over = (ours[:, 1:] == config["eos_token_id"]).any(1)
        picked[is_over] = config["pad_token_id"]
        ours = torch.cat([ours, picked[:, None]], 1)

    assert torch.equal(ours, theirs)


# VQGAN


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


# Sampling


def test_it_filters_logits_as_the_original_does() -> None:
    expected = vectors("sampling")
    logits, checked = expected["logits"], 0
    for key, theirs in expected.items():
        if found := re.fullmatch(r"topk(\d+)", key):
            ours = keep_top_k(logits, int(found[1]))
        elif found := re.fullmatch(r"topp([\d.]+)", key):
            ours = keep_top_p(logits, float(found[1]))
        elif found := re.fullmatch(r"temp([\d.]+)_topk(\d+)_topp([\d.]+)(_probs)?", key):
            settings = Sampling(
                temperature=float(found[1]), top_k=int(found[2]), top_p=float(found[3])
            )
            ours = filter_logits(logits, settings)
            ours = ours.softmax(-1) if found[4] else ours
        else:
            assert key == "logits"
            continue
        assert torch.equal(ours.isinf(), theirs.isinf()), key
        near(ours, theirs, 1e-5)
        checked += 1

    assert checked


# Text


def test_it_tokenises_as_the_original_does(model: Open) -> None:
    golden, path = json_of("tokenizer", "tokens.json"), model(WHOLE[0]) / "tokenizer/tokenizer.json"
    plain = Tokenizer.from_file(str(path))
    padded = CaptionTokenizer.load(path, golden["max_length"])
    special = golden["special"]

    assert plain.get_vocab_size() == golden["vocab_size"]
    assert padded.pad_id == special["pad"]
    for case in golden["cases"]:
        ids_whole = plain.encode(case["text"]).ids
        assert ids_whole == case["ids"]
        assert [plain.id_to_token(id_) for id_ in ids_whole] == case["tokens"]
        ids, mask = padded([case["text"]])
        assert ids[0].tolist() == next(v for k, v in case.items() if k.startswith("ids_max"))
        assert mask[0].int().tolist() == next(v for k, v in case.items() if k.startswith("mask_"))
    ids, mask = padded(golden["batch"]["texts"])
    assert ids.tolist() == golden["batch"]["input_ids"]
    assert mask.int().tolist() == golden["batch"]["attention_mask"]
    for case in golden["decode"]:
        assert plain.decode(case["ids"]) == case["decoded"]


def test_it_makes_the_tokenizer_from_vocabulary_and_merges(tmp_path: Path) -> None:
    from generator.convert.tokenizers_of import bart_tokenizer

    for name in ("vocab.json", "merges.txt"):
        shutil.copyfile(GOLDEN / "tokenizer" / name, tmp_path / name)
    golden = json_of("tokenizer", "tokens.json")
    made = bart_tokenizer(tmp_path, golden["vocab_size"])

    for case in golden["cases"]:
        ids = made.encode(case["text"]).ids
        assert ids == case["ids"]
        assert [made.id_to_token(id_) for id_ in ids] == case["tokens"]
    for case in golden["decode"]:
        assert made.decode(case["ids"]) == case["decoded"]


def test_it_normalises_as_the_original_does(model: Open) -> None:
    normalise = Normaliser(model(WHOLE[0]) / "tokenizer/word-frequency.txt")
    pairs = json_of("text", "text_normalizer.json")["pairs"]
    wrong = {
        pair["text"]: (ours, pair["normalized"])
        for pair in pairs
        if (ours := normalise(pair["text"])) != pair["normalized"]
    }

    assert pairs
    assert not wrong


@pytest.mark.parametrize("name", WHOLE)
def test_it_reads_prompts_as_the_original_does(name: str, model: Open) -> None:
    """From the words that were typed to the rows that BART reads, the empty caption's included."""
    expected, prompts = vectors(name), json_of(name, "prompts.json")
    normalise = Normaliser(model(name) / "tokenizer/word-frequency.txt")
    path = model(name) / "tokenizer/tokenizer.json"
    tokenizer = CaptionTokenizer.load(path, json_of(name, "config.json")["max_text_length"])
    captions = [normalise(prompt["prompt"]) for prompt in prompts]

    assert captions == [prompt["normalized"] for prompt in prompts]
    for texts, suffix in ((captions, ""), ([""] * len(captions), "_uncond")):
        ids, mask = tokenizer(texts)
        assert ids.tolist() == expected[f"input_ids{suffix}"].tolist()
        assert mask.int().tolist() == expected[f"attention_mask{suffix}"].tolist()


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
