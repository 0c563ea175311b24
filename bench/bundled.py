"""The bundled model on this machine: loading, one prompt's puzzle, and a day of ranked pictures.

python bench/bundled.py --json
"""

import argparse
import io
import json
import subprocess
import sys
from pathlib import Path

import torch

sys.path.insert(0, str(Path(__file__).parents[1]))

from bench.contest.int8_error import PROMPTS
from bench.measuring import machine, median, seconds_of
from bench.tables import table
from generator.drawing.pipeline import Generator

ROOT = Path(__file__).parents[1]
KEEP = 6
DAY = 24 * 60 * 60


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    add = parser.add_argument
    add("--threads", type=int, default=torch.get_num_threads(), help="(as many as cores)")
    add("--prompts", type=int, default=len(PROMPTS), help=f"of the batch ({len(PROMPTS)})")
    add("--repeats", type=int, default=3, help="of each measurement (3)")
    add("--device", default="cpu", help="cpu or cuda (cpu)")
    add("--json", action="store_true", help="end with one line of JSON")
    return parser.parse_args()


def loading(repeats: int) -> dict[str, float]:
    """Medians over fresh processes on the CPU, less the first, which reads from disk."""
    command = [sys.executable, "-m", "bench.loading"]
    found = [
        json.loads(subprocess.run(command, cwd=ROOT, check=True, capture_output=True).stdout)
        for _ in range(repeats + 1)
    ]
    return {key: median([each[key] for each in found[1:]]) for key in found[0]}


def puzzle(generator: Generator, prompt: str) -> list[bytes]:
    """The model's number of candidates, ranked, and the chosen six as PNG files."""
    drawing = generator.draw(prompt, keep=KEEP, seed=1)
    files = [io.BytesIO() for _ in range(KEEP)]
    for file, picture in zip(files, drawing.shown, strict=True):
        picture.image.save(file, "PNG")
    return [file.getvalue() for file in files]


def one_prompt(generator: Generator, repeats: int) -> float:
    """Median seconds over several prompts."""
    return median(
        [
            seconds
            for prompt in PROMPTS
            for seconds in seconds_of(
                lambda prompt=prompt: puzzle(generator, prompt),  # type: ignore[misc]
                generator.device,
                repeats=repeats,
                warm_up=prompt == PROMPTS[0],
            )
        ]
    )


def a_day(generator: Generator, prompts: int, repeats: int) -> float:
    """Ranked pictures a day, drawn in batches of several prompts."""
    batch = [PROMPTS[i % len(PROMPTS)] for i in range(prompts)]
    count = generator.candidates
    seeds = [i * count for i in range(prompts)]
    times = seconds_of(
        lambda: generator.draw_many(batch, seeds=seeds),
        generator.device,
        repeats=repeats,
    )
    return prompts * count * len(times) * DAY / sum(times)


def main() -> None:
    args = arguments()
    torch.set_num_threads(args.threads)
    found = loading(args.repeats)
    generator = Generator.load(device=args.device)
    found["puzzle"] = one_prompt(generator, args.repeats)
    found["pictures_a_day"] = a_day(generator, args.prompts, args.repeats)
    print(f"{machine(generator.device)}, {args.threads} threads\n")
    rows = [
        ["import, s", f"{found['import']:.2f}"],
        ["load in a fresh process, s", f"{found['load']:.2f}"],
        [
            f"{generator.candidates} candidates ranked, {KEEP} PNG files, s",
            f"{found['puzzle']:.2f}",
        ],
        [
            f"ranked pictures a day, {args.prompts} prompts a batch",
            f"{found['pictures_a_day']:,.0f}",
        ],
    ]
    print(table(["the bundled model", ""], rows))
    if args.json:
        print(json.dumps({**found, "threads": args.threads}))


if __name__ == "__main__":
    main()
