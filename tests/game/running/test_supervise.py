"""The whole of `make run`, for real: its processes, its messages, and what is left of it."""

import os
import re
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import psutil
import psycopg
import pytest
from psycopg import sql
from pytest_django.fixtures import Settings

from game.running import places, preflight, processes, ready, supervise
from generator.folders.manifest import BUNDLED
from tests.conftest import VAR

pytestmark = pytest.mark.long
START_SECONDS = 240


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for(is_so: Callable[[], bool], seconds: float = 30) -> bool:
    deadline = time.monotonic() + seconds
    while not is_so():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.1)
    return True


class Site:
    """One `python -m game`, with what it has printed."""

    def __init__(self, var: Path, **env: str) -> None:
        self.var = var
        self.port = free_port()
        self.address = f"http://127.0.0.1:{self.port}/"
        self.output = Path(tempfile.mkstemp(dir=VAR, suffix=".out")[1])
        self.left_over: list[str] = []
        kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
        with self.output.open("wb") as output:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "game"],
                cwd=places.BASE_DIR,
                stdout=output,
                stderr=subprocess.STDOUT,
                env=kept | {"SIXPIX_VAR": str(var), "PORT": str(self.port)} | env,
            )

    @property
    def said(self) -> str:
        return self.output.read_text()

    def has_said(self, words: str) -> bool:
        return words in self.said

    def is_ready(self) -> bool:
        assert self.process.poll() is None, self.said
        return f"Sixpix is ready: {self.address}\n" in self.said

    def refusal(self) -> str:
        """The single line of a start that was refused."""
        assert self.process.wait(60) == 1
        assert self.said.count("\n") == 1, self.said
        return self.said

    def stop(self) -> int:
        self.process.terminate()
        return self.process.wait(30)

    def child(self, *words: str) -> psutil.Process:
        return next(
            child
            for child in psutil.Process(self.process.pid).children()
            if all(word in " ".join(child.cmdline()) for word in words)
        )

    def pictures(self) -> list[str]:
        finder = ready.PictureFinder()
        with urlopen(self.address, timeout=10) as page:
            finder.feed(page.read().decode())
        return finder.sources

    def answers(self) -> bool:
        try:
            with urlopen(f"{self.address}healthz", timeout=5) as answer:
                return bool(answer.status == 200)
        except (URLError, OSError):
            return False


@pytest.fixture
def own_database(postgres: str) -> str:
    """The address of an empty one: a data folder belongs to one database alone."""
    name = f"own_{secrets.token_hex(4)}"
    with psycopg.connect(postgres, autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    return postgres.replace("/sixpix", f"/{name}")


def tables_in(database: str) -> int:
    with psycopg.connect(database) as connection:
        row = connection.execute(
            "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'"
        ).fetchone()
    assert row
    return int(row[0])


def left_of(var: Path) -> list[str]:
    """Processes that still know the data folder."""
    found = []
    for process in psutil.process_iter():
        try:
            traces = [process.cwd(), *process.cmdline(), *process.environ().values()]
        except psutil.Error:
            continue
        if any(str(var) in trace for trace in traces):
            found.append(" ".join(process.cmdline()))
    return found


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="sixpix-test-", ignore_cleanup_errors=True) as name:
        Path(name).chmod(0o755)  # as root, PostgreSQL gets through it as another account
        yield Path(name)


@pytest.fixture(scope="module")
def first(folder: Path) -> Site:
    """A first start, from nothing until it was ready, and stopped by SIGTERM."""
    site = Site(folder / "var")
    assert wait_for(site.is_ready, START_SECONDS), site.said
    assert site.stop() == 0
    # Before another test starts one in the same folder.
    site.left_over = left_of(site.var)
    return site


@pytest.fixture(scope="module")
def later(first: Site) -> Iterator[list[Site]]:
    sites: list[Site] = []
    yield sites
    for site in sites:
        if site.process.poll() is None:
            site.stop()


@pytest.fixture
def site(first: Site, later: list[Site]) -> Site:
    """A later start, ready: the last one, unless a test has ended it."""
    if not later or later[-1].process.poll() is not None:
        later.append(Site(first.var))
        assert wait_for(later[-1].is_ready, START_SECONDS), later[-1].said
    return later[-1]


