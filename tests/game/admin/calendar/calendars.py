"""What the calendar's tests share: who plans, the page and its days, and forms to post."""

import re
from datetime import date
from typing import Any

import pytest
from django.contrib.auth.models import Permission, User
from django.test import Client

from game.models import Puzzle
from tests.game.admin.editing import looker, url

__all__ = ["looker"]
CALENDAR, MOVE, UNPLAN = url("calendar"), url("move"), url("unplan")


@pytest.fixture
def planner(looker: User) -> User:
    looker.user_permissions.add(Permission.objects.get(codename="plan_puzzle"))
    return looker


def page(client: Client, day: date | None = None) -> str:
    query = {"month": f"{day:%Y-%m}"} if day else {}
    return client.get(CALENDAR, query).content.decode()


def cell(text: str, day: date) -> str:
    """The part of the page that shows the day."""
    found = re.search(rf'<td id="day-{day}".*?</td>', text, re.DOTALL)
    assert found is not None
    return found[0]


def posted(puzzle: Puzzle, day: date | None, **fields: Any) -> dict[str, Any]:
    values = {"puzzle": puzzle.pk, "seen": puzzle.play_on or "", "day": day or ""}
    return values | fields


def day_of(puzzle: Puzzle) -> date | None:
    return Puzzle.objects.get(pk=puzzle.pk).play_on
