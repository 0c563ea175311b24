"""The web server as `make run` starts it, and clients that want to hold it up."""

import os
import signal
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing
from pathlib import Path

import pytest

from game.guarding import bodies
from game.running import processes, supervise
from game.running.places import BASE_DIR
from game.running.web_worker import IDLE, LARGEST_HEAD, PATIENCE
from tests.game.running.test_supervise import free_port, wait_for

pytestmark = pytest.mark.long
HALF = b"POST /puzzle/1/tries/ HTTP/1.1\r\nHost: localhost\r\n"
# When whoever stalls was dropped, even by a busy machine; and an answer that didn't wait for that.
SOON = 2 * max(IDLE, PATIENCE)
AT_ONCE = min(IDLE, PATIENCE) / 2


@pytest.fixture(scope="module")
def port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    port = free_port()
    command = supervise.commands()["web"]
    command[command.index("game.wsgi")] = "tests.game.running.wide_app"
    command[command.index("--bind") + 1] = f"127.0.0.1:{port}"
    log: Path = tmp_path_factory.mktemp("web") / "web.log"
    process = processes.spawn(command, log, cwd=BASE_DIR, env=os.environ)

    def answers() -> bool:
        assert process.poll() is None, processes.last_lines(log, 30)
        try:
            return ask(port).startswith(b"HTTP/1.1 200")
        except OSError:
            return False

    assert wait_for(answers), processes.last_lines(log, 30)
    yield port
    processes.stop(process, (signal.SIGTERM, 5.0))
    assert log.read_text() == ""


def connect(port: int) -> socket.socket:
    return socket.create_connection(("127.0.0.1", port), timeout=SOON)


def ask(
    port: int, head: bytes = b"GET / HTTP/1.1\r\nHost: localhost\r\n", body: bytes = b""
) -> bytes:
    with closing(connect(port)) as client:
        client.sendall(head + b"Connection: close\r\n\r\n" + body)
        return read_all(client)


def read_all(client: socket.socket) -> bytes:
    """All that comes until the server closes the connection."""
    read = b""
    while piece := client.recv(65536):
        read += piece
    return read


def seconds_to_answer(port: int) -> float:
    begun = time.monotonic()
    assert ask(port).startswith(b"HTTP/1.1 200")
    return time.monotonic() - begun


def test_it_answers_others_and_drops_who_stalls(port: int) -> None:
    with ExitStack() as stack:
        stalled = [stack.enter_context(closing(connect(port))) for _each in range(32)]
        begun = time.monotonic()
        for client in stalled[:8]:
            client.sendall(HALF)
        for client in stalled[4:8]:
            client.sendall(b"Content-Length: 90\r\n\r\nwo")
        time.sleep(0.2)
        assert max(seconds_to_answer(port) for _each in range(10)) < AT_ONCE
        for client in stalled:
            assert read_all(client) == b""
        assert time.monotonic() - begun < SOON


def test_it_drops_who_sends_a_byte_now_and_then(port: int) -> None:
    with closing(connect(port)) as client:

        def is_dropped() -> bool:
            time.sleep(0.4)
            try:
                client.sendall(b"x")
            except OSError:
                return True
            return False

        assert wait_for(is_dropped, SOON)


def test_it_answers_others_while_readers_do_not_read(port: int) -> None:
    with ExitStack() as stack:
        for _each in range(12):
            client = stack.enter_context(closing(connect(port)))
            client.sendall(b"GET /wide HTTP/1.1\r\nHost: localhost\r\n\r\n")
        # Each has a thread until its answer is put aside, and some until they are dropped.
        assert wait_for(lambda: seconds_to_answer(port) < AT_ONCE, SOON)
        assert max(seconds_to_answer(port) for _each in range(10)) < AT_ONCE


def test_it_waits_for_a_slow_line(port: int) -> None:
    body = b"a" * 8_000
    with closing(connect(port)) as client:
        client.sendall(HALF + b"Content-Length: 8000\r\nConnection: close\r\n\r\n")
        for start in range(0, len(body), 2_000):
            time.sleep(0.8)
            client.sendall(body[start : start + 2_000])
        assert read_all(client).endswith(body)


@pytest.mark.parametrize(
    ("path", "most"), [("/choices/", bodies.PLAYERS), ("/admin/login/", bodies.STAFF)]
)
def test_it_refuses_a_body_by_its_length_before_it_comes(port: int, path: str, most: int) -> None:
    head = f"POST {path} HTTP/1.1\r\nHost: localhost\r\n".encode()
    begun = time.monotonic()
    assert ask(port, head + b"Content-Length: 150000000\r\n").startswith(b"HTTP/1.1 413")
    assert ask(port, head + f"Content-Length: {most + 1}\r\n".encode()).startswith(b"HTTP/1.1 413")
    chunk = f"{most + 1:x}\r\n".encode() + bytes(most + 1)
    assert ask(port, head + b"Transfer-Encoding: chunked\r\n", chunk).startswith(b"HTTP/1.1 413")
    assert time.monotonic() - begun < PATIENCE
    answer = ask(port, head + f"Content-Length: {most}\r\n".encode(), b"a" * most)
    assert answer.startswith(b"HTTP/1.1 200")
    assert len(answer) > most


@pytest.mark.parametrize(
    ("head", "status"),
    [
        # No longer than it takes to be refused: what is left unread can cut the answer off.
        (b"GET / HTTP/1.1\r\nCookie: " + b"a" * (LARGEST_HEAD - 47) + b"\r\n", 431),
        (b"GET / HTTP/1.1\r\nHost: localhost\r\nContent-Length: nine\r\n", 400),
        (b"GET / HTTP/1.1\r\nHost: localhost\r\nContent-Length: -1\r\n", 400),
        (b"GET / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: gzip\r\n", 501),
        (b"GET / HTTP/1.1\r\nno colon\r\n", 400),
        (b"GET / HTTP/1.1\r\nContent-Type: text/html; charset=\x00\r\n", 400),
        (b"nonsense\r\n", 400),
    ],
)
def test_it_refuses_a_head_that_is_none(port: int, head: bytes, status: int) -> None:
    assert ask(port, head).split()[1] == str(status).encode()


def test_it_makes_room_when_too_many_wait(port: int) -> None:
    with ExitStack() as stack:
        for _each in range(900):
            stack.enter_context(closing(connect(port)))
        # Of whoever came first, some had to go.
        assert wait_for(lambda: seconds_to_answer(port) < AT_ONCE, PATIENCE / 2)


def test_it_serves_many_at_once(port: int) -> None:
    took: list[float] = []
    threads = [
        threading.Thread(target=lambda: took.append(seconds_to_answer(port))) for _each in range(40)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(took) == 40
