"""The web server of `make run`, started the way it starts it, and what it takes of the machine."""

import os
import signal
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from subprocess import Popen
from urllib.error import HTTPError, URLError
from urllib.parse import urlsplit
from urllib.request import urlopen

import psutil
from django.conf import settings
from django.db import connection

from game.running import processes, supervise
from game.running.places import BASE_DIR

START_SECONDS = 60.0


class Site:
    """A gunicorn with its workers, on a port of this machine."""

    def __init__(self, process: "Popen[bytes]", port: int) -> None:
        self.port = port
        self._process = process

    def wait(self) -> None:
        """Until it answers, whatever that is."""
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline and self._process.poll() is None:
            try:
                with urlopen(f"http://127.0.0.1:{self.port}/healthz"):
                    return
            except HTTPError:
                return
            except URLError:
                time.sleep(0.1)
        raise RuntimeError(f"no server on port {self.port}")

    def workers(self) -> list[psutil.Process]:
        return psutil.Process(self._process.pid).children()

    def cpu_seconds(self) -> float:
        """What its workers have computed, by themselves and in the kernel."""
        return sum(sum(worker.cpu_times()[:2]) for worker in self.workers())

    def memory(self) -> list[tuple[int, int]]:
        """Of each worker the bytes it has in memory, and those by its share in common ones."""
        told = [worker.memory_full_info() for worker in self.workers()]
        return [(each.rss, each.pss) for each in told]


@contextmanager
def serving(application: str, settings_module: str, log: Path) -> Iterator[Site]:
    """Serve an application on the database that this process is connected to."""
    port = _free_port()
    env = {"DJANGO_SETTINGS_MODULE": settings_module, "DATABASE_URL": _database_url()}
    process = processes.spawn(_command(application, port), log, env=os.environ | env, cwd=BASE_DIR)
    try:
        site = Site(process, port)
        site.wait()
        yield site
    finally:
        processes.stop(process, (signal.SIGTERM, 5.0))


def _command(application: str, port: int) -> list[str]:
    command = supervise.commands()["web"]
    command[command.index("game.wsgi")] = application
    command[command.index("--bind") + 1] = f"127.0.0.1:{port}"
    return command


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _database_url() -> str:
    parts = urlsplit(settings.DATABASE_URL)
    return parts._replace(path=f"/{connection.settings_dict['NAME']}").geturl()
