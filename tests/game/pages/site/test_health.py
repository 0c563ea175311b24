"""The address that says whether the site is up."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import OperationalError, connection
from django.test import Client, RequestFactory
from pytest_django import Settings

from game.wsgi import application

pytestmark = pytest.mark.django_db


def test_it_is_healthy_when_the_database_answers(client: Client) -> None:
    response = client.get("/healthz")
    assert (response.status_code, response.content) == (200, b"ok")


def test_it_is_not_healthy_when_the_database_is_gone(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse() -> Iterator[None]:
        raise OperationalError("gone")

    monkeypatch.setattr(connection, "cursor", refuse)
    assert client.get("/healthz").status_code == 503


@pytest.mark.parametrize("host", ["10.0.0.7:8000", "[fd00::7]", "elsewhere.example", "a b"])
@pytest.mark.parametrize("method", ["get", "head"])
def test_it_answers_a_load_balancer_that_knows_no_name(
    client: Client, settings: Settings, method: str, host: str
) -> None:
    settings.SECURE_SSL_REDIRECT = True
    response = getattr(client, method)("/healthz", headers={"host": host})
    assert response.status_code == 200


@pytest.mark.parametrize(
    "url",
    ["/robots.txt", "/favicon.ico", "/apple-touch-icon.png", "/apple-touch-icon-precomposed.png"],
)
def test_it_has_what_machines_ask_every_site_for(
    client: Client, url: str, caplog: pytest.LogCaptureFixture
) -> None:
    response = client.get(url, follow=True)
    assert response.status_code == 200
    assert caplog.records == []


@pytest.mark.parametrize("url", ["/healthz", "/about/", "/nowhere"])
def test_it_sends_no_content_when_only_the_head_is_asked_for(url: str) -> None:
    environ = RequestFactory().head(url).environ
    started: dict[str, str] = {}

    def start(status: str, headers: list[tuple[str, str]], *_of_no_use: Any) -> Any:
        started.update(headers)

    body = application(environ, start)
    assert b"".join(body) == b""
    assert int(started["Content-Length"]) > 1
