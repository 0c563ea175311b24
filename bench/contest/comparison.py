"""What the sides' turns come to: ratios, distance to the floor, and the tables of both."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import torch

from bench.contest.contender import INT8, MIN_DALLE
from bench.contest.floor import StepCost, cache_bytes, step_cost
from bench.contest.problem import WORDS, Problem, random_bart
from bench.contest.sides import Side
from bench.measuring import linear_rate, read_bandwidth
from bench.tables import table
from generator.devices.precision import prepare

SHORT = {"float32": "fp32", "float16": "fp16", "bfloat16": "bf16"}
TEXT = WORDS + 2
GB = 1e9


@dataclass(frozen=True, slots=True)
class Floor:
    """The machine's speed at what one side of ours does, and the least time of its mean step."""

    cost: StepCost
    bandwidth: float
    rate: float

    @property
    def seconds(self) -> float:
        return self.cost.floor(self.bandwidth, self.rate)


def key_of(side: Side, problem: Problem) -> str:
    return "int8" if side.name == INT8 else SHORT[problem.dtype]


def ratios(sides: Sequence[Side], problem: Problem) -> dict[str, float]:
    """min-dalle's seconds over ours: of the whole picture, and of the loop alone."""
    theirs, *ours = sides
    found = {}
    for side in ours:
        key = key_of(side, problem)
        found[f"ratio_{key}"] = theirs.middle("whole") / side.middle("whole")
        found[f"loop_ratio_{key}"] = theirs.middle("full_loop") / side.middle("full_loop")
        found[f"peak_{key}"] = side.peak / needed(side, problem)
    return found


def needed(side: Side, problem: Problem) -> int:
    """Bytes of the weights and of our caches."""
    size = cache_size(side, problem)
    return side.weights + cache_bytes(problem.bart_config, problem.images, TEXT, size)


def cache_size(side: Side, problem: Problem) -> int:
    """Bytes of one number that is remembered; with int8 weights, it is a bfloat16."""
    return torch.bfloat16.itemsize if side.name == INT8 else problem.torch_dtype.itemsize


def time_table(sides: Sequence[Side], problem: Problem) -> str:
    theirs = sides[0]
    rows = []
    for side in sides:
        is_theirs = side.name == MIN_DALLE
        peak = f"{side.peak / needed(side, problem):.2f}"
        rows.append(
            [
                side.name if is_theirs else f"Sixpix {key_of(side, problem)}",
                *(f"{side.middle(part):.2f}" for part in ("encode", "full_loop", "paint", "whole")),
                f"{theirs.middle('full_loop') / side.middle('full_loop'):.2f}",
                f"{theirs.middle('whole') / side.middle('whole'):.2f}",
                f"{side.weights / GB:.2f}",
                f"{side.peak / GB:.2f}",
                "" if is_theirs else peak,
            ]
        )
    head = ["", "encode s", "loop s", "paint s", "whole s", "× loop", "× whole"]
    return table([*head, "weights GB", "peak GB", "peak / needed"], rows)


def floors(problem: Problem, sides: Sequence[Side]) -> dict[str, Floor]:
    """Measured here and now, with this process's number of threads."""
    bandwidth = read_bandwidth(problem.torch_device)
    found = {}
    for side in sides[1:]:
        precision = "int8" if side.name == INT8 else problem.dtype
        cost = step_cost(
            problem.bart_config,
            problem.images,
            TEXT,
            weight_size=1 if side.name == INT8 else problem.torch_dtype.itemsize,
            cache_size=cache_size(side, problem),
        )
        found[side.name] = Floor(cost, bandwidth, _rate(problem, precision))
    return found


def _rate(problem: Problem, precision: str) -> float:
    """Of the last map of one feed-forward layer, made as the decoder's are."""
    one = replace(problem.bart_config, encoder_layers=1, decoder_layers=1, text_vocab_size=8)
    bart = random_bart(one, problem.seed).to(problem.torch_device)
    prepare(bart, precision, problem.torch_device)
    rows = torch.randn(2 * problem.images, one.decoder_glu)
    rows = rows.to(problem.torch_device, problem.torch_dtype)
    return linear_rate(bart.decoder.layers[0].glu.out, rows, one.width)


def floor_table(found: dict[str, Floor], sides: Sequence[Side], problem: Problem) -> str:
    rows = []
    for side in sides[1:]:
        floor = found[side.name]
        step = side.middle("full_loop") / problem.bart_config.image_length
        rows.append(
            [
                f"Sixpix {key_of(side, problem)}",
                f"{(floor.cost.weight_bytes + floor.cost.cache_bytes) / GB:.3f}",
                f"{floor.bandwidth / GB:.1f}",
                f"{1000 * floor.cost.reading(floor.bandwidth):.1f}",
                f"{floor.cost.flops / GB:.2f}",
                f"{floor.rate / GB:.0f}",
                f"{1000 * floor.cost.computing(floor.rate):.1f}",
                f"{1000 * step:.1f}",
                f"{step / floor.seconds:.2f}",
            ]
        )
    head = ["a step", "GB", "GB/s", "reading ms", "GFLOP", "GFLOP/s", "computing ms"]
    return table([*head, "measured ms", "over the floor"], rows)
