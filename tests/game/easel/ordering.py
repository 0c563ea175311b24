"""What the easel's tests share."""

from typing import Any

import pytest
from django.core.cache import cache

from game.drawing import painting
from game.easel import orders
from game.guarding import limits
from game.models import Order, Player
from game.nights import tasks
from tests.painter import Painter

PROMPT = "a red fox riding a bicycle"
FACTS = {"model": {"name": "noise", "hash": "0" * 64}, "settings": {}}
State = Order.State


@pytest.fixture
def easel(painter: Painter, monkeypatch: pytest.MonkeyPatch, redis_url: str) -> None:
    """The painter of noise, rung by hand, with nothing remembered of an earlier test."""
    painter.manifest = FACTS
    monkeypatch.setattr(painting, "model_facts", lambda: FACTS)
    monkeypatch.setattr(tasks, "ring_easel", lambda: None)
    cache.clear()
    limits._redis().flushdb()


def order(player: Player | None = None, prompt: str = PROMPT, **wish: Any) -> Order:
    """An order as somebody places it; a new somebody unless named."""
    return orders.place(player or Player.objects.create(), orders.Wish(prompt, **wish))


def state_of(order: Order) -> str:
    return Order.objects.values_list("state", flat=True).get(pk=order.pk)
