"""What a night costs beyond the generator's own work.

`python -m bench.night` has the bundled model draw the same prompts in turns: with the generator
alone, as `Generator.draw_many` and `Generator.film` give pictures and films, and through
`game.nights.night.run`, in a database of its own that knows none of their words. It tells how much
longer the night takes and where its own seconds go. Ends with 1 when that is over the limit.
"""

import argparse
import json
import os
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import django
import torch
from django.utils import timezone

from bench.load import database, server
from bench.measuring import machine, median
from bench.tables import table

MOST_OVERHEAD = 0.05
CPU = torch.device("cpu")
WALL, PROCESSOR = "by the wall", "of the processor"
CLOCKS: dict[str, Callable[[], float]] = {WALL: time.perf_counter, PROCESSOR: time.process_time}

Seconds = dict[str, float]


def seconds_of(work: Callable[[], object]) -> Seconds:
    """By each of CLOCKS. The database is another process: only the wall's count its work."""
    started = {name: read() for name, read in CLOCKS.items()}
    work()
    return {name: read() - started[name] for name, read in CLOCKS.items()}


@dataclass
class Split:
    """Processor seconds by name; what a watched function spends in another counts there alone."""

    parts: Seconds = field(default_factory=dict)
    inner: list[float] = field(default_factory=list)

    @contextmanager
    def timed(self, name: str) -> Iterator[None]:
        self.inner.append(0.0)
        started = time.process_time()
        try:
            yield
        finally:
            spent = time.process_time() - started
            own = spent - self.inner.pop()
            self.parts[name] = self.parts.get(name, 0.0) + own
            if self.inner:
                self.inner[-1] += spent

    def watch(self, owner: Any, function: str, name: str) -> None:
        plain: Callable[..., Any] = getattr(owner, function)

        def timed(*args: Any, **kwargs: Any) -> Any:
            with self.timed(name):
                return plain(*args, **kwargs)

        setattr(owner, function, timed)


def watched() -> Split:
    from game.drawing import candidates, claims, forecast, tables
    from game.nights import night
    from generator.drawing.pipeline import Generator

    split = Split()
    split.watch(Generator, "draw_many", "generator")
    split.watch(Generator, "film", "generator")
    split.watch(claims.Heartbeat, "_write", "heartbeats")
    split.watch(claims, "claim", "claims")
    split.watch(candidates, "_webp", "encoding of pictures")
    split.watch(candidates, "store", "storage")
    split.watch(candidates, "store_film", "storage")
    split.watch(tables, "warm_words", "warmth")
    split.watch(forecast, "make", "forecasts")
    split.watch(night, "prepare", "preparing")
    return split


def draw(prompts: Sequence[str], batch: int) -> None:
    """The generator's part alone: pictures, ranked, and a film of the best of each prompt."""
    from game.drawing import candidates, painting

    model = painting.generator()
    for start in range(0, len(prompts), batch):
        some = prompts[start : start + batch]
        seeds = range(0, 1000 * len(some), 1000)
        drawings = model.draw_many(
            some, count=model.candidates, keep=candidates.CHOSEN, seeds=seeds
        )
        for drawing in drawings:
            model.film(drawing.pictures[0])


def plan(prompts: Sequence[str]) -> None:
    from game.models import Puzzle

    today = timezone.localdate()
    Puzzle.objects.bulk_create(
        # Days that have begun nowhere yet: what is urgent is drawn by itself.
        Puzzle(prompt=prompt, play_on=today + timedelta(days=2 + n), is_auto_approved=True)
        for n, prompt in enumerate(prompts)
    )


def spend_night(puzzles: int) -> None:
    from game.nights import night

    done = night.run(puzzles + 2)
    if done.drawn != puzzles:
        raise RuntimeError(f"{done.drawn} of {puzzles} were drawn")


def forget() -> None:
    """So that the next night finds nothing done, not a word warm, and nothing to sweep up."""
    from game.drawing import candidates
    from game.models import Puzzle, WarmthTable

    for puzzle in Puzzle.objects.all():
        candidates.remove(puzzle)
    Puzzle.objects.all().delete()
    WarmthTable.objects.all().delete()


