"""What the views' tests share: noon of day three, its puzzle, and tries that are sent to it."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from game.models import Puzzle
from tests import factories

TRIES = "/puzzle/3/tries/"


@pytest.fixture(autouse=True)
def noon_of_day_three(monkeypatch: pytest.MonkeyPatch) -> None:
    now = datetime.combine(factories.day(3), datetime.min.time(), UTC).replace(hour=12)
    monkeypatch.setattr(timezone, "now", lambda: now)


@pytest.fixture
def puzzle() -> Puzzle:
    return factories.make_puzzle(3)


def send(client: Client, data: Any, url: str = TRIES, **headers: str) -> Any:
    body = data if isinstance(data, str | bytes) else json.dumps(data)
    return client.post(url, body, content_type="application/json", headers=headers or None)


def send_form(client: Client, number: object, words: list[str], url: str = TRIES) -> Any:
    fields = {f"word-{i}": word for i, word in enumerate(words)}
    return client.post(url, {"try": str(number)} | fields)


def error_of(response: Any) -> tuple[int, str]:
    error = response.json()["error"]
    assert set(error) == {"code", "message"}
    assert len(error["message"]) > 5
    return response.status_code, error["code"]
