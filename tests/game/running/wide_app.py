"""A site without a database, for what the server in front of one does with its clients."""

from collections.abc import Callable, Iterable
from typing import Any

WIDE = bytes(40_000_000)


def application(environ: dict[str, Any], start: Callable[..., object]) -> Iterable[bytes]:
    body = WIDE if environ["PATH_INFO"] == "/wide" else environ["wsgi.input"].read()
    start("200 OK", [("Content-Length", str(len(body)))])
    return [body]
