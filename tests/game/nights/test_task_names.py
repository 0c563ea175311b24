"""The names of the tasks: they are in messages that wait in queues and in beat's rows, so that a
worker must know them wherever the code has moved to."""

from pathlib import Path
from typing import Any

import pytest
import redis
from celery import Celery
from django.conf import settings

from game.celery import app
from tests.game.nights.workers import (
    StartWorker,
    is_drained,
    queue,
    start_worker,
    wait_until,
    worker_env,
)

__all__ = ["queue", "start_worker", "worker_env"]
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.long]

# What each name is sent with. No puzzle has this number.
NOBODYS = 2**31 - 1
MESSAGES: dict[str, list[Any]] = {
    "game.tasks.draw_puzzle": [NOBODYS],
    "game.tasks.draw_batch": [[NOBODYS]],
    "game.tasks.warm_puzzle": [NOBODYS],
    "game.tasks.forecast_puzzle": [NOBODYS],
    "game.tasks.paint_orders": [],
    "game.tasks.look_after_easel": [],
    "game.tasks.regrade_puzzle": [NOBODYS],
    "game.tasks.count_figures": [],
    "game.tasks.fill_days": [],
    "game.tasks.night": [],
    "game.tasks.report_morning": [],
}


def test_it_names_no_task_otherwise() -> None:
    app.loader.import_default_modules()
    assert {name for name in app.tasks if name.startswith("game.")} == set(MESSAGES)
    assert {entry["task"] for entry in settings.CELERY_BEAT_SCHEDULE.values()} <= set(MESSAGES)
    assert set(settings.CELERY_TASK_ROUTES) <= set(MESSAGES)


def test_it_does_what_messages_of_an_older_release_ask_for(
    queue: "redis.Redis", start_worker: StartWorker, tmp_path: Path
) -> None:
    """They were sent by a process that knows the names alone."""
    with Celery("older", broker=settings.CELERY_BROKER_URL, set_as_current=False) as older:
        for name, arguments in MESSAGES.items():
            route = settings.CELERY_TASK_ROUTES.get(name, {"queue": "default"})
            older.send_task(name, arguments, queue=str(route["queue"]))
        start_worker()
        wait_until(lambda: is_drained(queue), "the end of the queue")
        [done] = (older.control.inspect(timeout=10).stats() or {}).values()
    assert done["total"] == dict.fromkeys(MESSAGES, 1)
    log = tmp_path / "worker.log"
    wait_until(lambda: log.read_text().count(" succeeded in ") == len(MESSAGES), "their success")