def test_it_draws_and_says_where_to_play_at_the_first_start(first: Site) -> None:
    assert "Drawing today's pictures" in first.said
    shown = re.search(r"^Admin account: admin / \S{12,} ", first.said, re.MULTILINE)
    assert shown
    assert shown.start() < first.said.index("Drawing today's pictures"), "it can be stopped there"
    assert "Traceback" not in first.said
    assert first.said.endswith("Stopped.\n")
    assert first.left_over == []


def test_it_refuses_a_first_day_that_comes_after_a_planned_one(site: Site) -> None:
    assert site.stop() == 0  # only one runs in a folder
    tomorrow = datetime.now(UTC).date() + timedelta(days=1)
    refusal = Site(site.var, FIRST_DAY=tomorrow.isoformat()).refusal()
    assert f"FIRST_DAY is {tomorrow}, but a puzzle is on " in refusal


def test_it_shows_the_same_pictures_and_no_password_at_a_later_start(site: Site) -> None:
    assert "Admin account" not in site.said
    assert "Nobody has logged in as “admin” yet" in site.said
    assert "Drawing" not in site.said
    assert len(set(site.pictures())) == 6
    assert ready.page_is_ready(site.address)


def test_it_restarts_whoever_dies_and_says_so(site: Site) -> None:
    for name, words in (
        ("web", ("gunicorn",)),
        ("studio", ("--queues=studio",)),
        ("postgres", ("postgres", "-D")),
    ):
        site.child(*words).kill()
        assert wait_for(partial(site.has_said, f"{name} runs again.")), site.said
        assert f"{name} has ended (killed by SIGKILL)" in site.said
    assert wait_for(site.answers)
    assert len(site.pictures()) == 6


def test_it_stops_everything_at_ctrl_c(site: Site) -> None:
    began = time.monotonic()
    site.process.send_signal(signal.SIGINT)
    assert site.process.wait(30) == 0
    assert time.monotonic() - began < 15
    assert left_of(site.var) == []


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux ends children with their parent")
def test_it_leaves_nothing_behind_when_killed(site: Site) -> None:
    site.process.kill()
    site.process.wait()
    assert wait_for(lambda: left_of(site.var) == [], 15), left_of(site.var)


def test_it_refuses_a_second_start_on_the_same_folder(site: Site) -> None:
    second = Site(site.var)
    assert f"Another Sixpix (process {site.process.pid}) is using {site.var}" in second.refusal()
    assert site.answers()


