"""What a night costs beyond the generator's own work.

`python -m bench.night` draws puzzles with the bundled model through `game.night.run`, in a database
of its own, and splits the time. Sampling, decoding, ranking and the decoding of films are the
generator's; claims, heartbeats, encoding, storage, warmth and forecasts are the night's. Ends with
1 when the night's part is over the limit.
"""

import argparse
import json
import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import django
import torch
from django.utils import timezone

from bench.load import database, server
from bench.measuring import machine, table

MOST_OVERHEAD = 0.05
CPU = torch.device("cpu")


@dataclass
class Clock:
    """Seconds by name; what a timed function spends in another one counts for that one alone."""

    read: Callable[[], float]
    parts: dict[str, float] = field(default_factory=dict)
    inner: list[float] = field(default_factory=list)

    @contextmanager
    def timed(self, name: str) -> Iterator[None]:
        self.inner.append(0.0)
        started = self.read()
        try:
            yield
        finally:
            spent = self.read() - started
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


def watch_generator(clock: Clock) -> list[str]:
    """The names of all that counts as the generator's."""
    from generator import pipeline
    from generator.ranker import Ranker

    clock.watch(pipeline, "sample_codes", "sampling")
    clock.watch(pipeline.Generator, "paint", "decoding")
    clock.watch(Ranker, "score", "ranking")
    clock.watch(pipeline, "decode_unfinished", "decoding of films")
    clock.watch(pipeline.Generator, "draw_many", "around them")
    return ["sampling", "decoding", "ranking", "decoding of films", "around them"]


def watch_night(clock: Clock) -> None:
    from game import candidates, claims, forecast, night, tables
    from generator import pipeline

    clock.watch(claims.Heartbeat, "_write", "heartbeats")
    clock.watch(claims, "claim", "claims")
    clock.watch(candidates, "_webp", "encoding of pictures")
    clock.watch(pipeline, "animate", "encoding of films")
    clock.watch(candidates, "store", "storage")
    clock.watch(candidates, "store_film", "storage")
    clock.watch(tables, "warm_words", "warmth")
    clock.watch(forecast, "make", "forecasts")
    clock.watch(night, "prepare", "preparing")


def plan(puzzles: int) -> None:
    from game import drawable
    from game.models import Puzzle

    today = timezone.localdate()
    prompts = drawable.suggest_prompts(puzzles, seed=6)
    if len(prompts) < puzzles:
        raise RuntimeError(f"only {len(prompts)} different prompts were suggested")
    Puzzle.objects.bulk_create(
        # Days that have begun nowhere yet: what is urgent is drawn by itself.
        Puzzle(prompt=prompt, play_on=today + timedelta(days=2 + n), is_auto_approved=True)
        for n, prompt in enumerate(prompts)
    )


def measure(puzzles: int, read: Callable[[], float]) -> dict[str, Any]:
    from game import night, studio, tables

    clock = Clock(read)
    with clock.timed("model"):
        studio.generator()
    # Embeds the vocabulary as well, which is kept as a file.
    with clock.timed("encoder"):
        tables.warmer()
    loading, clock.parts = clock.parts, {}
    plan(puzzles)
    ours = watch_generator(clock)
    watch_night(clock)
    with clock.timed("the rest"):
        done = night.run(puzzles + 2)
    if done.drawn != puzzles:
        raise RuntimeError(f"{done.drawn} of {puzzles} were drawn")
    generator = {name: clock.parts.pop(name) for name in ours}
    return {
        "puzzles": puzzles,
        "machine": machine(CPU),
        "threads": torch.get_num_threads(),
        "loading": loading,
        "generator": generator,
        "night": clock.parts,
        "overhead": sum(clock.parts.values()) / sum(generator.values()),
    }


def rows(found: dict[str, Any]) -> Iterator[list[str]]:
    generator = sum(found["generator"].values())
    for owner in ("generator", "night"):
        parts = sorted(found[owner].items(), key=lambda part: -part[1])
        for name, seconds in [*parts, ("together", sum(found[owner].values()))]:
            each = f"{seconds / found['puzzles']:.3f}"
            yield [f"{owner}: {name}", each, f"{seconds / generator:.2%}"]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    add = parser.add_argument
    add("--puzzles", type=int, default=8)
    add("--batch", type=int, default=4, help="how many are drawn in one go (4)")
    add("--cpu", action="store_true", help="this process's own seconds, on a busy machine")
    add("--json", action="store_true", help="end with one line of JSON")
    asked = parser.parse_args()
    os.environ |= {"DJANGO_SETTINGS_MODULE": "game.settings", "NIGHT_BATCH": str(asked.batch)}
    with server():
        django.setup()
        with database():
            found = measure(asked.puzzles, time.process_time if asked.cpu else time.perf_counter)
    print(f"{found['machine']}, {found['threads']} threads, batches of {asked.batch}\n")
    print(table(["", "seconds a puzzle", "of the generator's"], list(rows(found))))
    if asked.json:
        print(json.dumps(found))
    sys.exit(found["overhead"] > MOST_OVERHEAD)


if __name__ == "__main__":
    main()
