"""Today's page and a try beside bare Django views, on one server and one database, in one run.

`python -m bench.web` fills a database of its own, on the PostgreSQL of DATABASE_URL or on an
embedded one, starts the server of `make run` twice, for the game and for bench.bare, and has a
process of its own call both, taking turns. `--json` prints the figures for a program to read.
"""

import argparse
import json
import os
import secrets
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass, field
from itertools import chain, repeat
from statistics import median, quantiles
from typing import TYPE_CHECKING

import django

from bench.load import database, server
from bench.site.caller import Answers, Caller, Calls
from bench.tables import table
from game.rules.boards import TRIES

if TYPE_CHECKING:
    from bench.site.serving import Site

PAGE, BARE_PAGE = "today's page, in play", "bare template, as long"
FIRST_PAGE, BARE_FIRST_PAGE = "today's page, first visit", "bare template, as long as that"
TRY, BARE_INSERT = "a try", "bare locked insert"
BESIDE = {PAGE: BARE_PAGE, FIRST_PAGE: BARE_FIRST_PAGE, TRY: BARE_INSERT}
HEAD = ["", "bytes", "p50 ms", "p95 ms", "p99 ms", "a second", "CPU ms", "× rate", "× CPU"]
# The first is for caches and connections to be there.
UNCOUNTED = 1


@dataclass(frozen=True, slots=True)
class Turn:
    answers: Answers
    # Seconds that the server's processes computed for one answer.
    computing: float

    @property
    def rate(self) -> float:
        return len(self.answers.seconds) / self.answers.whole


@dataclass(frozen=True, slots=True)
class Side:
    """One kind of request, and what came of it."""

    name: str
    site: "Site"
    # So many for each of so many connections.
    requests: Callable[[int, int], list[list[bytes]]]
    turns: list[Turn] = field(default_factory=list)

    def take_turn(self, caller: Caller, requests: int, connections: int) -> None:
        calls = Calls(self.site.port, self.requests(requests, connections))
        before = self.site.cpu_seconds()
        answers = caller.call(calls)
        spent = self.site.cpu_seconds() - before
        if wrong := set(answers.statuses) - {200}:
            raise RuntimeError(f"{self.name} was answered with {sorted(wrong)}")
        self.turns.append(Turn(answers, spent / len(answers.seconds)))


@dataclass(frozen=True, slots=True)
class Figures:
    """Seconds, answers a second, and how a bare view does beside it: medians of the turns."""

    name: str
    size: int
    p50: float
    p95: float
    p99: float
    rate: float
    computing: float
    # More is better for us: our rate by the bare one's, its computing by ours.
    rate_ratio: float | None
    computing_ratio: float | None

    def as_row(self) -> list[str]:
        times = [self.p50, self.p95, self.p99]
        ratios = [self.rate_ratio, self.computing_ratio]
        return [
            self.name,
            f"{self.size:,}",
            *(f"{1000 * each:.1f}" for each in times),
            f"{self.rate:.0f}",
            f"{1000 * self.computing:.2f}",
            *("" if each is None else f"{each:.2f}" for each in ratios),
        ]


def figures(side: Side, bare: Side | None) -> Figures:
    turns = side.turns[UNCOUNTED:]
    seconds = list(chain.from_iterable(turn.answers.seconds for turn in turns))
    cuts = quantiles(seconds, n=100)
    pairs = list(zip(turns, bare.turns[UNCOUNTED:], strict=True)) if bare else []
    return Figures(
        name=side.name,
        size=turns[-1].answers.sizes[-1],
        p50=cuts[49],
        p95=cuts[94],
        p99=cuts[98],
        rate=median(turn.rate for turn in turns),
        computing=median(turn.computing for turn in turns),
        rate_ratio=median(ours.rate / theirs.rate for ours, theirs in pairs) if pairs else None,
        computing_ratio=(
            median(theirs.computing / ours.computing for ours, theirs in pairs) if pairs else None
        ),
    )


@contextmanager
def sites() -> Iterator[tuple["Site", "Site"]]:
    """The game and the bare site, on one database, with static files as in production."""
    os.environ.update(STATIC_HASHED="1", SECRET_KEY=secrets.token_hex(32))
    os.environ["DJANGO_SETTINGS_MODULE"] = "game.settings"
    django.setup()
    # These can be imported once Django is set up.
    from django.conf import settings
    from django.core.management import call_command

    from bench.site import playing
    from bench.site.serving import serving

    call_command("collectstatic", interactive=False, verbosity=0)
    settings.FIRST_DAY = playing.first_day()
    os.environ["FIRST_DAY"] = settings.FIRST_DAY.isoformat()
    log = settings.VAR_DIR / "web.log"
    with database(), ExitStack() as stack:
        ours = serving("game.wsgi", "game.settings", log)
        bare = serving("bench.bare.site", "bench.bare.settings", log)
        yield stack.enter_context(ours), stack.enter_context(bare)


def prepare(ours: "Site", bare: "Site", caller: Caller) -> list[Side]:
    from bench.site import playing
    from bench.site.playing import requests_of

    today = playing.fill()
    page, first_page = playing.page_in_play(today), playing.first_page()

    def size(site: "Site", request: bytes) -> int:
        return caller.call(Calls(site.port, [[request]])).sizes[0]

    def as_long_as(request: bytes) -> bytes:
        rows = playing.rows_for(size(ours, request), lambda asked: size(bare, asked))
        return playing.bare_page(rows)

    return [
        Side(PAGE, ours, requests_of(repeat(page))),
        Side(BARE_PAGE, bare, requests_of(repeat(as_long_as(page)))),
        Side(FIRST_PAGE, ours, requests_of(repeat(first_page))),
        Side(BARE_FIRST_PAGE, bare, requests_of(repeat(as_long_as(first_page)))),
        Side(TRY, ours, requests_of(playing.tries(today))),
        Side(BARE_INSERT, bare, requests_of(playing.bare_inserts(today))),
    ]


def measure(
    turns: int, requests: int, connections: int
) -> tuple[list[Figures], list[tuple[int, int]]]:
    """The figures of each side, and what each worker of the game has in memory after it."""
    with server(), sites() as (ours, bare), Caller() as caller:
        sides = prepare(ours, bare, caller)
        for turn in range(UNCOUNTED + turns):
            for side in sides if turn % 2 else sides[::-1]:
                side.take_turn(caller, requests, connections)
        named = {side.name: side for side in sides}
        told = [figures(side, named.get(BESIDE.get(side.name, ""))) for side in sides]
        return told, ours.memory()


def tell(told: Sequence[Figures], memory: Sequence[tuple[int, int]]) -> str:
    lines = [table(HEAD, [each.as_row() for each in told]), ""]
    for resident, share in memory:
        lines.append(f"A worker: {resident / 1e6:.0f} MB resident, {share / 1e6:.0f} MB its share.")
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--turns", type=int, default=9)
    parser.add_argument("--requests", type=int, default=60, help="in a turn, by connection")
    parser.add_argument("--connections", type=int, default=2)
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args()
    if asked.requests % TRIES:
        parser.error(f"a player has {TRIES} tries: --requests must be a multiple of {TRIES}")
    told, memory = measure(asked.turns, asked.requests, asked.connections)
    if asked.json:
        print(json.dumps({"sides": [asdict(each) for each in told], "memory": memory}, indent=2))
    else:
        print(tell(told, memory))


if __name__ == "__main__":
    main()
