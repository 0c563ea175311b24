"""How long the editors' pages take with years of puzzles and play in the database.

`python -m bench.load` fills a database of its own, on the PostgreSQL of DATABASE_URL or on an
embedded one, measures, and drops it. A row over its limit ends the run with 1.
"""

import argparse
import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from statistics import median

import django
from django.conf import settings
from django.db import connection
from django.db.models import Max
from django.test import Client
from django.test.utils import CaptureQueriesContext, setup_databases, teardown_databases
from django.urls import reverse
from django.utils import timezone

from bench.tables import table
from game.running import local

REPEATS = 20
MOST_QUERIES = 12
MOST_SECONDS = 0.150
PLANNED = 365
HEAD = ["", "queries", "median ms", "slowest ms", "computing ms", ""]


@dataclass(frozen=True, slots=True)
class Cost:
    name: str
    queries: int
    seconds: float
    slowest: float
    # Of the median, what this process computed: the rest is the database's, and waiting.
    computing: float
    is_limited: bool

    @property
    def is_over(self) -> bool:
        is_much = self.queries > MOST_QUERIES or self.seconds > MOST_SECONDS
        return self.is_limited and is_much

    def as_row(self) -> list[str]:
        verdict = ("over" if self.is_over else "ok") if self.is_limited else ""
        times = [
            f"{seconds * 1000:.0f}" for seconds in (self.seconds, self.slowest, self.computing)
        ]
        return [self.name, str(self.queries), *times, verdict]


def cost(
    name: str,
    work: Callable[[], object],
    again: Callable[[], object] = lambda: None,
    *,
    is_limited: bool = True,
) -> Cost:
    """The queries and the seconds of `work`; `again` makes it possible once more."""
    work()
    again()
    with CaptureQueriesContext(connection) as queries:
        work()
    # The next request forgets them.
    count = len(queries)
    times, computing = [], []
    for _ in range(REPEATS):
        again()
        started, computed = time.perf_counter(), time.process_time()
        work()
        times.append(time.perf_counter() - started)
        computing.append(time.process_time() - computed)
    return Cost(name, count, median(times), max(times), median(computing), is_limited)


def page_costs() -> Iterator[Cost]:
    from bench.site.filling import make_editor

    client = Client(SERVER_NAME="localhost")
    client.force_login(make_editor())
    calendar, today = reverse("admin:game_puzzle_calendar"), timezone.localdate()
    for name, day in {
        "Calendar, last month": today.replace(day=1) - timedelta(days=1),
        "Calendar, this month": today,
        "Calendar, next month": today.replace(day=1) + timedelta(days=31),
        "Calendar, in half a year": today + timedelta(days=182),
        "Calendar, an empty month": date(today.year + 3, 1, 1),
    }.items():
        yield cost(name, lambda day=day: get(client, f"{calendar}?month={day:%Y-%m}"))  # type: ignore[misc]
    puzzles = reverse("admin:game_puzzle_changelist")
    for name, address in {
        "List of puzzles": puzzles,
        "List of puzzles, past": f"{puzzles}?when=past",
        "Studio's first page": reverse("admin:index"),
    }.items():
        yield cost(name, lambda address=address: get(client, address), is_limited=False)  # type: ignore[misc]


def get(client: Client, address: str) -> None:
    response = client.get(address)
    if response.status_code != 200:
        raise RuntimeError(f"{address} answered {response.status_code}")


def planning_cost() -> Cost:
    from game.editing import planning
    from game.models import Puzzle

    last = Puzzle.objects.aggregate(last=Max("play_on"))["last"]
    puzzles = list(Puzzle.objects.filter(play_on=None)[:PLANNED])
    pairs = [(each, last + timedelta(days=n)) for n, each in enumerate(puzzles, start=1)]

    def again() -> None:
        planning.plan([(puzzle, None) for puzzle in puzzles])

    return cost(f"Planning {len(pairs)} puzzles", lambda: planning.plan(pairs), again)


@contextmanager
def server() -> Iterator[None]:
    with tempfile.TemporaryDirectory(prefix="sixpix-bench-", ignore_cleanup_errors=True) as folder:
        os.environ.update(SIXPIX_VAR=folder, STATIC_HASHED="0", LOG_LEVEL="ERROR")
        embedded = None if os.environ.get("DATABASE_URL") else local.Postgres(Path(folder))
        if embedded:
            embedded.start()
        try:
            yield
        finally:
            if embedded:
                embedded.stop()


@contextmanager
def database() -> Iterator[None]:
    made = setup_databases(verbosity=0, interactive=False)
    try:
        yield
    finally:
        teardown_databases(made, verbosity=0)


def measure(puzzles: int, tries: int) -> Sequence[Cost]:
    # Models can be had once Django is set up.
    from bench.site import filling
    from game.models import Play, Puzzle, Try

    settings.FIRST_DAY = filling.first_day(puzzles)
    started = time.perf_counter()
    filling.fill(puzzles, tries)
    print(
        f"{Puzzle.objects.count():,} puzzles, {Play.objects.count():,} plays, "
        f"{Try.objects.count():,} tries, made in {time.perf_counter() - started:.0f} s"
    )
    return [*page_costs(), planning_cost()]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--puzzles", type=int, default=2000)
    parser.add_argument("--tries", type=int, default=1_000_000)
    asked = parser.parse_args()
    with server():
        os.environ["DJANGO_SETTINGS_MODULE"] = "game.settings"
        django.setup()
        with database():
            costs = measure(asked.puzzles, asked.tries)
    print(table(HEAD, [each.as_row() for each in costs]))
    sys.exit(any(each.is_over for each in costs))


if __name__ == "__main__":
    main()
