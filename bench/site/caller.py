"""A load generator in a process of its own: connections that stay open, each sending one request
after the other and reading the answer to its end.

It knows no more of HTTP than it has to, so as to take little of a machine that it shares with the
server. Whole requests come in over a pipe; statuses and seconds go back.
"""

import socket
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from multiprocessing.connection import Connection
from types import TracebackType
from typing import Self

TIMEOUT = 30.0
END_OF_HEAD = b"\r\n\r\n"


@dataclass(frozen=True, slots=True)
class Calls:
    """Requests by connection: each connection's are sent in their order."""

    port: int
    requests: Sequence[Sequence[bytes]]


@dataclass(frozen=True, slots=True)
class Answers:
    """What came of them, in no order; `seconds` is one for each, `whole` is for all together."""

    statuses: list[int]
    seconds: list[float]
    sizes: list[int]
    whole: float


def request(path: str, body: bytes = b"", cookies: dict[str, str] | None = None) -> bytes:
    """A GET, or with a body a POST of JSON that carries Django's proof against forgery."""
    cookies = cookies or {}
    jar = "; ".join(f"{name}={value}" for name, value in cookies.items())
    head = [f"{'POST' if body else 'GET'} {path} HTTP/1.1", "Host: localhost", f"Cookie: {jar}"]
    if body:
        head += ["Content-Type: application/json", f"Content-Length: {len(body)}"]
        head += [f"X-CSRFToken: {cookies['csrftoken']}"]
    return "\r\n".join(head).encode() + END_OF_HEAD + body


class Caller:
    """The process that calls; one job at a time."""

    def __init__(self) -> None:
        context = get_context("spawn")
        self._pipe, theirs = context.Pipe()
        self._process = context.Process(target=_serve, args=(theirs,), daemon=True)

    def __enter__(self) -> Self:
        self._process.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._pipe.send(None)
        self._process.join(TIMEOUT)

    def call(self, calls: Calls) -> Answers:
        self._pipe.send(calls)
        answers = self._pipe.recv()
        if not isinstance(answers, Answers):
            raise RuntimeError(f"the load generator failed: {answers}")
        return answers


def _serve(pipe: Connection) -> None:
    while (calls := pipe.recv()) is not None:
        try:
            pipe.send(_call(calls))
        except OSError as error:
            pipe.send(str(error))


def _call(calls: Calls) -> Answers:
    with ThreadPoolExecutor(len(calls.requests)) as pool:
        started = time.perf_counter()
        pages = list(pool.map(lambda each: list(_talk(calls.port, each)), calls.requests))
        whole = time.perf_counter() - started
    statuses, seconds, sizes = zip(*(answer for page in pages for answer in page), strict=True)
    return Answers(list(statuses), list(seconds), list(sizes), whole)


def _talk(port: int, requests: Sequence[bytes]) -> Iterator[tuple[int, float, int]]:
    with socket.create_connection(("127.0.0.1", port), TIMEOUT) as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for each in requests:
            started = time.perf_counter()
            connection.sendall(each)
            status, size = _read(connection)
            yield status, time.perf_counter() - started, size


def _read(connection: socket.socket) -> tuple[int, int]:
    received = b""
    while END_OF_HEAD not in received:
        received += _more(connection)
    head, _, body = received.partition(END_OF_HEAD)
    lines = head.lower().split(b"\r\n")
    lengths = [line.partition(b":")[2] for line in lines if line.startswith(b"content-length:")]
    if not lengths or b"connection: close" in lines:
        raise OSError(f"no answer to be kept alive after: {head.decode(errors='replace')}")
    size = len(body)
    while size < int(lengths[0]):
        size += len(_more(connection))
    return int(head.split(b" ", 2)[1]), size


def _more(connection: socket.socket) -> bytes:
    received = connection.recv(65536)
    if not received:
        raise OSError("the server has hung up")
    return received
