"""The sides of a comparison, taking turns; whether they compute the same; how long they take."""

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from safetensors.torch import load_file
from torch import Tensor

from bench.contest.contender import FLOAT, INT8, MIN_DALLE
from bench.contest.problem import Problem
from bench.measuring import median

ROOT = Path(__file__).parents[2]
PROBED = 3  # steps
# How far both may lie apart, relative to the root mean square. Their VQGAN's norms have another
# epsilon than the checkpoints were trained with.
TOLERANCE = {"float32": 1e-3, "float16": 2e-2, "bfloat16": 1e-1}


@dataclass(slots=True)
class Turn:
    """One drawing: seconds to encode, loop and paint; `share` of the loop that was run."""

    encode: float
    loop: float
    paint: float
    peak: int
    share: float = 1.0

    @property
    def whole(self) -> float:
        return self.encode + self.full_loop + self.paint

    @property
    def full_loop(self) -> float:
        """Seconds of all steps, where fewer were run: of min-dalle, whose steps cost the same."""
        return self.loop / self.share


@dataclass(slots=True)
class Side:
    """A contender and what it has shown so far."""

    name: str
    process: "subprocess.Popen[str]"
    weights: int = 0  # bytes
    turns: list[Turn] = field(default_factory=list)

    def reply(self) -> dict[str, Any]:
        line = self.process.stdout.readline() if self.process.stdout else ""
        if not line:
            raise SystemExit(f"{self.name} has ended: see above")
        reply: dict[str, Any] = json.loads(line)
        return reply

    def ask(self, **request: object) -> dict[str, Any]:
        print(json.dumps(request), file=self.process.stdin, flush=True)
        return self.reply()

    def draw(self, steps: int, of: int) -> None:
        """min-dalle alone can stop early."""
        reply = self.ask(wish="draw", steps=steps)
        share = steps / of if self.name == MIN_DALLE else 1.0
        self.turns.append(Turn(**reply["seconds"], peak=reply["peak"], share=share))

    def middle(self, what: str) -> float:
        """The median over all turns of one of Turn's figures."""
        return median([getattr(turn, what) for turn in self.turns])

    @property
    def peak(self) -> int:
        return max(turn.peak for turn in self.turns)


def contenders(problem: Problem) -> list[str]:
    """int8 is for CPUs."""
    return [MIN_DALLE, FLOAT, INT8] if problem.device == "cpu" else [MIN_DALLE, FLOAT]


@contextmanager
def started(problem: Problem) -> Iterator[list[Side]]:
    """All sides, loaded one after the other."""
    with ExitStack() as stack:
        sides = []
        for name in contenders(problem):
            command = [
                sys.executable,
                "-m",
                "bench.contest.contender",
                name,
                json.dumps(asdict(problem)),
            ]
            process = stack.enter_context(
                subprocess.Popen(
                    command, cwd=ROOT, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE
                )
            )
            side = Side(name, process)
            side.weights = side.reply()["weights"]
            sides.append(side)
        yield sides


def take_turns(sides: Sequence[Side], rounds: int, steps: int, of: int) -> None:
    """A B C, C B A, …, so that a machine that slows down or speeds up favours none."""
    for turn in range(rounds):
        for side in sides if turn % 2 == 0 else reversed(sides):
            side.draw(steps, of)
            print(f"  {side.name}: {side.turns[-1].whole:.2f} s", flush=True)


def distances(sides: Sequence[Side]) -> dict[str, dict[str, float]]:
    """How far each of our sides is from min-dalle in each probe."""
    with tempfile.TemporaryDirectory() as folder:
        found: list[dict[str, Tensor]] = []
        for side in sides:
            path = str(Path(folder) / f"{len(found)}.safetensors")
            side.ask(wish="probe", steps=PROBED, path=path)
            found.append(load_file(path))
    theirs, *ours = found
    return {
        side.name: {name: distance(theirs[name], tensors[name]) for name in theirs}
        for side, tensors in zip(sides[1:], ours, strict=True)
    }


def distance(theirs: Tensor, ours: Tensor) -> float:
    """Root mean square of the difference, relative to that of `theirs`."""
    if theirs.shape != ours.shape:
        raise ValueError(f"{tuple(theirs.shape)} against {tuple(ours.shape)}")
    return float((theirs - ours).square().mean().sqrt() / theirs.square().mean().sqrt())


def refuse_unequal(found: dict[str, float], dtype: str) -> None:
    """Times of networks that do not compute the same are not worth comparing."""
    limit = TOLERANCE[dtype]
    if wrong := [f"{name} by {far:.2g}" for name, far in found.items() if not far <= limit]:
        raise SystemExit(f"the two differ in {', '.join(wrong)} (at most {limit:g}): not timed")
