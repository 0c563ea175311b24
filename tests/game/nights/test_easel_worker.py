"""Orders, a real queue and real workers, which paint noise."""

from typing import Any

import pytest
import redis
from django.db.models.functions import Now

from game.easel import orders
from game.models import Order, OrderPicture
from game.nights import tasks
from game.running import processes
from tests import factories
from tests.game.nights.faults.nights import NOISE
from tests.game.nights.workers import (
    StartWorker,
    is_drained,
    queue,
    start_worker,
    stored_files,
    wait_until,
    waiting,
    worker_env,
)

__all__ = ["queue", "start_worker", "worker_env"]
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.timeout(400)]
PROMPT = "an owl in a tree"
State = Order.State
TASKS = ("draw_puzzle", "paint_orders", "draw_batch")


def order(**wish: Any) -> Order:
    placed = orders.place(factories.make_player(), orders.Wish(PROMPT, **wish))
    tasks.ring_easel()
    return placed


def in_state(state: str) -> int:
    return Order.objects.filter(state=state).count()


def assert_each_is_painted_once(count: int) -> None:
    assert in_state(State.PAINTED) == count
    assert OrderPicture.objects.count() == 9 * count
    assert stored_files() == set(OrderPicture.objects.values_list("file", flat=True))


def test_it_puts_orders_after_a_days_puzzle_and_before_the_night(
    queue: "redis.Redis",
) -> None:
    tasks.draw_batch.delay([1, 2])
    order()
    tasks.draw_puzzle.delay(3)
    # As a worker asks: the lists in the order of their priority.
    names = [name for name in ("studio", "studio\x06\x163", "studio\x06\x166") if queue.llen(name)]
    tasks_of = [queue.lindex(name, 0) or b"" for name in names]
    found = [name for each in tasks_of for name in TASKS if f"game.tasks.{name}".encode() in each]
    assert found == ["draw_puzzle", "paint_orders", "draw_batch"]
    assert waiting(queue, "studio") == 3


def test_it_paints_all_orders_once_with_two_workers(
    queue: "redis.Redis", start_worker: StartWorker
) -> None:
    for _ in range(6):
        order()
    for _ in range(2):
        start_worker(NOISE)
    wait_until(lambda: in_state(State.PAINTED) == 6, "the last painting")
    wait_until(lambda: is_drained(queue), "the end of the queue")
    assert_each_is_painted_once(6)


def test_it_loses_no_order_when_its_worker_is_killed(
    queue: "redis.Redis", start_worker: StartWorker
) -> None:
    placed = order()
    victim = start_worker(NOISE)
    wait_until(lambda: in_state(State.CLAIMED), "a claim")
    processes.kill_group(victim)
    victim.wait()
    # Time goes by until the lease is over, and beat's minute is there.
    Order.objects.filter(pk=placed.pk, state=State.CLAIMED).update(leased_until=Now())
    tasks.look_after_easel()
    start_worker(NOISE)
    wait_until(lambda: in_state(State.PAINTED) == 1, "the second painting")
    assert_each_is_painted_once(1)
