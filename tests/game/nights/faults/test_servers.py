"""What the night survives of its servers: a queue that forgets, a database that is restarted."""

import pytest
import redis
from django.db import connection

from game.nights import tasks
from game.running import local
from tests.game.nights.faults.nights import (
    NOISE,
    MakeNight,
    assert_drawn_once,
    assert_night_is_whole,
    is_all_approved,
    is_drawing,
    let_leases_end,
    make_night,
)
from tests.game.nights.workers import (
    StartWorker,
    is_drained,
    queue,
    start_worker,
    wait_until,
    worker_env,
)

__all__ = ["make_night", "queue", "start_worker", "worker_env"]
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.long]


def test_it_finds_what_was_queued_when_redis_forgets_all(
    make_night: MakeNight, start_worker: StartWorker, queue: "redis.Redis"
) -> None:
    night = make_night()
    tasks.keep_days_drawn()
    start_worker(NOISE)
    wait_until(is_drawing, "a claim")
    queue.flushall()
    wait_until(lambda: not is_drawing(), "the end of the batch")
    tasks.keep_days_drawn()
    assert_drawn_once(night)
    wait_until(lambda: is_drained(queue), "the end of the queue")


def test_it_goes_on_when_redis_is_restarted_and_empty(
    make_night: MakeNight, start_worker: StartWorker, redis_server: local.Redis
) -> None:
    night = make_night()
    tasks.keep_days_drawn()
    start_worker(NOISE)
    wait_until(is_drawing, "a claim")
    redis_server.stop()
    redis_server.start()
    # The drawing was called off with its message. Time goes by until its leases are over.
    let_leases_end()
    tasks.keep_days_drawn()
    wait_until(is_all_approved, "the last drawing")
    assert_night_is_whole(night)


def test_it_stores_what_it_draws_when_the_database_is_restarted(
    make_night: MakeNight, start_worker: StartWorker, postgres_server: local.Postgres
) -> None:
    night = make_night()
    tasks.keep_days_drawn()
    start_worker(NOISE)
    wait_until(is_drawing, "a claim")
    with night.visitor.excused():
        postgres_server.stop()
        postgres_server.start()
        connection.close()
    # Without anything's lease having to end, or another night.
    wait_until(is_all_approved, "the last drawing")
    assert_night_is_whole(night)


def test_it_stores_what_it_draws_when_the_database_drops_its_connections(
    make_night: MakeNight, start_worker: StartWorker
) -> None:
    night = make_night()
    tasks.keep_days_drawn()
    start_worker(NOISE)
    wait_until(is_drawing, "a claim")
    with night.visitor.excused(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        assert cursor.fetchone() != (0,)
    wait_until(is_all_approved, "the last drawing")
    assert_night_is_whole(night)
