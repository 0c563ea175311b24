"""Where a request comes from: the one answer that limits, locks and logs go by."""

import logging
import re
from ipaddress import IPv6Address, ip_address, ip_network

from django.conf import settings
from django.http import HttpRequest

logger = logging.getLogger(__name__)

# Some proxies add the port; an IPv6 address stands in brackets then, or wherever they like.
WITH_PORT = re.compile(r"\[(?P<bracketed>[^\[\]]+)\](:\d+)?|(?P<plain>[^:]+):\d+")
_warned = False


def of(request: HttpRequest) -> str | None:
    """The client's address; behind proxies, what the outermost of them says of it.

    A client can send the header too, so that only the entries which our proxies have added, the
    last ones, are believed. Where they make no sense, the nearest proxy stands for the client.
    """
    peer = _read(request.META.get("REMOTE_ADDR", ""))
    forwarded = request.META.get("HTTP_X_FORWARDED_FOR", "")
    if not forwarded:
        return peer
    if not settings.TRUSTED_PROXIES:
        _warn()
        return peer
    entries = forwarded.split(",")
    return _read(entries[-min(settings.TRUSTED_PROXIES, len(entries))]) or peer


def counted_as(request: HttpRequest) -> str | None:
    """AXES_CLIENT_IP_CALLABLE, and what every limit counts by.

    Whoever has one address of IPv6 has its whole /64, so that all of them count as its first.
    """
    address = of(request)
    if address and isinstance(ip_address(address), IPv6Address):
        return str(ip_network(f"{address}/64", strict=False).network_address)
    return address


def _read(entry: str) -> str | None:
    entry = entry.strip().strip('"')
    if found := WITH_PORT.fullmatch(entry):
        entry = found["bracketed"] or found["plain"]
    try:
        address = ip_address(entry.partition("%")[0])
    except ValueError:
        return None
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return str(mapped or address)


def _warn() -> None:
    """Once a process: a client may send the header by itself."""
    global _warned
    if not _warned:
        _warned = True
        logger.warning(
            "A request came with X-Forwarded-For. If it was a proxy that added it, set "
            "BEHIND_PROXY=1: all visitors count as one address until then."
        )
