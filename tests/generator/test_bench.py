import copy
import xml.etree.ElementTree as ElementTree
from dataclasses import replace

import pytest
import torch

from bench.batch import captions_of
from bench.contest.floor import StepCost, cache_bytes, step_cost, weights_read
from bench.contest.names import bart_names, vqgan_names
from bench.contest.problem import Problem, fill_randomly, random_bart
from bench.contest.sides import Turn, distance, refuse_unequal
from bench.contest.walk import Walk, likeliest
from bench.measuring import Stopwatch, seconds_of
from bench.min_dalle import worst
from bench.plot import plot
from bench.tables import table
from generator.config import TINY_BART, Sampling
from generator.drawing.sampling import sample_codes
from generator.networks.bart import Bart
from generator.networks.vqgan import Vqgan
from tests.generator import tiny
from tests.generator.checkpoints import BART, VQGAN
from tests.generator.convert.torch_checkpoints import min_dalle_files

CPU = torch.device("cpu")
WATCHED = ("attention", "cross_attention.query", "cross_attention.out", "glu")


def test_it_gives_every_tensor_min_dalles_name_of_it() -> None:
    bart, vqgan = Bart(BART), Vqgan(replace(VQGAN, has_encoder=False))
    found = {
        "encoder.pt": (bart_names(bart, "encoder"), bart),
        "decoder.pt": (bart_names(bart, "decoder"), bart),
        "detoker.pt": (vqgan_names(vqgan), vqgan),
    }
    for side, tensors in min_dalle_files().items():
        names, ours = found[side]
        shapes = {theirs: ours.state_dict()[name].shape for name, theirs in names.items()}
        assert shapes == {name: tensor.shape for name, tensor in tensors.items()}


def test_it_counts_the_matrices_that_a_step_reads() -> None:
    bart = tiny.bart()
    counted = bart.state_dict()["head.weight"][: TINY_BART.codes].numel() + sum(
        parameter.numel()
        for name, parameter in bart.decoder.named_parameters()
        if parameter.dim() == 2 and any(f".{part}" in name for part in WATCHED)
        if not name.endswith(("cross_attention.key.weight", "cross_attention.value.weight"))
    )
    assert weights_read(TINY_BART) == counted


def test_it_counts_what_the_caches_hold() -> None:
    ids, mask = _text(1)
    caches = Walk(tiny.bart(), ids, mask, images=3).caches
    held = [(c.keys, c.values, c.cross_keys, c.cross_values) for c in caches]
    counted = sum(tensor.nbytes for layer in held for tensor in layer)
    assert cache_bytes(TINY_BART, 3, ids.size(1), 4) == counted


def test_it_adds_up_the_keys_and_values_of_each_position() -> None:
    images, text, length = 2, 5, TINY_BART.image_length
    cost = step_cost(TINY_BART, images, text, weight_size=1, cache_size=4)
    numbers = 0
    for position in range(length):
        own = 2 * images * (position + 1)
        numbers += TINY_BART.decoder_layers * 2 * TINY_BART.width * (own + 2 * text)
    assert cost.cache_bytes == pytest.approx(4 * numbers / length)
    assert cost.weight_bytes == weights_read(TINY_BART)
    assert cost.flops > 2 * 2 * images * weights_read(TINY_BART)


def test_it_takes_the_slower_of_reading_and_computing_for_the_floor() -> None:
    cost = StepCost(weight_bytes=80, cache_bytes=20, flops=300)
    assert cost.floor(bandwidth=10, rate=100) == 10
    assert cost.floor(bandwidth=100, rate=100) == 3


def test_it_extrapolates_the_loop_alone_when_it_was_cut() -> None:
    turn = Turn(encode=1, loop=2, paint=3, peak=0, share=0.25)
    assert turn.full_loop == 8
    assert turn.whole == 12


def test_it_measures_how_far_two_tensors_lie_apart() -> None:
    ones = torch.ones(4)
    assert distance(ones, ones) == 0
    assert distance(2 * ones, ones) == pytest.approx(0.5)
    with pytest.raises(ValueError, match=r"\(4,\) against \(5,\)"):
        distance(ones, torch.ones(5))


