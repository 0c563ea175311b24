"""What the night survives, with real workers, a real queue and a real database.

Their generator paints noise. After each fault nothing is lost, nothing is drawn twice, every
approved puzzle has exactly its six pictures, and no file is left that nobody owns.
"""

import json
import random
import signal
import subprocess
import sys
import time
from datetime import timedelta

import pytest
import redis
from django.db import connection
from django.db.models import Sum
from django.utils import timezone
from pytest_django import Settings

from game import candidates, processes, review, tasks
from game.models import Batch, Candidate, Puzzle
from game.places import BASE_DIR
from tests import factories
from tests.game.workers import (
    StartWorker,
    State,
    is_drained,
    queue,
    start_worker,
    stored_files,
    wait_until,
    worker_env,
)

__all__ = ["queue", "start_worker", "worker_env"]
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.timeout(400)]
NOISE = "tests.noise_worker"
ANIMALS = ("fox", "cat", "dog", "lion", "bear", "pig")
KILLS = 4


@pytest.fixture
def week(settings: Settings) -> list[int]:
    """Six days to draw, in batches of three."""
    settings.NIGHT_BATCH = 3
    today = timezone.localdate()
    return [
        factories.make_draft(
            None,
            f"a {animal} riding a bicycle on the moon",
            play_on=today + timedelta(days=day),
            is_auto_approved=True,
        ).pk
        for day, animal in enumerate(ANIMALS, start=2)
    ]


def is_drawing() -> bool:
    return Puzzle.objects.filter(state=State.DRAWING).exists()


def is_all_approved() -> bool:
    return not Puzzle.objects.exclude(state=State.APPROVED).exists()


def let_leases_end() -> None:
    late = timezone.now() - timedelta(seconds=1)
    Puzzle.objects.filter(state=State.DRAWING).update(leased_until=late)


def assert_drawn_once(week: list[int]) -> None:
    wait_until(is_all_approved, "the last drawing")
    assert_whole(week)
    wait_until(lambda: not Batch.objects.filter(ended_at=None).exists(), "the end of the batch")
    assert Batch.objects.aggregate(drawn=Sum("drawn"))["drawn"] == len(week)


def assert_whole(week: list[int]) -> None:
    assert set(Puzzle.objects.values_list("pk", flat=True)) == set(week)
    for puzzle in Puzzle.objects.all():
        assert puzzle.progress == 100
        places = puzzle.candidates.order_by("rank").values_list("position", flat=True)
        assert list(places) == [1, 2, 3, 4, 5, 6, None, None, None]
    assert candidates.missing() == []
    candidates.sweep(timezone.now() + timedelta(days=2))
    assert stored_files() == set(Candidate.objects.values_list("file", flat=True))


def test_it_loses_nothing_when_workers_are_killed_at_random_moments(
    week: list[int], start_worker: StartWorker
) -> None:
    chance = random.Random(6)
    for _ in range(KILLS):
        tasks.keep_days_drawn()
        victim = start_worker(NOISE)
        wait_until(lambda: is_drawing() or is_all_approved(), "a claim")
        time.sleep(chance.uniform(0, 1.3))
        processes.kill_group(victim)
        let_leases_end()
    tasks.keep_days_drawn()
    start_worker(NOISE)
    wait_until(is_all_approved, "the last drawing")
    # Not by the history: a worker may be killed between storing and writing that down.
    assert_whole(week)


def test_it_draws_once_when_two_workers_get_the_same_tasks(
    week: list[int], start_worker: StartWorker, queue: "redis.Redis"
) -> None:
    for _ in range(2):
        tasks.keep_days_drawn()
        tasks.draw_batch.delay(week)
    assert queue.llen("studio") == 6
    for _ in range(2):
        start_worker(NOISE)
    assert_drawn_once(week)
    assert set(Puzzle.objects.values_list("attempts", flat=True)) == {1}


def test_it_finishes_what_it_draws_when_a_deploy_stops_it(
    week: list[int], start_worker: StartWorker
) -> None:
    tasks.keep_days_drawn()
    old = start_worker(NOISE)
    wait_until(is_drawing, "a claim")
    old.send_signal(signal.SIGTERM)
    assert old.wait(30) == 0
    assert not is_drawing()
    assert Puzzle.objects.filter(state=State.APPROVED).count() in (3, 6)
    start_worker(NOISE)
    assert_drawn_once(week)
    assert set(Puzzle.objects.values_list("attempts", flat=True)) == {1}


def test_it_finds_what_was_queued_when_redis_forgets_all(
    week: list[int], start_worker: StartWorker, queue: "redis.Redis"
) -> None:
    tasks.keep_days_drawn()
    start_worker(NOISE)
    wait_until(is_drawing, "a claim")
    queue.flushall()
    wait_until(lambda: not is_drawing(), "the end of the batch")
    tasks.keep_days_drawn()
    assert_drawn_once(week)
    wait_until(lambda: is_drained(queue), "the end of the queue")


def test_it_stores_what_it_draws_when_the_database_drops_its_connections(
    week: list[int], start_worker: StartWorker
) -> None:
    tasks.keep_days_drawn()
    start_worker(NOISE)
    wait_until(is_drawing, "a claim")
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        assert cursor.fetchone() != (0,)
    # Most often the worker goes on as if nothing had been; else its leases end, and a night finds
    # what is left.
    time.sleep(5)
    let_leases_end()
    tasks.keep_days_drawn()
    wait_until(is_all_approved, "the last drawing")
    assert_whole(week)


def test_it_draws_again_what_lost_a_file(week: list[int], start_worker: StartWorker) -> None:
    puzzle = factories.make_puzzle(
        None,
        "a cow on the moon",
        play_on=timezone.localdate() + timedelta(days=10),
        is_auto_approved=True,
    )
    lost = puzzle.candidates.get(position=2)
    lost.file.storage.delete(str(lost.file.name))
    assert [each.puzzle_id for each in candidates.missing()] == [puzzle.pk]
    review.redraw(puzzle)
    tasks.keep_days_drawn()
    start_worker(NOISE)
    assert_drawn_once([*week, puzzle.pk])


def test_it_ends_a_night_by_hand_that_was_killed_once(
    week: list[int], worker_env: dict[str, str]
) -> None:
    code = (
        "import sys, tests.noise_worker; from django.core.management import call_command;"
        "call_command('night', '--days', '8', '--json')"
    )
    env = worker_env | {"NIGHT_BATCH": "3"}
    command = [sys.executable, "-c", code]
    with subprocess.Popen(command, cwd=BASE_DIR, env=env) as victim:
        wait_until(is_drawing, "a claim")
        victim.kill()
    let_leases_end()
    done = subprocess.run(
        command, cwd=BASE_DIR, env=env, capture_output=True, text=True, check=True, timeout=120
    )
    today = timezone.localdate()
    gaps = [(today + timedelta(days=day)).isoformat() for day in (0, 1)]
    report = json.loads(done.stdout.splitlines()[-1])
    assert report == {"drawn": 6, "failed": 0, "gaps": gaps}
    # Not by the history: the batch of the one that was killed has no end.
    assert_whole(week)
