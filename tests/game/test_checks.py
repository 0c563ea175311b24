from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.core.checks import CheckMessage
from pytest_django.fixtures import Settings

from game import checks

Check = Callable[[None], Iterable[CheckMessage]]


def ids(check: Check) -> list[str | None]:
    return [message.id for message in check(None)]


def test_it_passes_when_the_media_folder_can_be_made(settings: Settings, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path / "not" / "there" / "yet"
    assert ids(checks.media_is_writable) == []


def test_it_reports_a_media_folder_that_is_a_file(settings: Settings, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    settings.MEDIA_ROOT = tmp_path / "file" / "media"
    assert ids(checks.media_is_writable) == ["game.E001"]


def test_it_reports_a_database_that_is_not_postgresql(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert ids(checks.database_is_postgresql) == []
    monkeypatch.setitem(settings.DATABASES["default"], "ENGINE", "django.db.backends.sqlite3")
    assert ids(checks.database_is_postgresql) == ["game.E002"]


def test_it_reports_plain_http(settings: Settings) -> None:
    settings.SITE_URL = "http://sixpix.example"
    assert ids(checks.site_is_served_by_https) == ["game.E003"]
    settings.SITE_URL = "https://sixpix.example"
    assert ids(checks.site_is_served_by_https) == []


def test_it_reports_embedded_servers(monkeypatch: pytest.MonkeyPatch) -> None:
    assert ids(checks.servers_are_not_embedded) == ["game.E004", "game.E005"]
    monkeypatch.setenv("DATABASE_URL", "postgresql://host/sixpix")
    assert ids(checks.servers_are_not_embedded) == ["game.E005"]
    monkeypatch.setenv("REDIS_URL", "redis://host")
    assert ids(checks.servers_are_not_embedded) == []


def test_it_reports_hosts_left_open(settings: Settings) -> None:
    settings.ALLOWED_HOSTS = ["sixpix.example"]
    assert ids(checks.hosts_are_named) == []
    settings.ALLOWED_HOSTS = ["*"]
    assert ids(checks.hosts_are_named) == ["game.E006"]


def test_it_reports_a_model_that_is_not_there(settings: Settings, tmp_path: Path) -> None:
    settings.GENERATOR_MODEL = str(tmp_path)
    assert ids(checks.model_folder_exists) == []
    settings.GENERATOR_MODEL = "dalle-mini/dalle-mega"
    assert ids(checks.model_folder_exists) == []
    settings.GENERATOR_MODEL = str(tmp_path / "gone")
    assert ids(checks.model_folder_exists) == ["game.E007"]


def test_it_warns_of_a_first_day_that_is_ahead(settings: Settings) -> None:
    today = datetime.now(UTC).date()
    settings.FIRST_DAY = today
    assert ids(checks.first_day_is_not_ahead) == []
    settings.FIRST_DAY = today + timedelta(days=3)
    assert ids(checks.first_day_is_not_ahead) == ["game.W001"]
