"""The process that serves the web: gunicorn forks and tends it, Waitress talks to the clients.

gunicorn's own threaded worker gives a thread to whoever connects, and reads and writes in it for
as long as the client likes: eight half-sent requests, or eight readers who don't read, and nobody
else is served. Waitress reads a whole request before a thread sees it and keeps what a slow client
hasn't fetched, but whoever sends a byte now and then may stay. Here are both, with deadlines.
"""

import logging
import os
import time
from typing import Any

from gunicorn.workers.base import Worker
from waitress.adjustments import Adjustments
from waitress.channel import HTTPChannel
from waitress.parser import HTTPRequestParser
from waitress.server import TcpWSGIServer
from waitress.task import ThreadedTaskDispatcher
from waitress.wasyncore import close_all, loop

from game.guarding import bodies

# Seconds for a request to arrive; a body has more by its length, at the speed of a poor line.
PATIENCE, BYTES_A_SECOND = 8.0, 16_000
# Seconds that a connection may lie still: kept open by a browser, or not reading its answer.
IDLE = 8.0
# Of one process. The next one that comes takes the place of whoever has kept us waiting longest.
MOST_CONNECTIONS = 400
LARGEST_HEAD = 32 * 1024


class Request(HTTPRequestParser):  # type: ignore[misc]  # untyped
    def __init__(self, adjustments: Adjustments) -> None:
        super().__init__(adjustments)
        self.begun_at = time.time()

    def parse_header(self, header_plus: bytes) -> None:
        """Refuses a body by its length, before any of it is kept."""
        super().parse_header(header_plus)
        self.adj = SERVED_BY_SIZE[bodies.most_bytes(self.path)]

    def is_late(self, now: float) -> bool:
        return bool(now > self.begun_at + PATIENCE + self.body_bytes_received / BYTES_A_SECOND)


class Connection(HTTPChannel):  # type: ignore[misc]  # untyped
    parser_class = Request

    def is_stalled(self, now: float) -> bool:
        is_still = now > self.last_activity + IDLE
        if self.requests:
            # A thread is at it, and may take its time, unless it waits for the client to read.
            return bool(is_still and self.total_outbufs_len > self.adj.outbuf_high_watermark)
        return bool(is_still or (self.request is not None and self.request.is_late(now)))


class Server(TcpWSGIServer):  # type: ignore[misc]  # untyped
    channel_class = Connection

    def maintenance(self, now: float) -> None:
        """Called every second. Waitress's own waits with closing until the client reads again."""
        for connection in list(self.active_channels.values()):
            if connection.is_stalled(now):
                connection.handle_close()

    def handle_accept(self) -> None:
        if len(self.active_channels) >= MOST_CONNECTIONS:
            waiting = [each for each in self.active_channels.values() if not each.requests]
            if waiting:
                min(waiting, key=_waiting_since).handle_close()
        super().handle_accept()


def _waiting_since(connection: Connection) -> float:
    request = connection.request
    return float(request.begun_at if request is not None else connection.last_activity)


def _adjustments(most_bytes: int) -> Adjustments:
    return Adjustments(
        ident=None,
        # Waitress refuses what reaches its limit, and bodies go to the disk from the other on.
        max_request_body_size=most_bytes + 1,
        inbuf_overflow=bodies.PLAYERS * 2,
        max_request_header_size=LARGEST_HEAD,
        cleanup_interval=1,
        asyncore_use_poll=True,
        connection_limit=MOST_CONNECTIONS * 2,
        # game.guarding.addresses knows whom to believe.
        clear_untrusted_proxy_headers=False,
        log_socket_errors=False,
    )


SERVED_BY_SIZE = {size: _adjustments(size) for size in (bodies.PLAYERS, bodies.STAFF)}


class WebWorker(Worker):  # type: ignore[misc]  # untyped
    """Named on gunicorn's command line: see game.running.supervise."""

    servers: "list[Server] | None" = None

    def run(self) -> None:
        # A line for each request that waits for a thread, or that nobody waits for any more.
        logging.getLogger("waitress").setLevel(logging.WARNING)
        logging.getLogger("waitress.queue").setLevel(logging.ERROR)
        dispatcher = ThreadedTaskDispatcher()
        dispatcher.set_thread_count(self.cfg.threads)
        sockets: dict[int, Any] = {}
        adjustments = SERVED_BY_SIZE[bodies.PLAYERS]
        self.servers = [
            Server(
                self.wsgi,
                sockets,
                _sock=listener.sock,
                dispatcher=dispatcher,
                adj=adjustments,
                sockinfo=(listener.sock.family, listener.sock.type, 0, listener.sock.getsockname()),
                bind_socket=False,
            )
            for listener in self.sockets
        ]
        while self.alive and self.ppid == os.getppid():
            self.notify()
            loop(timeout=1.0, use_poll=True, map=sockets, count=1)
        self._finish(dispatcher, sockets)

    def handle_exit(self, sign: int, frame: object) -> None:
        self.alive = False
        for server in self.servers or ():
            server.pull_trigger()

    def _finish(self, dispatcher: ThreadedTaskDispatcher, sockets: dict[int, Any]) -> None:
        """What has been asked for is answered and sent; nothing more is taken."""
        deadline = time.time() + self.cfg.graceful_timeout
        for server in self.servers or ():
            server.accepting = False
        while time.time() < deadline and any(
            connection.requests or connection.total_outbufs_len
            for server in self.servers or ()
            for connection in server.active_channels.values()
        ):
            self.notify()
            loop(timeout=0.1, use_poll=True, map=sockets, count=1)
        dispatcher.shutdown(timeout=max(0.1, deadline - time.time()))
        close_all(sockets, ignore_all=True)
