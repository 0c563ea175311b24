"""One side of the comparison in a process of its own, so that its memory can be told apart.

Run by bench.contest.sides: `python -m bench.contest.contender NAME PROBLEM`. Each line of its input
is a request in JSON, and each line of its output the reply.
"""

import contextlib
import importlib
import json
import sys
import warnings
from typing import Any

import torch
from safetensors.torch import save_file

from bench.contest.problem import Problem
from bench.measuring import Memory

MIN_DALLE, FLOAT, INT8 = "min-dalle", "Sixpix", "Sixpix int8"


def main(name: str, text: str) -> None:
    # torch says that min-dalle's way to ask for autocast is old, and that there is no GPU.
    warnings.filterwarnings("ignore", module=r"min_dalle\.|torch\.")
    problem = Problem(**json.loads(text))
    maker = importlib.import_module(
        "bench.contest.theirs" if name == MIN_DALLE else "bench.contest.ours"
    )
    torch.set_num_threads(problem.threads)
    memory = Memory(problem.torch_device)
    precision = "int8" if name == INT8 else problem.dtype
    replies = sys.stdout
    with contextlib.redirect_stdout(sys.stderr):
        side = maker.Theirs(problem) if name == MIN_DALLE else maker.Ours(problem, precision)
        reply: dict[str, Any] = {"weights": side.weights}
        print(json.dumps(reply), file=replies, flush=True)
        for line in sys.stdin:
            reply = answer(side, memory, **json.loads(line))
            print(json.dumps(reply), file=replies, flush=True)


def answer(side: Any, memory: Memory, wish: str, steps: int, path: str = "") -> dict[str, Any]:
    if wish == "draw":
        memory.restart()
        return {"seconds": side.draw(steps), "peak": memory.peak()}
    codes = torch.arange(256).view(1, -1) * 61  # any codes do, spread over all
    found = side.probe(codes, steps)
    save_file({name: t.float().cpu().contiguous() for name, t in found.items()}, path)
    return {}


if __name__ == "__main__":
    main(*sys.argv[1:])