def take_turns(
    prompts: Sequence[str], batch: int, rounds: int, split: Split
) -> tuple[list[Seconds], list[Seconds]]:
    """Of the generator alone and of the night, in each round; the nights are split as well."""
    alone: list[Seconds] = []
    nights: list[Seconds] = []
    whole_night = split.timed("the rest")(spend_night)
    for turn in range(rounds):
        plan(prompts)
        sides = [
            (alone, lambda: draw(prompts, batch)),
            (nights, lambda: whole_night(len(prompts))),
        ]
        # A B, B A, …, so that a machine that slows down or speeds up favours neither.
        for times, work in sides if turn % 2 == 0 else reversed(sides):
            times.append(seconds_of(work))
        forget()
    return alone, nights


def measure(puzzles: int, batch: int, rounds: int) -> dict[str, Any]:
    from game.drawing import drawable, painting, tables

    loading = {"model": seconds_of(painting.generator)}
    # Embeds the vocabulary as well, which is kept as a file.
    loading["encoder"] = seconds_of(tables.warmer)
    prompts = drawable.suggest_prompts(puzzles, seed=6)
    if len(prompts) < puzzles:
        raise RuntimeError(f"only {len(prompts)} different prompts were suggested")
    take_turns(prompts[:1], batch, 1, Split())  # What is loaded when it is first needed.
    split = watched()
    alone, nights = take_turns(prompts, batch, rounds, split)
    split.parts.pop("generator")
    return {
        "puzzles": puzzles,
        "machine": machine(CPU),
        "threads": torch.get_num_threads(),
        "loading": loading,
        "generator": alone,
        "night": nights,
        "overhead": {name: overhead(alone, nights, name) for name in CLOCKS},
        "split": {name: spent / rounds for name, spent in split.parts.items()},
    }


def overhead(alone: Sequence[Seconds], nights: Sequence[Seconds], clock: str) -> float:
    """The median over the rounds."""
    pairs = zip(alone, nights, strict=True)
    return median([night[clock] / drawing[clock] - 1 for drawing, night in pairs])


def turns_table(found: dict[str, Any]) -> str:
    rows = []
    for name in CLOCKS:
        each = [
            f"{median([turn[name] for turn in found[side]]) / found['puzzles']:.3f}"
            for side in ("generator", "night")
        ]
        rows.append([f"seconds a puzzle {name}", *each, f"{found['overhead'][name]:.1%}"])
    return table(["", "generator alone", "night", "more"], rows)


def split_table(found: dict[str, Any]) -> str:
    generator = median([turn[PROCESSOR] for turn in found["generator"]])
    parts = sorted(found["split"].items(), key=lambda part: -part[1])
    rows = [
        [name, f"{1000 * seconds / found['puzzles']:.1f}", f"{seconds / generator:.2%}"]
        for name, seconds in [*parts, ("together", sum(found["split"].values()))]
    ]
    return table(["the night's own", "ms a puzzle of the processor", "of the generator's"], rows)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    add = parser.add_argument
    add("--puzzles", type=int, default=8)
    add("--batch", type=int, default=4, help="how many are drawn in one go (4)")
    add("--rounds", type=int, default=3, help="of turns (3)")
    add("--threads", type=int, help="of torch's (as many as cores)")
    add("--cpu", action="store_true", help="judge by the processor's time, on a busy machine")
    add("--json", action="store_true", help="end with one line of JSON")
    asked = parser.parse_args()
    if asked.threads:
        torch.set_num_threads(asked.threads)
    os.environ |= {"DJANGO_SETTINGS_MODULE": "game.settings", "NIGHT_BATCH": str(asked.batch)}
    with server():
        django.setup()
        with database():
            found = measure(asked.puzzles, asked.batch, asked.rounds)
    print(f"{found['machine']}, {found['threads']} threads, batches of {asked.batch}\n")
    print(turns_table(found), split_table(found), sep="\n\n")
    if asked.json:
        print(json.dumps(found))
    sys.exit(found["overhead"][PROCESSOR if asked.cpu else WALL] > MOST_OVERHEAD)


if __name__ == "__main__":
    main()
