"""The servers that every process needs: whether they answer, how to start what doesn't,
and whether their clocks agree."""

import os
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import redis
from django.conf import settings
from django.core import mail
from django.db import InterfaceError, OperationalError, connection
from django.utils import timezone
from django.utils.translation import gettext as _
from kombu.exceptions import OperationalError as QueueError

ANSWER_SECONDS = 2.0
# Leases are counted in minutes, and a day begins by the clock of whichever host is asked.
MOST_SKEW = timedelta(seconds=5)
# What an absent server leads to, wherever it is first asked for something.
ABSENCE = (OperationalError, InterfaceError, redis.RedisError, QueueError)


def why(error: BaseException) -> str | None:
    """A line for whoever ran a command that needs a server; None when that isn't what is wrong."""
    if not isinstance(error, ABSENCE):
        return None
    return next(iter([*unreachable_database(), *unreachable_redis()]), None)


def unreachable_database() -> list[str]:
    try:
        connection.ensure_connection()
    except (OperationalError, InterfaceError) as error:
        return [_describe("PostgreSQL", "DATABASE_URL", error)]
    return []


def unreachable_redis() -> list[str]:
    try:
        with ask_redis() as client:
            client.ping()
    except redis.RedisError as error:
        return [_describe("Redis", "REDIS_URL", error)]
    return []


def unreachable_mail() -> list[str]:
    """Asked only where somebody is to get the report."""
    if not settings.REPORT_TO:
        return []
    server = mail.get_connection(timeout=ANSWER_SECONDS)
    try:
        server.open()
        server.close()
    except OSError as error:
        text = _(
            "The mail server %(host)s:%(port)d can't be used, so no report leaves. Look at "
            "EMAIL_HOST, EMAIL_PORT, EMAIL_USE_SSL and EMAIL_USE_TLS. (%(error)s)"
        )
        named = {"host": settings.EMAIL_HOST, "port": settings.EMAIL_PORT}
        return [text % (named | {"error": " ".join(str(error).split())})]
    return []


def ask_redis() -> "redis.Redis":
    return redis.Redis.from_url(settings.REDIS_URL, socket_connect_timeout=ANSWER_SECONDS)


def _describe(server: str, setting: str, error: Exception) -> str:
    is_embedded = not os.environ.get(setting, "").strip()
    text = (
        _("%(server)s doesn't answer. Start it, with all the rest: make run (%(error)s)")
        if is_embedded
        else _(
            "%(server)s doesn't answer. Start the one that %(setting)s names, "
            "or name another. (%(error)s)"
        )
    )
    error_in_a_line = " ".join(str(error).split())
    return text % {"server": server, "setting": setting, "error": error_in_a_line}


def skewed_clocks() -> list[str]:
    return [
        _("The clock of %(name)s is %(seconds).0f s off this host's. Set both by NTP.")
        % {"name": name, "seconds": skew.total_seconds()}
        for name, read in ((_("the database"), _database_time), (_("Redis"), _redis_time))
        if abs(skew := _skew(read)) > MOST_SKEW
    ]


def _skew(read: Callable[[], datetime]) -> timedelta:
    """Against the middle of the time that asking took."""
    before = timezone.now()
    theirs = read()
    return theirs - (before + (timezone.now() - before) / 2)


def _database_time() -> datetime:
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        [(now,)] = cursor.fetchall()
    return now  # type: ignore[no-any-return]


def _redis_time() -> datetime:
    with ask_redis() as client:
        seconds, microseconds = client.time()
    return datetime.fromtimestamp(seconds + microseconds / 1e6, UTC)
