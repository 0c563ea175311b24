"""Whose turn it is at the easel, and who paints an order.

Whoever has waited longest is next: since they were last served or, if that is later, since they
ordered. So each person's orders take turns with everybody else's, in their own order, and a
thousand orders of one person cost any other no more than one loop. Orders are claimed by a
conditional UPDATE for a lease, as puzzles are in game.drawing.claims.
"""

import uuid
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django.db.models import F, Min, Q, QuerySet, Window
from django.db.models.functions import Greatest, Now, RowNumber
from django.utils.translation import gettext as _

from game.drawing import claims
from game.models import Order, Player

# Orders of different people that are painted in one loop: more make each wait longer.
LOOP = 4
# Longer than a healthy worker's longest silence, which is for painting what was sampled.
LEASE = timedelta(minutes=1)
ATTEMPTS = 3

State = Order.State


def claimable() -> QuerySet[Order]:
    """Orders that nobody paints: wanted, or left behind by a dead worker."""
    stale = Q(state=State.CLAIMED, leased_until__lt=Now())
    return Order.objects.filter(Q(state=State.WANTED) | stale)


def waiting() -> QuerySet[Any]:
    """The whole line, who is next first. `turn` counts each person's own orders from 1; they have
    been waiting `since`."""
    person = [F("player_id")]
    first = Window(Min("created_at"), partition_by=person)
    return (
        claimable()
        .annotate(
            turn=Window(RowNumber(), partition_by=person, order_by="pk"),
            since=Greatest(first, F("player__served_at")),
        )
        .order_by("turn", "since", "pk")
    )


def claim(most: int = LOOP) -> list[Order]:
    """Take the next orders, of as many people, for one loop; empty when nobody waits."""
    _give_up_on_deadly_ones()
    while next_up := list(waiting().filter(turn=1).values_list("pk", flat=True)[:most]):
        token = uuid.uuid4()
        claimable().filter(pk__in=next_up).update(
            state=State.CLAIMED,
            claim=token,
            leased_until=Now() + LEASE,
            claimed_at=Now(),
            progress=0,
            attempts=F("attempts") + 1,
        )
        orders = list(Order.objects.filter(claim=token).order_by("pk"))
        if orders:
            people = [order.player_id for order in orders]
            Player.objects.filter(pk__in=people).update(served_at=Now())
            return orders
        # Another worker was faster; whoever is next by now is ours.
    return []


def _give_up_on_deadly_ones() -> None:
    deadly = claimable().filter(attempts__gte=ATTEMPTS)
    deadly.update(
        state=State.FAILED,
        claim=None,
        leased_until=None,
        ended_at=Now(),
        failure=_("The painter stopped each time it tried this one."),
    )


def held(*orders: Order) -> QuerySet[Order]:
    """Those of the orders that are still ours."""
    return Order.objects.filter(
        pk__in=[order.pk for order in orders],
        claim__in=[order.claim for order in orders],
        state=State.CLAIMED,
    )


def give_back(*orders: Order) -> None:
    """Nobody should have to wait for the lease of a worker that is told to stop."""
    free = {"claim": None, "leased_until": None, "progress": 0}
    claims.outlast_outage(lambda: held(*orders).update(state=State.WANTED, **free))


def end(order: Order, state: Order.State, failure: str) -> None:
    free = {"claim": None, "leased_until": None, "ended_at": Now()}
    claims.outlast_outage(lambda: held(order).update(state=state, failure=failure, **free))


def fail(order: Order, failure: str) -> None:
    """It may have been the machine's fault: it is tried again, but not for ever."""
    if order.attempts < ATTEMPTS:
        give_back(order)
    else:
        end(order, State.FAILED, failure)


def cancel(orders: QuerySet[Order]) -> int:
    """Waiting or running; a worker that is at it finds out. How many there were to cancel."""
    return orders.filter(state__in=(State.WANTED, State.CLAIMED)).update(
        state=State.CANCELLED, claim=None, leased_until=None, ended_at=Now()
    )


def is_anybody_waiting() -> bool:
    return claimable().exists()


def turns() -> Sequence[tuple[int, int]]:
    """(order, turn) of the whole line, next first."""
    return list(waiting().values_list("pk", "turn"))