def test_it_says_that_the_port_is_taken(folder: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = str(other.getsockname()[1])
        refusal = Site(folder / "port", PORT=port).refusal()
    assert f"Port {port} on 127.0.0.1 cannot be used" in refusal
    assert left_of(folder / "port") == []


def test_it_says_that_the_database_cannot_be_reached(folder: Path) -> None:
    url = f"postgresql://sixpix:hunter2@127.0.0.1:{free_port()}/sixpix"
    refusal = Site(folder / "database", DATABASE_URL=url).refusal()
    assert "DATABASE_URL cannot be reached" in refusal
    assert "hunter2" not in refusal
    assert left_of(folder / "database") == []


def test_it_says_that_redis_cannot_be_reached(folder: Path, postgres: str) -> None:
    redis_url = f"redis://127.0.0.1:{free_port()}/0"
    refusal = Site(folder / "redis", DATABASE_URL=postgres, REDIS_URL=redis_url).refusal()
    assert "REDIS_URL cannot be reached" in refusal
    assert left_of(folder / "redis") == []


def test_it_says_that_a_setting_is_bad(folder: Path) -> None:
    refusal = Site(folder / "setting", DATABASE_URL="sqlite:///db").refusal()
    assert "DATABASE_URL must be a PostgreSQL address" in refusal


def test_it_refuses_an_empty_database_on_a_full_folder_and_touches_nothing(
    folder: Path, own_database: str
) -> None:
    media = folder / "full" / "media"
    pictures = [media / "candidates" / "ab" / f"{number}.webp" for number in range(140)]
    pictures[0].parent.mkdir(parents=True)
    for path in pictures:
        path.write_bytes(b"RIFF")
        os.utime(path, (0, 0))  # long ago
    refusal = Site(folder / "full", DATABASE_URL=own_database).refusal()
    assert f"The database and the pictures in {media} don't belong together" in refusal
    assert sorted(path for path in media.rglob("*") if path.is_file()) == sorted(pictures)
    assert tables_in(own_database) == 0


def test_it_says_that_weights_are_damaged(folder: Path, own_database: str) -> None:
    model = folder / "model"
    shutil.copytree(BUNDLED, model)
    with (model / "vqgan" / "model.safetensors").open("r+b") as file:
        file.seek(-1, os.SEEK_END)
        last = file.read(1)
        file.seek(-1, os.SEEK_END)
        file.write(bytes([last[0] ^ 1]))
    site = Site(folder / "weights", DATABASE_URL=own_database, GENERATOR_MODEL=str(model))
    refusal = site.refusal()
    assert "vqgan/model.safetensors is damaged" in refusal
    assert left_of(folder / "weights") == []


def test_it_says_that_weights_are_missing(folder: Path, own_database: str) -> None:
    nowhere = str(folder / "nowhere")
    site = Site(folder / "no-weights", DATABASE_URL=own_database, GENERATOR_MODEL=nowhere)
    assert f"there is no model folder {nowhere}" in site.refusal()


def test_it_says_that_the_data_folder_cannot_be_written(folder: Path) -> None:
    (folder / "file").touch()
    assert "cannot be written" in Site(folder / "file" / "var").refusal()


def test_it_says_that_the_disk_is_full(var: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda path: shutil._ntuple_diskusage(100, 99, 1))
    with pytest.raises(preflight.Unfit, match="has 0 MB of disk space left"):
        preflight.check_space(var)


def test_it_gives_a_child_that_keeps_dying_more_time_each_time(tmp_path: Path) -> None:
    said: list[str] = []
    family = processes.Family(said.append)
    log = tmp_path / "log"
    family.add(processes.Child("clock", lambda: processes.spawn(["false"], log), log))

    def has_died_twice() -> bool:
        family.tend()
        return len(said) >= 3

    assert wait_for(has_died_twice)
    assert [line for line in said if "ended" in line] == [
        f"clock has ended (exit code 1), starting it again in {wait} s. Its log: {log}"
        for wait in (1, 2)
    ]
    family.stop({"clock"})


def test_it_empties_a_log_that_grows_large_while_it_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(supervise, "LARGEST_LOG", 1_000)
    log = tmp_path / "web.log"
    talk = "import time\nwhile True: print('x' * 99, flush=True); time.sleep(0.005)"
    writer = processes.spawn([sys.executable, "-c", talk], log)
    try:
        sizes = []
        for _each in range(20):
            assert wait_for(lambda: log.stat().st_size > 1_000)
            supervise.shorten_logs(tmp_path)
            sizes.append(log.stat().st_size)
        assert max(sizes) <= 1_000
        assert (tmp_path / "web.log.1").stat().st_size < 100_000
        assert b"\0" not in log.read_bytes()
    finally:
        processes.stop(writer)


@pytest.mark.parametrize(
    ("host", "proxies", "is_open"),
    [
        ("127.0.0.1", 0, False),
        ("::1", 0, False),
        ("localhost", 0, False),
        ("0.0.0.0", 0, True),  # noqa: S104 - compared, not bound
        ("::", 0, True),
        ("192.0.2.7", 0, True),
        ("sixpix.lan", 0, True),
        ("0.0.0.0", 1, False),  # noqa: S104
    ],
)
def test_it_says_which_proxy_an_open_address_needs(
    settings: Settings, host: str, proxies: int, is_open: bool
) -> None:
    settings.HOST, settings.TRUSTED_PROXIES = host, proxies
    said = preflight.warn_of_open_address()
    assert bool(said) == is_open
    assert is_open == ("BEHIND_PROXY=1" in said) == ("https" in said)
