"""Deployment mistakes that would otherwise show up later, and elsewhere."""

import os
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register
from django.core.files.storage import FileSystemStorage, storages

from game.drawing import painting

Apps = Sequence[AppConfig] | None


def nearest_existing(folder: Path) -> Path:
    return next(path for path in (folder, *folder.parents) if path.exists())


@register(Tags.files)
def media_is_writable(app_configs: Apps, **kwargs: object) -> list[CheckMessage]:
    """The web host needs it as much as the worker does: editors' uploads end there."""
    if not isinstance(storages["default"], FileSystemStorage):
        return []
    folder = nearest_existing(Path(settings.MEDIA_ROOT))
    if folder.is_dir() and os.access(folder, os.W_OK | os.X_OK):
        return []
    return [
        Error(
            f"Pictures cannot be stored under {settings.MEDIA_ROOT}: {folder} is not writable.",
            hint="Point SIXPIX_VAR at a folder that this process may write to.",
            id="game.E001",
        )
    ]


@register(Tags.database)
def database_is_postgresql(app_configs: Apps, **kwargs: object) -> list[CheckMessage]:
    engine = settings.DATABASES["default"]["ENGINE"]
    if engine == "django.db.backends.postgresql":
        return []
    return [
        Error(
            f"The database must be PostgreSQL, but is {engine}.",
            hint="Row locks and deferred constraints keep plays and drawings right.",
            id="game.E002",
        )
    ]


@register(Tags.security, deploy=True)
def site_is_served_by_https(app_configs: Apps, **kwargs: object) -> list[CheckMessage]:
    if settings.SITE_URL.startswith("https://"):
        return []
    return [
        Error(
            f"SITE_URL is {settings.SITE_URL}, so cookies are sent in the clear.",
            hint="Set SITE_URL to the public https address.",
            id="game.E003",
        )
    ]


@register(deploy=True)
def servers_are_not_embedded(app_configs: Apps, **kwargs: object) -> list[CheckMessage]:
    return [
        Error(
            f"{name} is not set, so this process looks for the server that `make run` embeds.",
            hint=f"Set {name} to the server that all processes share.",
            id=check_id,
        )
        for name, check_id in (("DATABASE_URL", "game.E004"), ("REDIS_URL", "game.E005"))
        if not os.environ.get(name, "").strip()
    ]


@register(Tags.security, deploy=True)
def hosts_are_named(app_configs: Apps, **kwargs: object) -> list[CheckMessage]:
    if "*" not in settings.ALLOWED_HOSTS:
        return []
    return [
        Error(
            "ALLOWED_HOSTS holds “*”, so links in answers can be made to lead elsewhere.",
            hint="Name the hosts, with commas between.",
            id="game.E006",
        )
    ]


@register()
def model_folder_exists(app_configs: Apps, **kwargs: object) -> list[CheckMessage]:
    if not settings.GENERATOR_MODEL or Path(settings.GENERATOR_MODEL).is_dir():
        return []
    if painting.is_model_elsewhere():
        return []
    return [
        Error(
            f"GENERATOR_MODEL is {settings.GENERATOR_MODEL}: no folder, and no id on the hub.",
            hint="Leave it empty for the bundled model.",
            id="game.E007",
        )
    ]


@register()
def first_day_is_not_ahead(app_configs: Apps, **kwargs: object) -> list[CheckMessage]:
    # Somewhere on earth it is tomorrow already.
    last_today = (datetime.now(UTC) + timedelta(hours=14)).date()
    if last_today >= settings.FIRST_DAY:
        return []
    return [
        Warning(
            f"FIRST_DAY is {settings.FIRST_DAY}: until then puzzle numbers are below 1.",
            id="game.W001",
        )
    ]
