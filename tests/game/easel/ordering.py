"""What the easel's tests share."""

from typing import Any

from game.easel import orders
from game.models import Order, Player

PROMPT = "a red fox riding a bicycle"
State = Order.State


def order(player: Player | None = None, prompt: str = PROMPT, **wish: Any) -> Order:
    """An order as somebody places it; a new somebody unless named."""
    return orders.place(player or Player.objects.create(), orders.Wish(prompt, **wish))


def state_of(order: Order) -> str:
    return Order.objects.values_list("state", flat=True).get(pk=order.pk)
