"""What workers do for the easel: paint the orders whose turn it is."""

import logging
import time
from collections.abc import Sequence
from contextlib import suppress
from typing import TYPE_CHECKING

from celery.exceptions import SoftTimeLimitExceeded
from django.utils.translation import gettext as _

from game.drawing import claims, drawable, painting
from game.drawing.claims import Heartbeat, LostClaimError
from game.easel import line, pictures
from game.easel.glimpses import Sheets
from game.easel.pictures import COUNT
from game.models import Order

if TYPE_CHECKING:
    from game.drawing.painting import Drawing

logger = logging.getLogger(__name__)


def paint_next() -> bool:
    """Paint the orders that come next, in one loop; whether there were any."""
    if not line.is_anybody_waiting():
        return False
    # Loading a large model can outlast a lease, so it comes first; its error is met again below.
    with suppress(Exception):
        painting.generator()
    orders = line.claim()
    try:
        _paint([order for order in orders if _may_paint(order)])
    except SoftTimeLimitExceeded:
        line.give_back(*orders)
    except BaseException:
        # Ctrl-C or a worker told to stop.
        line.give_back(*orders)
        raise
    return bool(orders)


def _may_paint(order: Order) -> bool:
    """The rules may have changed since it was ordered."""
    try:
        drawable.check_decent(order.prompt)
    except drawable.Undrawable as why:
        line.end(order, Order.State.REFUSED, str(why))
        return False
    return True


def _paint(orders: Sequence[Order]) -> None:
    if not orders:
        return
    begun = time.monotonic()
    try:
        drawings = _draw(orders)
    except SoftTimeLimitExceeded:
        raise
    except LostClaimError:
        logger.info("%s: cancelled while they were painted", _names(orders))
    except Exception as error:
        if len(orders) == 1:
            _fail(orders[0], error)
            return
        # One of them is the culprit, or they are too many for the memory.
        logger.warning("%s: in two halves after %s", _names(orders), type(error).__name__)
        half = len(orders) // 2
        _paint(orders[:half])
        _paint(orders[half:])
    else:
        seconds = time.monotonic() - begun
        for order, drawing in zip(orders, drawings, strict=True):
            _store(order, drawing, len(orders), seconds)


def _draw(orders: Sequence[Order]) -> "list[Drawing]":
    without = [order.without for order in orders]
    return painting.generator().draw_many(
        [order.prompt for order in orders],
        count=COUNT,
        keep=COUNT,
        seeds=[order.seed for order in orders],
        without=without if any(without) else (),
        on_progress=Heartbeat(line.held(*orders), lease=line.LEASE),
        on_glimpse=Sheets(orders, COUNT),
    )


def _store(order: Order, drawing: "Drawing", loop_size: int, loop_seconds: float) -> None:
    try:
        claims.outlast_outage(lambda: pictures.store(order, drawing, loop_size, loop_seconds))
    except SoftTimeLimitExceeded:
        raise
    except LostClaimError:
        logger.info("%s: cancelled before it was stored", _names([order]))
    except Exception as error:
        _fail(order, error)


def _fail(order: Order, error: Exception) -> None:
    logger.error("%s: painting failed", _names([order]), exc_info=error)
    line.fail(order, _("Something went wrong while it was painted. Order it once more."))


def _names(orders: Sequence[Order]) -> str:
    # Never the prompt: what people order is theirs.
    return ", ".join(f"Order {order.pk}" for order in orders)
