"""BART and its sampling against what the original code gave."""

import json
import re
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor

from generator.config import BartConfig, Sampling
from generator.drawing.sampling import filter_logits, keep_top_k, keep_top_p, sample_codes
from generator.folders.weights import fill, load_tensors
from generator.networks.bart import Bart
from tests.generator.golden import (
    ALL,
    ELSEWHERE,
    STATES,
    SUPER,
    WHOLE,
    Open,
    Vectors,
    json_of,
    model,
    near,
    needs_golden,
    vectors,
)

__all__ = ["model"]
pytestmark = needs_golden


def bart_of_model(folder: Path) -> Bart:
    config = json.loads((folder / "bart/config.json").read_text())
    bart = Bart(BartConfig.from_dict(config))
    source = folder / "bart/model.safetensors"
    fill(bart, load_tensors(source), source)
    return bart.eval()


@pytest.fixture(scope="module")
def bart(model: Open) -> Callable[[str], Bart]:
    return cache(lambda name: bart_of_model(model(name)))


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
