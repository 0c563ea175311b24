import os
import pwd
import stat
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import psutil
import psycopg
import pytest
import redis

from game.running import accounts, leftovers, local, places

RUN_BOTH = """
import sys, time
from pathlib import Path
from game.running import local
var = Path(sys.argv[1])
with local.locked(var):
    local.Postgres(var).start()
    local.Redis(var).start()
    print("up", flush=True)
    time.sleep(600)
"""


def start_elsewhere(var: Path) -> "subprocess.Popen[str]":
    process = subprocess.Popen(
        [sys.executable, "-c", RUN_BOTH, str(var)], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout
    assert process.stdout.readline() == "up\n"
    return process


def processes_in(var: Path) -> list[psutil.Process]:
    return [
        process
        for process in psutil.process_iter(["cwd"])
        if (process.info["cwd"] or "").startswith(f"{var}/")
    ]


def wait_for(is_so: Callable[[], bool], seconds: float = 15) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if is_so():
            return True
        time.sleep(0.05)
    return is_so()


def remember(var: Path) -> None:
    with psycopg.connect(places.database_url(var)) as connection:
        connection.execute("CREATE TABLE kept (word text)")
        connection.execute("INSERT INTO kept VALUES ('fox')")
    with redis.Redis.from_url(places.redis_url(var)) as client:
        client.set("kept", "owl")


def remembered(var: Path) -> tuple[object, object]:
    with psycopg.connect(places.database_url(var)) as connection:
        row = connection.execute("SELECT word FROM kept").fetchone()
    with redis.Redis.from_url(places.redis_url(var)) as client:
        return (row and row[0], client.get("kept"))


def test_it_keeps_data_when_restarted(var: Path) -> None:
    for start in (1, 2):
        servers = (local.Postgres(var), local.Redis(var))
        for server in servers:
            server.start()
        if start == 1:
            remember(var)
        else:
            assert remembered(var) == ("fox", b"owl")
        for server in reversed(servers):
            server.stop()
        assert not processes_in(var)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux ends children with their parent")
def test_it_leaves_no_server_behind_when_killed(var: Path) -> None:
    process = start_elsewhere(var)
    assert len(processes_in(var)) >= 2
    process.kill()
    process.wait()
    assert wait_for(lambda: not processes_in(var))


def test_it_starts_again_when_everything_was_killed(var: Path) -> None:
    process = start_elsewhere(var)
    remember(var)
    time.sleep(1.2)  # Redis writes its log out once a second.
    # The servers first: with their parent gone they would stop in good order.
    for victim in [*processes_in(var), psutil.Process(process.pid)]:
        victim.kill()
    process.wait()
    assert (var / "postgres" / "postmaster.pid").exists()
    again = start_elsewhere(var)
    assert remembered(var) == ("fox", b"owl")
    again.terminate()
    again.wait()


def test_it_stops_servers_that_a_killed_start_left_running(var: Path) -> None:
    orphan = local.Redis(var)
    orphan.start()
    server = local.Redis(var)
    server.start()
    assert orphan.process
    assert server.process
    assert orphan.process.poll() is not None
    assert server.process.poll() is None
    server.stop()


def test_it_is_not_fooled_by_a_stale_pid_that_is_somebody_elses_now(var: Path) -> None:
    pid_file = var / "postmaster.pid"
    pid_file.write_text(f"{os.getpid()}\n/data\n")
    leftovers.forget_reused_pid(pid_file)
    assert not pid_file.exists()


def test_it_leaves_a_stale_pid_of_nobody_to_postgresql(var: Path) -> None:
    # PostgreSQL itself looks whether the shared memory named there is still in use.
    pid_file = var / "postmaster.pid"
    pid_file.write_text("4194305\n/data\n")  # above the largest Linux gives
    leftovers.forget_reused_pid(pid_file)
    assert pid_file.exists()


def test_it_makes_its_files_again_when_killed_while_making_them(var: Path) -> None:
    half_made = var / "postgres.new"
    half_made.mkdir()
    (half_made / "PG_VERSION").write_text("18\n")
    server = local.Postgres(var, is_durable=False)
    server.start()
    server.stop()
    assert not half_made.exists()


def test_it_refuses_a_second_start_on_the_same_folder(var: Path) -> None:
    with (
        local.locked(var),
        pytest.raises(accounts.LocalError, match=rf"process {os.getpid()}\) is using {var}"),
        local.locked(var),
    ):
        pass


def test_it_frees_the_folder_when_it_is_done(var: Path) -> None:
    for _ in range(2):
        with local.locked(var):
            assert (var / "lock").read_text() == f"{os.getpid()}\n"


def test_it_listens_in_the_temporary_folder_when_the_path_is_long(var: Path) -> None:
    deep = var / ("long" * 30)
    server = local.Redis(deep)
    server.start()
    assert not (deep / "run").exists()
    with redis.Redis.from_url(places.redis_url(deep)) as client:
        assert client.ping()
    server.stop()
    server.socket.parent.rmdir()
    server.socket.parent.parent.rmdir()


def test_it_believes_no_socket_folder_that_is_a_link(var: Path) -> None:
    elsewhere = var / "elsewhere"
    elsewhere.mkdir()
    folder = var / "run" / "redis"
    folder.parent.mkdir()
    folder.symlink_to(elsewhere)
    with pytest.raises(accounts.LocalError, match="belongs to someone else"):
        accounts.make_private(folder)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can take a folder from others")
def test_it_opens_no_folder_above_its_own_that_root_keeps_to_itself(var: Path) -> None:
    var.chmod(0o701)
    (var / "own").mkdir(mode=0o700)
    server = local.Postgres(var / "own" / "var", is_durable=False)
    with pytest.raises(accounts.LocalError, match=rf"chmod o\+x {var}/own$"):
        server.start()
    assert stat.S_IMODE((var / "own").stat().st_mode) == 0o700
    (var / "own").chmod(0o701)
    server.start()
    server.stop()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root runs PostgreSQL under another account")
def test_it_lets_nobody_into_the_database_who_has_postgresqls_account(var: Path) -> None:
    server = local.Postgres(var, is_durable=False)
    server.start()
    child = os.fork()
    if child == 0:
        account = pwd.getpwnam(local.UNPRIVILEGED)
        os.setgroups([])
        os.setgid(account.pw_gid)
        os.setuid(account.pw_uid)
        try:
            psycopg.connect(server.url).close()
        except psycopg.OperationalError as refused:
            os._exit(7 if "Peer authentication failed" in str(refused) else 1)
        os._exit(0)
    _pid, status = os.waitpid(child, 0)
    server.stop()
    assert os.waitstatus_to_exitcode(status) == 7


def test_it_keeps_its_logs_to_itself(var: Path) -> None:
    server = local.Redis(var)
    server.start()
    server.stop()
    assert server.log.parent.stat().st_mode & 0o077 == 0


def test_it_shows_the_end_of_the_log_when_a_server_does_not_start(var: Path) -> None:
    server = local.Postgres(var, is_durable=False)
    server.start()
    server.stop()
    (server.folder / "PG_VERSION").write_text("9.6\n")
    with pytest.raises(accounts.LocalError, match=r"version 9\.6"):
        server.start()


def test_it_keeps_strangers_out_of_the_sockets(var: Path) -> None:
    server = local.Redis(var)
    server.start()
    server.stop()
    assert server.sockets.stat().st_mode & 0o077 == 0
