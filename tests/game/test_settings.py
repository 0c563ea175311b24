import os
import runpy
from datetime import date, time
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.http.request import split_domain_port, validate_host

from game.running import places

SETTINGS = places.BASE_DIR / "game" / "settings.py"
KEPT = ("PATH", "HOME")


def load(monkeypatch: pytest.MonkeyPatch, **env: str) -> dict[str, Any]:
    for name in set(os.environ) - set(KEPT):
        monkeypatch.delenv(name)
    for name, value in env.items():
        monkeypatch.setenv(name, value)
    return runpy.run_path(str(SETTINGS))


def test_it_needs_no_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = load(monkeypatch)
    assert settings["DEBUG"] is False
    assert settings["SITE_URL"] == "http://127.0.0.1:8000"
    assert settings["NIGHT_AT"] == time(3, 10)
    assert settings["FIRST_DAY"] == date(2026, 11, 1)
    assert settings["VAR_DIR"] == places.BASE_DIR / "var"


def test_it_takes_an_empty_variable_for_unset(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = load(monkeypatch, PORT="", SITE_URL=" ", DATABASE_URL="", SIXPIX_VAR="")
    assert settings["PORT"] == 8000
    assert settings["IS_LOCAL"] is True
    assert settings["VAR_DIR"] == places.BASE_DIR / "var"


@pytest.mark.parametrize(
    ("name", "value", "want"),
    [
        ("DEBUG", "maybe", "DEBUG must be 1 or 0"),
        ("PORT", "http", "PORT must be a port"),
        ("PORT", "70000", "PORT must be a port"),
        ("SITE_URL", "sixpix.example", "SITE_URL must be an address"),
        ("SOURCE_URL", "git@code", "SOURCE_URL must be the address"),
        ("SITE_TIME_ZONE", "Mars/Olympus", "SITE_TIME_ZONE must be a time zone"),
        ("SITE_TIME_ZONE", "../../etc/passwd", "SITE_TIME_ZONE must be a time zone"),
        ("FIRST_DAY", "tomorrow", "FIRST_DAY must be a day"),
        ("REPORT_TO", "ada@sixpix.example, bob", "REPORT_TO must be e-mail addresses"),
        ("NIGHT_AT", "25:00", "NIGHT_AT must be a time"),
        ("LOG_LEVEL", "loud", "LOG_LEVEL must be DEBUG"),
        ("REDIS_URL", "http://redis", "REDIS_URL must be an address"),
        ("DATABASE_URL", "nonsense", "DATABASE_URL must be a PostgreSQL address"),
        ("DATABASE_URL", "postgresql://host/", "DATABASE_URL must be a PostgreSQL address"),
    ],
)
def test_it_names_a_bad_value(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, want: str
) -> None:
    with pytest.raises(ImproperlyConfigured, match=want) as caught:
        load(monkeypatch, **{name: value})
    assert "\n" not in str(caught.value)


def test_it_keeps_the_database_password_out_of_the_error(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ImproperlyConfigured) as caught:
        load(monkeypatch, DATABASE_URL="mysql://sixpix:hunter2@host/sixpix")
    assert "hunter2" not in str(caught.value)


def test_it_refuses_sqlite(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ImproperlyConfigured, match="PostgreSQL"):
        load(monkeypatch, DATABASE_URL="sqlite:///db.sqlite3")


def test_it_refuses_to_run_without_a_secret_key_on_a_given_database(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    with pytest.raises(ImproperlyConfigured, match="SECRET_KEY must be set"):
        load(monkeypatch, DATABASE_URL="postgresql://host/sixpix", SIXPIX_VAR=str(tmp_path))


def test_it_uses_the_kept_secret_key(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "secret-key").write_text("kept\n")
    settings = load(monkeypatch, DATABASE_URL="postgresql://host/sixpix", SIXPIX_VAR=str(tmp_path))
    assert settings["SECRET_KEY"] == "kept"


def test_it_has_no_secret_key_that_could_be_known(monkeypatch: pytest.MonkeyPatch) -> None:
    assert load(monkeypatch)["SECRET_KEY"] != load(monkeypatch)["SECRET_KEY"]


def test_it_sends_cookies_by_https_alone_when_the_site_has_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    settings = load(monkeypatch, SITE_URL="https://sixpix.example/")
    assert settings["SITE_URL"] == "https://sixpix.example"
    assert settings["SESSION_COOKIE_SECURE"] is settings["CSRF_COOKIE_SECURE"] is True
    assert settings["SECURE_SSL_REDIRECT"] is True
    assert "sixpix.example" in settings["ALLOWED_HOSTS"]


def test_it_works_by_plain_http_on_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = load(monkeypatch, PORT="8123")
    assert settings["SITE_URL"] == "http://127.0.0.1:8123"
    assert settings["SESSION_COOKIE_SECURE"] is settings["SECURE_SSL_REDIRECT"] is False
    assert settings["SECURE_HSTS_SECONDS"] == 0


@pytest.mark.parametrize(
    ("url", "want"),
    [
        ("postgresql://me:pw@host:5433/name", {"HOST": "host", "PORT": 5433, "NAME": "name"}),
        ("postgres://%2Frun%2Fpostgres/name", {"HOST": "/run/postgres", "NAME": "name"}),
        ("postgresql:///name?host=/run/pg", {"OPTIONS": {"host": "/run/pg"}, "NAME": "name"}),
    ],
)
def test_it_takes_every_kind_of_postgresql_address(
    monkeypatch: pytest.MonkeyPatch, url: str, want: dict[str, object]
) -> None:
    settings = load(monkeypatch, DATABASE_URL=url, SECRET_KEY="s" * 50)
    database = settings["DATABASES"]["default"]
    assert {name: database[name] for name in want} == want


@pytest.mark.parametrize(
    ("url", "broker"),
    [
        ("redis://redis:6379/1", "redis://redis:6379/1"),
        ("unix:///run/redis.sock", "redis+socket:///run/redis.sock"),
    ],
)
def test_it_tells_celery_the_redis_in_its_own_words(
    monkeypatch: pytest.MonkeyPatch, url: str, broker: str
) -> None:
    assert load(monkeypatch, REDIS_URL=url)["CELERY_BROKER_URL"] == broker


def test_it_runs_the_night_when_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    schedule = load(monkeypatch, NIGHT_AT="01:45")["CELERY_BEAT_SCHEDULE"]["night"]["schedule"]
    assert (schedule.hour, schedule.minute) == ({1}, {45})


def test_it_draws_more_at_once_on_a_gpu(monkeypatch: pytest.MonkeyPatch) -> None:
    assert load(monkeypatch)["NIGHT_BATCH"] == 4
    assert load(monkeypatch, GENERATOR_DEVICE="cuda")["NIGHT_BATCH"] == 16
    assert load(monkeypatch, GENERATOR_DEVICE="cuda", NIGHT_BATCH="2")["NIGHT_BATCH"] == 2


@pytest.mark.parametrize("count", ["0", "65", "many"])
def test_it_refuses_batches_of_no_size(monkeypatch: pytest.MonkeyPatch, count: str) -> None:
    with pytest.raises(ImproperlyConfigured, match="NIGHT_BATCH must be a number from 1 to 64"):
        load(monkeypatch, NIGHT_BATCH=count)


def test_it_reports_to_everyone_named(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = load(monkeypatch, REPORT_TO="ada@sixpix.example, Bob <bob@sixpix.example>")
    assert settings["REPORT_TO"] == ["ada@sixpix.example", "Bob <bob@sixpix.example>"]


@pytest.mark.parametrize(
    ("host", "url"),
    [
        ("0.0.0.0", "http://127.0.0.1:8000"),  # noqa: S104 - compared, not bound
        ("::", "http://[::1]:8000"),
        ("fd00::2", "http://[fd00::2]:8000"),
        ("[fd00::2]", "http://[fd00::2]:8000"),
        ("sixpix.lan", "http://sixpix.lan:8000"),
    ],
)
def test_it_reaches_itself_wherever_it_listens(
    monkeypatch: pytest.MonkeyPatch, host: str, url: str
) -> None:
    settings = load(monkeypatch, HOST=host)
    assert settings["LOCAL_URL"] == settings["SITE_URL"] == url
    assert "[" not in settings["HOST"]
    assert is_allowed(urlsplit(url).netloc, settings)


def is_allowed(netloc: str, settings: dict[str, Any]) -> bool:
    domain, _port = split_domain_port(netloc)
    return validate_host(domain, settings["ALLOWED_HOSTS"])


@pytest.mark.parametrize(
    ("named", "host"),
    [
        ("sixpix.lan", "sixpix.lan"),
        ("fd00::2", "[fd00::2]:8000"),
        ("bücher.example", "xn--bcher-kva.example"),
        (".straße.example", "www.xn--strae-oqa.example"),
    ],
)
def test_it_answers_to_its_own_name_beside_those_that_are_allowed(
    monkeypatch: pytest.MonkeyPatch, named: str, host: str
) -> None:
    settings = load(monkeypatch, ALLOWED_HOSTS=named)
    assert is_allowed(host, settings)
    assert is_allowed("127.0.0.1:8000", settings)
    assert not is_allowed("elsewhere.example", settings)


@pytest.mark.parametrize(
    ("url", "read"),
    [
        ("https://Bücher.example/", "https://xn--bcher-kva.example"),
        ("https://straße.example:8443", "https://xn--strae-oqa.example:8443"),
        ("http://[FD00::2]:80", "http://[fd00::2]:80"),
    ],
)
def test_it_writes_its_address_as_browsers_send_it(
    monkeypatch: pytest.MonkeyPatch, url: str, read: str
) -> None:
    settings = load(monkeypatch, SITE_URL=url)
    assert settings["SITE_URL"] == settings["CSRF_TRUSTED_ORIGINS"][0] == read
    assert is_allowed(urlsplit(read).netloc, settings)


@pytest.mark.parametrize(
    "url",
    [
        "https://sixpix.example/game",
        "https://sixpix.example/?page=2",
        "https://me:pw@sixpix.example",
        "https://",
        "https://sixpix.example:port",
        "https://-ü-.example",
    ],
)
def test_it_refuses_an_address_that_is_more_than_a_host(
    monkeypatch: pytest.MonkeyPatch, url: str
) -> None:
    with pytest.raises(ImproperlyConfigured, match="SITE_URL must be an address like"):
        load(monkeypatch, SITE_URL=url)


def test_it_answers_to_this_machines_names_in_the_clear_alone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert is_allowed("localhost", load(monkeypatch, SITE_URL="http://sixpix.lan"))
    production = load(monkeypatch, SITE_URL="https://sixpix.example")
    assert production["ALLOWED_HOSTS"] == ["sixpix.example"]


def test_it_binds_no_other_domain_to_https_unless_told_to(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = load(monkeypatch, SITE_URL="https://sixpix.example")
    assert settings["SECURE_HSTS_SECONDS"] > 0
    assert settings["SECURE_HSTS_PRELOAD"] is settings["SECURE_HSTS_INCLUDE_SUBDOMAINS"] is False
    settings = load(monkeypatch, SITE_URL="https://sixpix.example", HSTS_PRELOAD="1")
    assert settings["SECURE_HSTS_PRELOAD"] is settings["SECURE_HSTS_INCLUDE_SUBDOMAINS"] is True


def test_it_names_cookies_by_the_port(monkeypatch: pytest.MonkeyPatch) -> None:
    names = ("SESSION_COOKIE_NAME", "CSRF_COOKIE_NAME", "COOKIE_SUFFIX")
    of_port = {
        port: [load(monkeypatch, PORT=port)[name] for name in names] for port in ("8000", "9000")
    }
    assert of_port == {
        "8000": ["sessionid", "csrftoken", ""],
        "9000": ["sessionid_9000", "csrftoken_9000", "_9000"],
    }
    public = load(monkeypatch, PORT="9000", SITE_URL="https://sixpix.example")
    assert public["COOKIE_SUFFIX"] == ""


@pytest.mark.parametrize(
    ("env", "is_ssl", "is_tls"),
    [
        ({}, False, False),
        ({"EMAIL_PORT": "465"}, True, False),
        ({"EMAIL_PORT": "2465", "EMAIL_USE_SSL": "1"}, True, False),
        ({"EMAIL_PORT": "587", "EMAIL_USE_TLS": "1"}, False, True),
    ],
)
def test_it_encrypts_mail_as_the_port_has_it(
    monkeypatch: pytest.MonkeyPatch, env: dict[str, str], is_ssl: bool, is_tls: bool
) -> None:
    settings = load(monkeypatch, **env)
    assert (settings["EMAIL_USE_SSL"], settings["EMAIL_USE_TLS"]) == (is_ssl, is_tls)


def test_it_refuses_mail_that_is_encrypted_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ImproperlyConfigured, match="choose one"):
        load(monkeypatch, EMAIL_PORT="465", EMAIL_USE_TLS="1")
