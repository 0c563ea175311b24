"""Whether a worker grows while it draws, and how large beat is: real processes, resident memory.

`python -m bench.memory` has a worker draw hundreds of puzzles with a generator that paints noise in
no time, which leaves all around the drawing to be measured, then some with the bundled model. Ends
with 1 when something is over its limit.
"""

import argparse
import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import cycle, islice
from pathlib import Path
from urllib.parse import quote

import django
import psutil
from django.conf import settings
from django.db import connection

from bench.load import database, server
from bench.tables import table
from game.running import local, processes

MOST_GROWTH = 0.05
MOST_OF_BEAT = 120 * 10**6
BEAT_SECONDS = 30
BATCH = 5
LOOKS = 10
PROMPTS = 50
NOISE = "tests.noise_worker"


def log() -> Path:
    return settings.VAR_DIR / "log" / "celery.log"


@contextmanager
def celery(*arguments: str) -> Iterator[psutil.Process]:
    used = connection.settings_dict
    address = f"postgresql://{used['USER']}@{quote(used['HOST'], safe='')}/{used['NAME']}"
    env = os.environ | {"SECRET_KEY": settings.SECRET_KEY, "DATABASE_URL": address}
    started = processes.spawn([sys.executable, "-m", "celery", *arguments], log(), env=env)
    try:
        yield psutil.Process(started.pid)
    finally:
        processes.kill_group(started)


def sizes_of_worker(app: str, drawings: int) -> list[int]:
    """Of the process that draws, after each tenth of the drawings."""
    from game.drawing import drawable
    from game.models import Puzzle
    from game.nights import tasks

    prompts = islice(cycle(drawable.suggest_prompts(PROMPTS, seed=6)), drawings)
    puzzles = Puzzle.objects.bulk_create(
        Puzzle(prompt=prompt, state=Puzzle.State.WANTED) for prompt in prompts
    )
    for start in range(0, drawings, BATCH):
        tasks.draw_batch.delay([puzzle.pk for puzzle in puzzles[start : start + BATCH]])
    drawn = Puzzle.objects.filter(state=Puzzle.State.REVIEW, forecast__isnull=False)
    already = drawn.count()
    worker = f"--app {app} worker --queues studio --concurrency 1 --without-gossip"
    sizes = []
    with celery(*worker.split()) as parent:
        for look in range(1, LOOKS + 1):
            while drawn.count() - already < drawings * look // LOOKS:
                if parent.status() == psutil.STATUS_ZOMBIE:
                    raise RuntimeError(f"the worker has ended: {processes.last_lines(log())}")
                time.sleep(0.5)
            [child] = parent.children()
            sizes.append(child.memory_info().rss)
    return sizes


def size_of_beat() -> int:
    with celery("--app", "game", "beat", "--pidfile=") as beat:
        time.sleep(BEAT_SECONDS)
        size: int = beat.memory_info().rss
    return size


def growth(sizes: list[int]) -> float:
    """From the first tenth, when all was used once, to the end: what was freed is no growth."""
    return sizes[-1] / sizes[0] - 1


def megabytes(size: int) -> str:
    return f"{size / 1e6:.1f}"


def measure(noise: int, real: int) -> bool:
    """Print it all, and say whether everything keeps to its limit."""
    found = {
        f"{NOISE}, {noise} drawings": sizes_of_worker(NOISE, noise) if noise else [],
        f"the bundled model, {real} drawings": sizes_of_worker("game", real) if real else [],
    }
    found = {name: sizes for name, sizes in found.items() if sizes}
    for name, sizes in found.items():
        print(f"{name}, after each tenth:", *map(megabytes, sizes))
    beat = size_of_beat()
    rows = [
        [name, *map(megabytes, (sizes[0], max(sizes), sizes[-1])), f"{growth(sizes):+.1%}"]
        for name, sizes in found.items()
    ]
    rows.append(["beat", megabytes(beat), "", "", ""])
    print(table(["resident MB", "after a tenth", "most", "in the end", "growth"], rows))
    return beat <= MOST_OF_BEAT and all(growth(each) <= MOST_GROWTH for each in found.values())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--noise", type=int, default=500)
    parser.add_argument("--real", type=int, default=30)
    asked = parser.parse_args()
    os.environ["DJANGO_SETTINGS_MODULE"] = "game.settings"
    with server():
        django.setup()
        queue = local.Redis(settings.VAR_DIR, is_durable=False)
        queue.start()
        try:
            with database():
                is_good = measure(asked.noise, asked.real)
        finally:
            queue.stop()
    sys.exit(not is_good)


if __name__ == "__main__":
    main()
