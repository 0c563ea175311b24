"""What the tests with real worker processes share: starting them, and waiting for what they do."""

import os
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from subprocess import Popen
from typing import Protocol
from urllib.parse import quote

import pytest
import redis
from django.conf import settings
from django.db import connection

from game.models import Puzzle
from game.running import processes

State = Puzzle.State
PATIENCE = 180.0
STEPS = (0, 3, 6, 9)


class StartWorker(Protocol):
    def __call__(self, app: str = "game", **env: str) -> Popen[bytes]: ...


@pytest.fixture
def queue(redis_url: str) -> Iterator["redis.Redis"]:
    with redis.Redis.from_url(redis_url) as queue:
        queue.flushall()
        yield queue
        queue.flushall()


@pytest.fixture
def worker_env(redis_url: str, tmp_path: Path) -> dict[str, str]:
    """The test's own database, and the folder that the test's settings store pictures in."""
    database = connection.settings_dict
    return os.environ | {
        "DATABASE_URL": f"postgresql://{database['USER']}@{quote(database['HOST'], safe='')}"
        f"/{database['NAME']}",
        "REDIS_URL": redis_url,
        "SIXPIX_VAR": str(tmp_path),
        "SECRET_KEY": "only-for-this-test" * 4,
        "OMP_NUM_THREADS": "1",
        "LOG_LEVEL": "INFO",
        # Warming takes a while the first time, and is tested elsewhere.
        "WARMTH_MODEL": str(tmp_path / "no-encoder"),
    }


@pytest.fixture
def start_worker(
    queue: "redis.Redis", worker_env: dict[str, str], tmp_path: Path
) -> Iterator[StartWorker]:
    started: list[Popen[bytes]] = []

    def start(app: str = "game", **env: str) -> Popen[bytes]:
        command = f"""{sys.executable} -m celery --app {app} worker --loglevel INFO
            --queues studio,default --concurrency 1 --without-gossip --without-mingle
            --hostname {len(started)}@%h"""
        log = tmp_path / "worker.log"
        started.append(processes.spawn(command.split(), log, env=worker_env | env))
        return started[-1]

    yield start
    end(started, tmp_path / "worker.log")


@pytest.fixture
def start_beat(
    queue: "redis.Redis", worker_env: dict[str, str], tmp_path: Path
) -> Iterator[StartWorker]:
    started: list[Popen[bytes]] = []

    def start(app: str = "game", **env: str) -> Popen[bytes]:
        command = f"{sys.executable} -m celery --app {app} beat --pidfile="
        log = tmp_path / "beat.log"
        started.append(processes.spawn(command.split(), log, env=worker_env | env))
        return started[-1]

    yield start
    end(started, tmp_path / "beat.log")


def end(started: list[Popen[bytes]], log: Path) -> None:
    for process in started:
        processes.kill_group(process)
    sys.stdout.write(log.read_text() if log.exists() else "")


def wait_until(is_true: Callable[[], object], what: str) -> None:
    deadline = time.monotonic() + PATIENCE
    while not is_true():
        assert time.monotonic() < deadline, f"{what} did not happen in {PATIENCE:.0f} s"
        time.sleep(0.05)


def is_drained(queue: "redis.Redis") -> bool:
    """Every message was taken and is dealt with."""
    return not (waiting(queue, "studio") or waiting(queue, "default") or queue.hlen("unacked"))


def waiting(queue: "redis.Redis", name: str) -> int:
    """How many messages, of every priority: Kombu has a list for each of these."""
    return sum(queue.llen(f"{name}\x06\x16{priority}" if priority else name) for priority in STEPS)


def stored_files() -> set[str]:
    media = Path(settings.MEDIA_ROOT)
    return {str(path.relative_to(media)) for path in media.rglob("*.webp")}
