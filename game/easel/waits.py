"""How long an order will take, by how long others took: told to its person, and compared after."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from statistics import median
from typing import NamedTuple
from uuid import UUID

from django.db.models import Count, Min
from django.db.models.functions import Now
from django.utils import timezone

from game.easel import line
from game.models import Order

# The last so many orders say how fast it goes; a new model or machine is soon known.
RECENT = 60
# A told time was right that was off by no more than one of these.
SHARE, SECONDS = 0.25, 3.0

# Seconds of a loop, by how many orders it paints.
Pace = Mapping[int, float]


class Loop(NamedTuple):
    claim: UUID
    size: int
    since: datetime


@dataclass(frozen=True, slots=True)
class Wait:
    """How many orders are painted before it, and the seconds until it is done: None until anything
    was measured here."""

    ahead: int
    seconds: int | None


def pace() -> Pace:
    """As measured lately."""
    measured = Order.objects.filter(loop_seconds__isnull=False).order_by("-pk")
    found: dict[int, list[float]] = defaultdict(list)
    for size, seconds in measured.values_list("loop_size", "loop_seconds")[:RECENT]:
        if size and seconds is not None:
            found[size].append(seconds)
    return {size: median(seconds) for size, seconds in found.items()}


def loop_seconds(pace: Pace, size: int) -> float:
    """Of a size that was never measured: by the nearest that was, in proportion."""
    nearest = min(pace, key=lambda known: (abs(known - size), known))
    return pace[nearest] * size / nearest


def loops_until(turns: Sequence[tuple[int, int]], pk: int) -> list[int]:
    """The sizes of the loops up to the one that paints the order, if nobody else comes. Each paints
    orders of different people, so no two turns meet in one."""
    own = dict(turns)[pk]
    sizes = []
    for turn in range(1, own + 1):
        those = [each for each, its in turns if its == turn]
        loops = [those[at : at + line.LOOP] for at in range(0, len(those), line.LOOP)]
        for loop in loops:
            sizes.append(len(loop))
            if pk in loop:
                break
    return sizes


def wait_of(order: Order) -> Wait | None:
    """None for an order that nobody waits for."""
    if not order.is_open:
        return None
    measured, running = pace(), _running()
    if own := [loop for loop in running if loop.claim == order.claim]:
        return Wait(0, round(_left(measured, own[0])) if measured else None)
    turns = line.turns()
    places = [pk for pk, _turn in turns]
    if order.pk not in places:
        return Wait(0, None)  # it ended at this very moment
    ahead = places.index(order.pk) + sum(loop.size for loop in running)
    if not measured:
        return Wait(ahead, None)
    *before, own_loop = [loop_seconds(measured, size) for size in loops_until(turns, order.pk)]
    begun = sum(_left(measured, loop) for loop in running)
    # Each loop that runs has a worker of its own.
    return Wait(ahead, round((begun + sum(before)) / max(1, len(running)) + own_loop))


def _running() -> list[Loop]:
    alive = Order.objects.filter(state=Order.State.CLAIMED, leased_until__gte=Now())
    loops = alive.order_by().values_list("claim").annotate(Count("pk"), Min("claimed_at"))
    return [Loop(*each) for each in loops]


def _left(pace: Pace, loop: Loop) -> float:
    if not pace:
        return 0.0
    gone = (timezone.now() - loop.since).total_seconds()
    return max(0.0, loop_seconds(pace, loop.size) - gone)


def were_right() -> tuple[int, int]:
    """Of the last orders that were told a time: how many of how many were told the right one."""
    told = Order.objects.filter(told_seconds__isnull=False, state=Order.State.PAINTED)
    rows = told.values_list("told_seconds", "created_at", "ended_at").order_by("-pk")[:RECENT]
    found = [
        (seconds, (end - begin).total_seconds())
        for seconds, begin, end in rows
        if seconds is not None and end
    ]
    return sum(abs(told - took) <= max(SECONDS, SHARE * took) for told, took in found), len(found)
