"""What is seen of an order's nine pictures while they are painted: one small sheet of all.

Kept in Redis for as long as somebody may look; without Redis there is nothing to see until the end.
"""

import io
import logging
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import redis
from django.core.cache import cache
from PIL import Image

if TYPE_CHECKING:
    from game.models import Order

logger = logging.getLogger(__name__)

KEPT_SECONDS = 300
COLUMNS, CELL = 3, 96
GROUND = (140, 134, 124)
QUALITY = 70


class Sheets:
    """`on_glimpse` of a drawing of these orders, `count` pictures each."""

    def __init__(self, orders: "Sequence[Order]", count: int) -> None:
        self.orders = orders
        side = COLUMNS * CELL, -(-count // COLUMNS) * CELL
        self.sheets = [Image.new("RGB", side, GROUND) for _order in orders]
        self.steps = [0] * len(orders)

    def __call__(self, rows: slice, columns: slice, tops: Any) -> None:
        """`tops`: (G, N, h, W, 3) uint8, a tensor in main memory."""
        for row, pictures in zip(range(rows.start, rows.stop), np.asarray(tops), strict=True):
            for column, pixels in zip(range(columns.start, columns.stop), pictures, strict=True):
                self._put(row, column, Image.fromarray(pixels))
            self.steps[row] += 1
            _keep(self.orders[row], self.steps[row], self.sheets[row])

    def _put(self, row: int, column: int, top: Image.Image) -> None:
        small = top.resize((CELL, max(1, round(CELL * top.height / top.width))))
        self.sheets[row].paste(small, (column % COLUMNS * CELL, column // COLUMNS * CELL))


def latest(order: "Order") -> tuple[int, bytes] | None:
    """The number of the step, and the sheet as WebP."""
    try:
        found: tuple[int, bytes] | None = cache.get(_name(order))
    except redis.RedisError as error:
        logger.warning("A glimpse can't be read: %s", error)
        return None
    return found


def _keep(order: "Order", step: int, sheet: Image.Image) -> None:
    file = io.BytesIO()
    sheet.save(file, "WEBP", quality=QUALITY, method=2)
    try:
        cache.set(_name(order), (step, file.getvalue()), KEPT_SECONDS)
    except redis.RedisError as error:
        logger.warning("A glimpse isn't kept: %s", error)


def _name(order: "Order") -> str:
    return f"glimpse:{order.key}"
