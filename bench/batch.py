"""Seconds a picture against the number of pictures in one loop: a table, and a plot.

    python bench/batch.py --out docs/cost-per-image.svg

Nine pictures a caption, as the game asks for them; no ranking.
"""

import argparse
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor

sys.path.insert(0, str(Path(__file__).parents[1]))

from bench.contest.int8_error import PROMPTS
from bench.contest.ours import Painter, loaded
from bench.contest.problem import SETTINGS, SIZES, Problem
from bench.measuring import machine, median, seconds_of
from bench.plot import plot
from bench.tables import table
from generator.config import Sampling
from generator.drawing.pipeline import Generator
from generator.drawing.sampling import sample_codes
from generator.networks.bart import Bart

CANDIDATES = 9  # of one caption


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    add = parser.add_argument
    add("--images", type=_numbers, default=[1, 9, 18, 36, 72], help="to try (1,9,18,36,72)")
    add("--size", choices=SIZES, default="mini", help="beside the bundled model (mini)")
    add("--threads", type=int, default=torch.get_num_threads(), help="(as many as cores)")
    add("--repeats", type=int, default=1, help="(1)")
    add("--device", default="cpu", help="cpu or cuda (cpu)")
    add("--dtype", default="float32", choices=("float32", "float16", "bfloat16"), help="(float32)")
    add("--out", type=Path, metavar="FILE", help="where to write the plot, an SVG")
    return parser.parse_args()


def _numbers(text: str) -> list[int]:
    return [int(part) for part in text.split(",")]


def captions_of(images: int) -> tuple[int, int]:
    """How many captions make a batch, and pictures each: 18 → (2, 9), 1 → (1, 1)."""
    if images > CANDIDATES and images % CANDIDATES:
        raise ValueError(f"{images} pictures are no whole number of captions, {CANDIDATES} each")
    return max(1, images // CANDIDATES), min(images, CANDIDATES)


@dataclass(frozen=True, slots=True)
class Model:
    """`text` makes ids and mask of a number of captions, the empty one last."""

    name: str
    bart: Bart
    paint: Painter
    settings: Sampling
    text: Callable[[int], tuple[Tensor, Tensor]]

    def draw(self, images: int, device: torch.device) -> None:
        captions, each = captions_of(images)
        ids, mask = self.text(captions)
        seeds = [[*range(each)] for _ in range(captions)]
        ids, mask = ids.to(device), mask.to(device)
        self.paint(sample_codes(self.bart, ids, mask, seeds, self.settings))


def random_model(problem: Problem) -> Model:
    bart, vqgan = loaded(problem, problem.dtype)
    painter = Painter(vqgan, problem.torch_device)
    return Model(f"DALL·E {problem.size} size", bart, painter, SETTINGS, problem.text)


def bundled_model(problem: Problem) -> Model:
    generator = Generator.load(device=problem.device, precision=problem.dtype)
    painter = Painter(generator.vqgan, generator.device)

    def text(captions: int) -> tuple[Tensor, Tensor]:
        prompts = [PROMPTS[i % len(PROMPTS)] for i in range(captions)]
        return generator.tokenizer([*map(generator.normalise, prompts), ""])

    return Model("bundled", generator.bart, painter, generator.settings, text)


def models(problem: Problem) -> Iterator[Model]:
    yield random_model(problem)
    yield bundled_model(problem)


def seconds_a_picture(
    model: Model, counts: list[int], device: torch.device, repeats: int
) -> dict[int, float]:
    found = {}
    model.draw(1, device)
    for images in counts:
        times = seconds_of(
            lambda images=images: model.draw(images, device),  # type: ignore[misc]
            device,
            repeats=repeats,
            warm_up=device.type == "cuda",
        )
        found[images] = median(times) / images
        print(f"{model.name}, {images} pictures: {found[images]:.3f} s each", flush=True)
    return found


def main() -> None:
    args = arguments()
    torch.set_num_threads(args.threads)
    problem = Problem(size=args.size, device=args.device, dtype=args.dtype)
    device = problem.torch_device
    found = {}
    for model in models(problem):
        found[model.name] = seconds_a_picture(model, args.images, device, args.repeats)
    where = f"{machine(device)}, {args.threads} threads, {args.dtype}"
    rows = [[str(n), *(f"{times[n]:.3f}" for times in found.values())] for n in args.images]
    print(f"\n{where}; seconds a picture\n\n{table(['pictures in a batch', *found], rows)}")
    if args.out:
        args.out.write_text(plot(found, "pictures in a batch", "seconds a picture"), "utf-8")


if __name__ == "__main__":
    main()
