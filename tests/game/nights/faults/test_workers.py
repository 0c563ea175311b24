"""What the night survives of its workers' ends, of double messages and of failing drawings.

With real workers, a real queue and a real database; the workers' generator paints noise.
"""

import json
import random
import signal
import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path

import psutil
import pytest
import redis
from django.utils import timezone
from django_celery_beat.models import PeriodicTask

from game.drawing import candidates
from game.editing import review
from game.models import Batch, Puzzle
from game.nights import report, tasks
from game.running import processes
from game.running.places import BASE_DIR
from tests import factories
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
    PATIENCE,
    StartWorker,
    State,
    is_drained,
    queue,
    start_beat,
    start_worker,
    wait_until,
    waiting,
    worker_env,
)

__all__ = ["make_night", "queue", "start_beat", "start_worker", "worker_env"]
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.long]
KILLS = 10
# From the claim until the last film of a batch is stored.
LONGEST = 1.0
MOST_MEMORY_OF_BEAT = 120 * 10**6


def test_it_loses_nothing_when_workers_are_killed_at_random_moments(
    make_night: MakeNight, start_worker: StartWorker
) -> None:
    night = make_night(12)
    chance = random.Random(6)
    worker = start_worker(NOISE)
    for kill in range(KILLS):
        tasks.keep_days_drawn()
        wait_until(is_drawing, "a claim")
        time.sleep(chance.uniform(0, LONGEST))
        if kill % 3 == 0:
            processes.kill_group(worker)
            worker = start_worker(NOISE)
        else:
            # As the kernel does it that runs out of memory: only the process that draws.
            for drawing in psutil.Process(worker.pid).children():
                drawing.kill()
        let_leases_end()
    assert not is_all_approved(), "there was nothing left to kill"
    tasks.keep_days_drawn()
    wait_until(is_all_approved, "the last drawing")
    assert_night_is_whole(night)


def test_it_draws_once_when_two_workers_get_the_same_tasks(
    make_night: MakeNight, start_worker: StartWorker, queue: "redis.Redis"
) -> None:
    night = make_night()
    for _ in range(2):
        tasks.keep_days_drawn()
        tasks.draw_batch.delay(night.pks)
    assert waiting(queue, "studio") == 6
    for _ in range(2):
        start_worker(NOISE)
    assert_drawn_once(night)


def test_it_has_one_night_and_one_report_when_two_beats_run(
    make_night: MakeNight,
    start_worker: StartWorker,
    start_beat: StartWorker,
    queue: "redis.Redis",
    tmp_path: Path,
) -> None:
    night = make_night()
    beats = [start_beat("tests.hasty_beat") for _ in range(2)]
    for _ in range(2):
        start_worker(NOISE)
    wait_until(is_all_approved, "the last drawing")
    sent = PeriodicTask.objects.filter(name__in=["night", "report"], total_run_count__gt=1)
    wait_until(lambda: sent.count() == 2, "a second message of each")
    for beat in beats:
        assert psutil.Process(beat.pid).memory_info().rss < MOST_MEMORY_OF_BEAT
        processes.kill_group(beat)
    wait_until(lambda: is_drained(queue), "the end of the queue")
    assert len(list((tmp_path / "mail").iterdir())) == 1
    assert (tmp_path / "worker.log").read_text().count("drawings begun") == 1
    assert_drawn_once(night)


def test_it_finishes_what_it_draws_when_a_deploy_stops_it(
    make_night: MakeNight, start_worker: StartWorker
) -> None:
    night = make_night()
    tasks.keep_days_drawn()
    old = start_worker(NOISE)
    wait_until(is_drawing, "a claim")
    old.send_signal(signal.SIGTERM)
    new = start_worker(NOISE)
    assert old.wait(PATIENCE) == 0
    assert_drawn_once(night)
    assert new.poll() is None


def test_it_draws_the_nine_others_when_the_generator_fails_at_one_of_ten(
    make_night: MakeNight, start_worker: StartWorker
) -> None:
    night = make_night(10, batch=10)
    bad = night.puzzles[3]
    tasks.keep_days_drawn()
    start_worker(NOISE, NOISE_REFUSED=bad.prompt)
    others = Puzzle.objects.exclude(pk=bad.pk).exclude(state=State.APPROVED)
    given_up = Puzzle.objects.filter(pk=bad.pk, state=State.FAILED)
    wait_until(lambda: given_up.exists() and not others.exists(), "the last drawing")
    assert given_up.get().failure == "no paint for this one"
    assert report.build().failed == [bad]
    assert_night_is_whole(night, failed=[bad])


def test_it_stores_everything_once_the_disk_has_room_again(
    make_night: MakeNight, start_worker: StartWorker, tmp_path: Path
) -> None:
    night = make_night()
    disk = tmp_path / "full"
    disk.touch()
    tasks.keep_days_drawn()
    start_worker(NOISE, NOISE_FULL_DISK=str(disk))
    failed = Puzzle.objects.filter(failure__contains="No space left on device")
    wait_until(failed.exists, "a failure")
    disk.unlink()
    wait_until(is_all_approved, "the last drawing")
    assert_night_is_whole(night)


def test_it_draws_again_what_lost_a_file(make_night: MakeNight, start_worker: StartWorker) -> None:
    night = make_night(3)
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
    night.puzzles.append(puzzle)
    assert_drawn_once(night)


def test_it_ends_a_night_by_hand_that_was_killed_once(
    make_night: MakeNight, worker_env: dict[str, str]
) -> None:
    night = make_night()
    code = (
        "import sys, tests.noise_worker; from django.core.management import call_command;"
        "call_command('night', '--days', '8', '--json')"
    )
    env = worker_env | {"NIGHT_BATCH": "3"}
    command = [sys.executable, "-c", code]
    with subprocess.Popen(command, cwd=BASE_DIR, env=env) as victim:
        wait_until(Batch.objects.exists, "a batch that is drawn")
        victim.kill()
    let_leases_end()
    done = subprocess.run(
        command, cwd=BASE_DIR, env=env, capture_output=True, text=True, check=True, timeout=300
    )
    left = Puzzle.objects.filter(pk__in=night.pks, attempts=2).count()
    assert json.loads(done.stdout.splitlines()[-1]) == {"drawn": 6, "failed": 0, "gaps": []}
    assert left == 3
    assert Batch.objects.filter(ended_at=None).count() == 1
    assert_night_is_whole(night)
