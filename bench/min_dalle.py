"""Side by side with min-dalle: the same random weights, threads and caption, taking turns.

    pip install min-dalle==0.4.11
    python bench/min_dalle.py --json

Each side has a process of its own. Nothing is timed before both have been seen to compute the same.
The whole is what a caller waits for: encode, 256 steps, and the pictures painted.
"""

import argparse
import json
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import torch

sys.path.insert(0, str(Path(__file__).parents[1]))

from bench.contest import int8_error
from bench.contest.comparison import SHORT, floor_table, floors, ratios, time_table
from bench.contest.contender import FLOAT
from bench.contest.problem import SETTINGS, SIZES, Problem
from bench.contest.sides import Side, distances, refuse_unequal, started, take_turns
from bench.measuring import machine
from bench.tables import table

STEPS = 256
CAPTIONS = 9  # whose greedy codes tell int8's error


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    add = parser.add_argument
    add("--size", choices=SIZES, default="mini", help="tiny tries the harness alone (mini)")
    add("--images", type=int, choices=(1, 4, 9, 16), default=9, help="pictures (9)")
    add("--threads", type=_numbers, default=[1, 2], help="numbers to try in turn (1,2)")
    add("--repeats", type=int, default=1, help="turns that each side takes (1)")
    add("--steps", type=_steps, default=STEPS, help="stop min-dalle's loop early, and int8's (256)")
    add("--device", default="cpu", help="cpu or cuda (cpu)")
    add("--dtype", choices=SHORT, default="float32", help="on a GPU (float32)")
    add("--pictures", type=Path, metavar="FILE", help="save int8's pictures beside the exact ones")
    add("--json", action="store_true", help="end with a line of JSON, the worst of all threads")
    args = parser.parse_args()
    if args.device == "cpu" and args.dtype != "float32":
        parser.error("min-dalle runs in float32 alone on a CPU")
    if args.device != "cpu" and args.pictures:
        parser.error("int8, and so --pictures, is for CPUs")
    return args


def _numbers(text: str) -> list[int]:
    numbers = [int(part) for part in text.split(",")]
    if min(numbers) < 1:
        raise ValueError(text)
    return numbers


def _steps(text: str) -> int:
    if not 1 <= (steps := int(text)) <= STEPS:
        raise ValueError(text)
    return steps


def compare(problem: Problem, args: argparse.Namespace) -> dict[str, Any]:
    """One number of threads: prints the tables, and returns the ratios."""
    print(f"\n## {problem.threads} thread{'s' * (problem.threads > 1)}\n", flush=True)
    torch.set_num_threads(problem.threads)
    with started(problem) as sides:
        check(sides, problem)
        if problem.device != "cpu":
            take_turns(sides, 1, STEPS, STEPS)  # compiles, captures, picks kernels
            for side in sides:
                side.turns.clear()
        take_turns(sides, args.repeats, args.steps, STEPS)
    print(f"\n{time_table(sides, problem)}")
    if args.steps < STEPS:
        print(f"min-dalle's loop is EXTRAPOLATED from {args.steps} of its {STEPS} equal steps.")
    print(f"\n{floor_table(floors(problem, sides), sides, problem)}", flush=True)
    return ratios(sides, problem)


def check(sides: list[Side], problem: Problem) -> None:
    found = distances(sides)
    rows = [[name, *(f"{found[s][name]:.1e}" for s in found)] for name in found[FLOAT]]
    print(table(["root mean square difference from min-dalle", *found], rows), flush=True)
    refuse_unequal(found[FLOAT], problem.dtype)


def int8_changes(problem: Problem, args: argparse.Namespace) -> dict[str, dict[str, float]]:
    pair = int8_error.bundled_pair()
    scale = SETTINGS.condition_scale
    codes = pair[0].bart.config.image_length
    found = {
        f"random, {problem.size}": int8_error.changed_at_random(
            problem, CAPTIONS, scale, args.steps
        ),
        "trained, bundled": int8_error.changed_when_trained(*pair, min(args.steps, codes)),
    }
    rows = [[name, *(f"{100 * share:.1f} %" for share in s.values())] for name, s in found.items()]
    print(f"\n## int8\n\n{table(['greedy codes that change', 'forced', 'free'], rows)}", flush=True)
    if args.pictures:
        int8_error.side_by_side(*pair, args.pictures)
    return found


def worst(found: list[dict[str, float]]) -> dict[str, float]:
    """Of several numbers of threads: the least of each ratio, the most of each peak."""
    return {
        key: (max if key.startswith("peak") else min)(each[key] for each in found)
        for key in found[0]
    }


def main() -> None:
    args = arguments()
    problem = Problem(size=args.size, images=args.images, device=args.device, dtype=args.dtype)
    print(f"{machine(problem.torch_device)}\n{args.size}, {args.images} pictures, {args.dtype}")
    by_threads = {n: compare(replace(problem, threads=n), args) for n in args.threads}
    result: dict[str, Any] = {**worst([*by_threads.values()]), "threads": by_threads}
    result["steps"] = args.steps
    if args.device == "cpu":
        result["int8_changes"] = int8_changes(problem, args)
    if args.json:
        print(json.dumps(result))


if __name__ == "__main__":
    main()
