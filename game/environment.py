"""Environment variables read into settings: what they hold is checked before anything uses it."""

import os
import re
from collections.abc import Callable
from email.utils import parseaddr
from ipaddress import IPv6Address, ip_address
from typing import Any, TypeVar
from urllib.parse import urlsplit

import dj_database_url
import idna
from django.core.exceptions import ImproperlyConfigured, ValidationError
from django.core.validators import validate_email

YES_OR_NO = "1 or 0"

T = TypeVar("T")


def env(name: str, default: str, parse: Callable[[str], T], want: str) -> T:
    """An empty variable counts as unset: that is how compose files pass on what nobody set."""
    value = os.environ.get(name, "").strip() or default
    try:
        return parse(value)
    except (ValueError, KeyError, OSError):
        shown = re.sub(r"//[^@/]*@", "//…@", value)  # no password in logs
        raise ImproperlyConfigured(f"{name} must be {want}, but is {shown!r}.") from None


def parse_bool(value: str) -> bool:
    return {"1": True, "true": True, "yes": True, "0": False, "false": False, "no": False}[
        value.lower()
    ]


def parse_list(value: str) -> list[str]:
    return [part.strip() for part in value.split(",") if part.strip()]


def parse_addresses(value: str) -> list[str]:
    """E-mail addresses, each as mail programs write it: a name in front is taken."""
    addresses = parse_list(value)
    for address in addresses:
        try:
            validate_email(parseaddr(address)[1])
        except ValidationError as error:
            raise ValueError from error
    return addresses


def parse_port(value: str) -> int:
    port = int(value)
    if not 1 <= port <= 65535:
        raise ValueError
    return port


def parse_count(value: str) -> int:
    return parse_number(1, 64)(value)


def parse_number(least: int, most: int) -> Callable[[str], int]:
    def parse(value: str) -> int:
        number = int(value)
        if not least <= number <= most:
            raise ValueError
        return number

    return parse


def parse_one_of(*choices: str) -> Callable[[str], str]:
    def parse(value: str) -> str:
        if value not in choices:
            raise ValueError
        return value

    return parse


def parse_sha256(value: str) -> str:
    if not re.fullmatch("[0-9a-f]{64}", value.lower()):
        raise ValueError
    return value.lower()


def parse_url(*schemes: str) -> Callable[[str], str]:
    def parse(value: str) -> str:
        parts = urlsplit(value)
        # Reading the port makes urlsplit check it; a Unix socket has a path instead of a host.
        if parts.scheme not in schemes or not (parts.port or parts.hostname or parts.path):
            raise ValueError
        return value.rstrip("/")

    return parse


def parse_site(value: str) -> str:
    """The address that browsers send: nothing but scheme, host and port, and these in ASCII."""
    parts = urlsplit(value)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.username is not None:
        raise ValueError
    if parts.path.strip("/") or parts.query or parts.fragment:
        raise ValueError
    host = parse_host(parts.hostname)
    return f"{parts.scheme}://{host}:{parts.port}" if parts.port else f"{parts.scheme}://{host}"


def parse_hosts(value: str) -> list[str]:
    return [parse_host(host) for host in parse_list(value)]


def parse_host(value: str) -> str:
    """A name or an address as it stands in a request: IDNA, and IPv6 in brackets. Django's * and
    the leading dot for all subdomains stay."""
    try:
        address = ip_address(value.strip("[]"))
    except ValueError:
        if value.isascii():
            return value
        # Not Python's own codec, whose older table makes another name of ß.
        name = value.removeprefix(".")
        return value[: -len(name)] + idna.encode(name, uts46=True).decode()
    return f"[{address}]" if isinstance(address, IPv6Address) else str(address)


def parse_database(url: str) -> dict[str, Any]:
    if urlsplit(url).scheme not in ("postgres", "postgresql"):
        raise ValueError
    parsed = dj_database_url.parse(url, conn_max_age=60, conn_health_checks=True)
    if not parsed.get("NAME"):
        raise ValueError
    return dict(parsed)