@pytest.mark.parametrize("far", [0.5, float("nan")])
def test_it_refuses_to_time_when_the_two_differ(far: float) -> None:
    refuse_unequal({"pixels": 1e-6}, "float32")
    with pytest.raises(SystemExit, match=r"differ in logits by .*: not timed"):
        refuse_unequal({"pixels": 1e-6, "logits": far}, "float32")


def test_it_tells_the_least_ratio_and_the_highest_peak() -> None:
    found = [{"ratio_fp32": 4.0, "peak_fp32": 1.1}, {"ratio_fp32": 3.0, "peak_fp32": 1.0}]
    assert worst(found) == {"ratio_fp32": 3.0, "peak_fp32": 1.1}


def test_it_walks_as_the_sampler_does_when_it_takes_the_likeliest() -> None:
    bart, (ids, mask) = tiny.bart(), _text(3)
    settings = Sampling(condition_scale=3.0, top_k=1)
    sampled = sample_codes(bart, ids, mask, [[0]] * 3, settings)[:, 0]
    walked = likeliest(bart, ids, mask, 3.0, TINY_BART.image_length)
    assert torch.equal(walked, sampled)
    assert walked.unique().numel() > 3


def test_it_finds_the_same_codes_when_it_walks_along_its_own() -> None:
    bart, (ids, mask) = tiny.bart(), _text(2)
    truth = likeliest(bart, ids, mask, 2.0, 8)
    assert torch.equal(likeliest(bart, ids, mask, 2.0, 8, truth), truth)
    other = copy.deepcopy(bart)
    fill_randomly(other, seed=5)
    assert not torch.equal(likeliest(other, ids, mask, 2.0, 8, truth), truth)


def test_it_makes_the_same_random_weights_of_the_same_seed() -> None:
    first, again, other = (random_bart(TINY_BART, seed).state_dict() for seed in (1, 1, 2))
    assert all(torch.equal(first[name], again[name]) for name in first)
    assert not any(torch.equal(first[name], other[name]) for name in first)


def test_it_puts_the_empty_caption_last() -> None:
    ids, mask = Problem(size="tiny").text(2)
    assert mask.sum(1).tolist() == [ids.size(1), ids.size(1), 2]
    assert not torch.equal(ids[0], ids[1])


def test_it_splits_a_batch_into_captions_of_nine() -> None:
    assert [captions_of(n) for n in (1, 9, 18, 72)] == [(1, 1), (1, 9), (2, 9), (8, 9)]
    with pytest.raises(ValueError, match="10 pictures"):
        captions_of(10)


def test_it_leaves_the_warm_up_out_of_the_times() -> None:
    calls: list[int] = []
    times = seconds_of(lambda: calls.append(1), CPU, repeats=2, warm_up=3)
    assert len(times) == 2
    assert len(calls) == 5


def test_it_names_the_parts_between_marks() -> None:
    watch = Stopwatch(CPU)
    watch.mark("encode")
    watch.mark("loop")
    assert list(watch.parts) == ["encode", "loop"]
    assert min(watch.parts.values()) >= 0


def test_it_lines_a_table_up() -> None:
    assert table(["a", "seconds"], [["long", "1"], ["b", "22"]]).splitlines() == [
        "| a    | seconds |",
        "|------|--------:|",
        "| long |       1 |",
        "| b    |      22 |",
    ]


def test_it_draws_each_point_where_it_belongs() -> None:
    image = plot({"small <one>": {1: 0.1, 9: 0.02}, "big": {1: 8.0, 72: 4.0}}, "across", "up")
    root = ElementTree.fromstring(image)  # noqa: S314  our own text
    names = "{http://www.w3.org/2000/svg}"
    lines = [line.attrib["points"].split() for line in root.iter(f"{names}polyline")]
    (first, last), (other, end) = (
        [tuple(map(float, p.split(","))) for p in line] for line in lines
    )
    assert first[0] == other[0] < last[0] < end[0]
    assert other[1] < end[1] < first[1] < last[1]
    assert "small <one>" in [text.text for text in root.iter(f"{names}text")]


def _text(captions: int) -> tuple[torch.Tensor, torch.Tensor]:
    ids, mask = Problem(size="tiny").text(captions)
    return ids.clamp(max=TINY_BART.text_vocab_size - 1), mask
