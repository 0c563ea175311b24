"""The night, a real queue, a real worker process and the bundled model, from prompt to pictures."""

import os
import signal
import sys
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from subprocess import Popen
from urllib.parse import quote

import pytest
import redis
from django.conf import settings
from django.db import connection
from django.utils import timezone
from PIL import Image, ImageChops

from game import processes, tasks
from game.models import Puzzle
from tests import factories

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.timeout(400)]
State = Puzzle.State
PROMPT = "a fox riding a bicycle on the moon"
PATIENCE = 180.0
StartWorker = Callable[[], Popen[bytes]]


@pytest.fixture
def queue(redis_url: str) -> Iterator["redis.Redis"]:
    with redis.Redis.from_url(redis_url) as queue:
        queue.flushall()
        yield queue
        queue.flushall()


@pytest.fixture
def start_worker(queue: "redis.Redis", redis_url: str, tmp_path: Path) -> Iterator[StartWorker]:
    database = connection.settings_dict
    env = os.environ | {
        # The test's own database and the folder that the test's settings store pictures in.
        "DATABASE_URL": f"postgresql://{database['USER']}@{quote(database['HOST'], safe='')}"
        f"/{database['NAME']}",
        "REDIS_URL": redis_url,
        "SIXPIX_VAR": str(tmp_path),
        "SECRET_KEY": "only-for-this-test" * 4,
        "OMP_NUM_THREADS": "1",
        "LOG_LEVEL": "INFO",
    }
    command = f"""{sys.executable} -m celery --app game worker --queues studio,default
        --concurrency 1 --without-gossip --without-mingle"""
    log = tmp_path / "worker.log"
    started: list[Popen[bytes]] = []

    def start() -> Popen[bytes]:
        started.append(processes.spawn(command.split(), log, env=env))
        return started[-1]

    yield start
    for process in started:
        processes.stop(process, (signal.SIGTERM, 20))
    sys.stdout.write(log.read_text() if log.exists() else "")


def wait_until(is_true: Callable[[], object], what: str) -> None:
    deadline = time.monotonic() + PATIENCE
    while not is_true():
        assert time.monotonic() < deadline, f"{what} did not happen in {PATIENCE:.0f} s"
        time.sleep(0.05)


def is_drained(queue: "redis.Redis") -> bool:
    """Every message was taken and is dealt with."""
    return not (queue.llen("studio") or queue.llen("default") or queue.hlen("unacked"))


def planned_today() -> Puzzle:
    return factories.make_draft(None, PROMPT, play_on=timezone.localdate(), is_auto_approved=True)


def stored_files() -> set[str]:
    media = Path(settings.MEDIA_ROOT)
    return {str(path.relative_to(media)) for path in media.rglob("*.webp")}


def assert_is_drawn(puzzle: Puzzle) -> None:
    """Nine ranked candidates, the six best of them chosen, all different."""
    candidates = list(puzzle.candidates.order_by("rank"))
    assert [candidate.rank for candidate in candidates] == list(range(1, 10))
    scores = [candidate.score for candidate in candidates]
    assert scores == sorted(scores, reverse=True)
    assert len(set(scores)) > 1
    assert len({candidate.seed for candidate in candidates}) == 9
    places = [candidate.position for candidate in candidates]
    assert places == [1, 2, 3, 4, 5, 6, None, None, None]
    images = [Image.open(candidate.file).convert("RGB") for candidate in candidates]
    for i, image in enumerate(images[:6]):
        assert min(image.size) >= 128
        assert len(image.getcolors(maxcolors=2**24) or ()) > 100, "a picture, not a flat colour"
        for other in images[:i]:
            assert ImageChops.difference(image, other).getbbox()
    assert stored_files() == {candidate.file.name for candidate in candidates}


def test_it_draws_the_day_once_however_often_it_is_asked(
    queue: "redis.Redis", start_worker: StartWorker
) -> None:
    puzzle = planned_today()
    for _ in range(2):
        tasks.night.delay()
    start_worker()
    wait_until(lambda: Puzzle.objects.get().state == State.APPROVED, "the drawing")
    first = list(puzzle.candidates.order_by("pk").values())
    drawn_at = Puzzle.objects.get().drawn_at
    # More of the same: another night, and a message that was delivered twice.
    tasks.night.delay()
    for _ in range(2):
        tasks.draw_puzzle.delay(puzzle.pk)
    wait_until(lambda: is_drained(queue), "the end of the queue")
    puzzle.refresh_from_db()
    assert (puzzle.state, puzzle.attempts, puzzle.progress) == (State.APPROVED, 1, 100)
    assert puzzle.drawn_at == drawn_at
    assert list(puzzle.candidates.order_by("pk").values()) == first
    assert puzzle.manifest["prompt"] == PROMPT
    assert puzzle.manifest["seed"] == puzzle.seed
    assert_is_drawn(puzzle)


def test_it_survives_a_worker_that_is_killed_while_drawing(
    queue: "redis.Redis", start_worker: StartWorker
) -> None:
    puzzle = planned_today()
    tasks.night.delay()
    victim = start_worker()

    def is_at_work() -> bool:
        state = Puzzle.objects.get().state
        assert state != State.APPROVED, "it was too fast to be killed"
        return state == State.DRAWING

    wait_until(is_at_work, "a claim")
    processes.kill_group(victim)
    victim.wait()
    puzzle.refresh_from_db()
    assert puzzle.state == State.DRAWING
    # Time goes by until the lease is over.
    late = timezone.now() - timedelta(seconds=1)
    Puzzle.objects.filter(pk=puzzle.pk).update(leased_until=late)
    tasks.night.delay()
    start_worker()
    wait_until(lambda: Puzzle.objects.get().state == State.APPROVED, "the second drawing")
    puzzle.refresh_from_db()
    assert puzzle.attempts == 2
    assert_is_drawn(puzzle)
