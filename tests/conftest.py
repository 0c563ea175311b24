"""Every test session has its own PostgreSQL and Redis in a folder that is thrown away."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import django
import hypothesis
import pytest
from django.conf import settings as django_settings
from pytest_django.fixtures import Settings

from game.running import local

if "PYTEST_XDIST_WORKER" in os.environ:
    # A worker has a core for itself, and more threads than that only wait for each other.
    os.environ.setdefault("OMP_NUM_THREADS", "1")
# Before Django reads its settings: they find the embedded servers by this folder.
VAR = Path(tempfile.mkdtemp(prefix="sixpix-test-"))
for name in ("DATABASE_URL", "REDIS_URL", "SECRET_KEY", "SITE_URL", "GENERATOR_MODEL", "DEBUG"):
    os.environ.pop(name, None)
os.environ.update(
    DJANGO_SETTINGS_MODULE="game.settings",
    SIXPIX_VAR=str(VAR),
    STATIC_HASHED="0",
    LOG_LEVEL="WARNING",
)
# The site's secret chooses what is suggested: each session has the same.
(VAR / "secret-key").write_text("only for tests " * 4)
django.setup()
# A slow or busy machine is no fault of what is tested.
hypothesis.settings.register_profile(
    "busy", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.load_profile("busy")
# What slows down who guesses passwords slows down tests, too.
django_settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[local.Postgres]:
    """A running PostgreSQL."""
    server = local.Postgres(VAR, is_durable=False)
    server.start()
    yield server
    server.stop()


@pytest.fixture(scope="session")
def postgres(postgres_server: local.Postgres) -> str:
    return postgres_server.url


@pytest.fixture(scope="session")
def redis_server() -> Iterator[local.Redis]:
    """A running Redis, which forgets everything when it is restarted."""
    server = local.Redis(VAR, is_durable=False)
    server.start()
    yield server
    server.stop()


@pytest.fixture(scope="session")
def redis_url(redis_server: local.Redis) -> str:
    """Its address; settings.CELERY_BROKER_URL means the same one."""
    return redis_server.url


@pytest.fixture(scope="session")
def django_db_modify_db_settings(postgres: str) -> None:
    """pytest-django asks for this before it makes the test database: the server must be there."""


@pytest.fixture
def var() -> Iterator[Path]:
    """An empty data folder. Not in tmp_path: pytest closes the way there to others whenever another
    run begins, and under root PostgreSQL is one of the others."""
    with tempfile.TemporaryDirectory(prefix="sixpix-test-", ignore_cleanup_errors=True) as folder:
        yield Path(folder)


@pytest.fixture(autouse=True)
def _media(settings: Settings, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"


@pytest.fixture(autouse=True)
def _many_newcomers(settings: Settings) -> None:
    """All tests are one address, whichever of them has a Redis to count by."""
    settings.NEW_PLAYERS_AN_HOUR = 1_000_000


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Long files begin first, in whatever order all of them have."""
    items.sort(key=lambda item: item.get_closest_marker("long") is None)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_setupnodes() -> None:
    """Workers inherit this environment, and each makes a folder of its own: nothing may set Django
    up before that."""
    del os.environ["DJANGO_SETTINGS_MODULE"]


def pytest_unconfigure() -> None:
    shutil.rmtree(VAR, ignore_errors=True)
