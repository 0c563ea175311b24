"""Everything Sixpix needs, as one family of processes that starts and stops together."""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from io import StringIO
from pathlib import Path
from types import FrameType
from typing import NoReturn

from django.conf import settings
from django.core.management import call_command
from django.db import Error as DatabaseError
from django.db import connection
from django.utils import timezone

from game.days import schedule
from game.drawing import drawable, painting
from game.editing import review
from game.environment import parse_host
from game.files import pairing
from game.models import Puzzle
from game.nights import tasks
from game.running import accounts, local, preflight, processes
from game.running.places import BASE_DIR
from game.running.processes import Child, Family
from game.running.ready import Watch

LOOK_EVERY = 0.25
LARGEST_LOG = 10 * 1024**2
# A drawing cut short goes back to its queue, so nobody has to wait for it to end.
STOP_STEPS = ((signal.SIGTERM, 2.0), (signal.SIGQUIT, 6.0))
NICE = ("nice", "-n", "5")
ASKED_TO_STOP = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Stopped(BaseException):
    """Ctrl-C or SIGTERM; like KeyboardInterrupt it must pass every `except Exception`."""


def main() -> int:
    for sign in ASKED_TO_STOP:
        # Under nohup a closed terminal is no reason to stop.
        if sign != signal.SIGHUP or signal.getsignal(sign) != signal.SIG_IGN:
            signal.signal(sign, raise_stopped)
    if "--with-parent" in sys.argv:
        processes.die_with_parent(signal.SIGTERM, os.getppid())()
    try:
        with local.locked(settings.VAR_DIR):
            adopt(settings.VAR_DIR) if "--adopt" in sys.argv else supervise(settings.VAR_DIR)
            return 0
    except Stopped:
        tell("Stopped.")
        return 0
    except (preflight.Unfit, accounts.LocalError, pairing.Stranger, OSError) as problem:
        sys.stderr.write(f"Sixpix cannot start. {problem}\n")
    except DatabaseError as error:
        sys.stderr.write(f"Sixpix cannot use its database. {preflight.one_line(error)}\n")
    return 1


def raise_stopped(number: int, frame: FrameType | None) -> NoReturn:
    ignore_signals()  # one is enough: `make` may send a second
    raise Stopped


def ignore_signals() -> None:
    for sign in ASKED_TO_STOP:
        signal.signal(sign, signal.SIG_IGN)


def tell(line: str) -> None:
    print(line, flush=True)


def supervise(var: Path) -> None:
    with family_of(var) as family:
        preflight.check_https()
        preflight.check_port(settings.HOST, settings.PORT)
        if painting.is_model_elsewhere():
            preflight.fetch_model(settings.GENERATOR_MODEL)
        prepare(var, family)
        reopen_drawings()
        # Before the workers are up: today's drawing is then the first thing they find.
        tasks.keep_days_drawn()
        start_workers(var, family)
        watch(family)


def adopt(var: Path) -> None:
    """Only the servers, for as long as it takes to make database and data folder a pair."""
    with family_of(var) as family:
        start_servers(var, family)
        call_command("migrate", verbosity=0, interactive=False)
        call_command("adopt_folder")


@contextmanager
def family_of(var: Path) -> Iterator[Family]:
    family = Family(tell)
    try:
        shorten_logs(var / "log")
        yield family
    finally:
        ignore_signals()
        connection.close()
        family.stop({"web", "beat", "worker", "studio"}, *STOP_STEPS)
        family.stop({"redis"}, (signal.SIGTERM, 4.0))
        family.stop({"postgres"}, (signal.SIGINT, 4.0), (signal.SIGQUIT, 2.0))


def prepare(var: Path, family: Family) -> None:
    """The servers, the tables, the first prompts, the first account."""
    weights_log, files_log = var / "log" / "weights.log", var / "log" / "static.log"
    weights = preflight.begin_weights_check(settings.GENERATOR_MODEL, weights_log)
    start_servers(var, family)
    # Before anything is written: a stranger's database gets no tables, its folder no files.
    pairing.check()
    files = processes.spawn(
        [sys.executable, "manage.py", "collectstatic", "--no-input"], files_log, cwd=BASE_DIR
    )
    call_command("migrate", verbosity=0, interactive=False)
    pairing.introduce()
    for problem in schedule.first_day_problem():
        raise preflight.Unfit(problem)
    call_command("starter", stdout=StringIO())
    preflight.finish_weights_check(weights, weights_log)
    if files.wait() != 0:
        raise preflight.Unfit(f"static files: {processes.last_lines(files_log, 1)}")
    # Made and shown at once: whoever stops the first drawing has the password already.
    call_command("ensure_admin")


def start_servers(var: Path, family: Family) -> None:
    given = [os.environ.get(name, "").strip() for name in ("DATABASE_URL", "REDIS_URL")]
    if given[0]:
        preflight.check_database(given[0])
    else:
        family.add(child_of(local.Postgres(var)))
    if given[1]:
        preflight.check_redis(given[1])
    else:
        family.add(child_of(local.Redis(var)))


def child_of(server: local.Server) -> Child:
    def start() -> subprocess.Popen[bytes]:
        server.start()
        if server.process is None:
            raise accounts.LocalError(f"{server.name} did not start.")
        return server.process

    return Child(server.name, start, server.log)


def start_workers(var: Path, family: Family) -> None:
    for name, command in commands().items():
        log = var / "log" / f"{name}.log"
        family.add(Child(name, starter(command, log), log))


def reopen_drawings() -> None:
    """A start by hand is a reason to try once more."""
    if settings.IS_LOCAL:
        # With a database of our own, whoever held a lease has gone with the last run.
        Puzzle.objects.filter(state=Puzzle.State.DRAWING).update(
            leased_until=timezone.now(), attempts=0
        )
    for puzzle in Puzzle.objects.filter(play_on=timezone.localdate(), state=Puzzle.State.FAILED):
        try:
            review.want(puzzle)
        except drawable.StudioError as why:
            tell(f"Today's puzzle: {why}")


def commands() -> dict[str, list[str]]:
    web = f"""-m gunicorn game.wsgi --bind {parse_host(settings.HOST)}:{settings.PORT} --preload
        --worker-class game.running.web_worker.WebWorker --workers 2 --threads 4
        --graceful-timeout 3 --log-level warning --no-control-socket"""
    # One task at a time each; a process apart for it, so that time limits can end it.
    worker = """-m celery --app game worker --loglevel INFO --concurrency 1
        --without-gossip --without-mingle --without-heartbeat"""
    beat = "-m celery --app game beat --pidfile="
    python = sys.executable
    return {
        "web": [python, *web.split()],
        # Pages come before pictures.
        "studio": [*NICE, python, *worker.split(), "--queues=studio", "--hostname=studio@%h"],
        "worker": [python, *worker.split(), "--queues=default", "--hostname=default@%h"],
        "beat": [python, *beat.split()],
    }


def starter(command: list[str], log: Path) -> Callable[[], subprocess.Popen[bytes]]:
    # Threads that wait for work give up their core instead of spinning: the web needs it.
    quiet = {"OMP_WAIT_POLICY": "PASSIVE", "GOMP_SPINCOUNT": "0"}
    threads = {"OMP_NUM_THREADS": str(os.cpu_count() or 1)}
    env = threads | dict(os.environ) | quiet

    def start() -> subprocess.Popen[bytes]:
        # A worker told more gently would wait for the servers, which have gone as well.
        return processes.spawn(command, log, env=env, cwd=BASE_DIR, death_signal=signal.SIGKILL)

    return start


def watch(family: Family) -> NoReturn:
    address = f"{settings.LOCAL_URL}/"
    today = Watch(address, tell, sys.stdout)
    while not today.is_over():
        look_after(family)
    if today.is_ready:
        tell(f"Sixpix is ready: {address}")
    if warning := preflight.warn_of_open_address():
        tell(warning)
    while True:
        look_after(family)


def look_after(family: Family) -> None:
    family.tend()
    shorten_logs(settings.VAR_DIR / "log")
    time.sleep(LOOK_EVERY)


def shorten_logs(folder: Path) -> None:
    """A log that has grown large goes on empty, and what it held is kept until the next time.

    Whoever writes it keeps it open for appending, so that it can't be renamed but emptied. A line
    that comes between the two steps is lost.
    """
    for log in folder.glob("*.log"):
        if log.stat().st_size <= LARGEST_LOG:
            continue
        try:
            shutil.copy(log, log.with_suffix(".log.1"))
        except OSError as error:  # a full disk most of all needs it emptied
            tell(f"{log} is emptied without a copy: {error}")
        os.truncate(log, 0)
