"""What the tests of many prompts share: prompts and forms to post."""

from datetime import date
from typing import Any

from django.test import Client

from game.admin.calendar.autoplan import first_day
from game.editing import bulk
from game.models import Puzzle
from tests.game.admin.editing import url

FOX = "a fox riding a bicycle on the moon"
CAT = "a cat playing a guitar in the kitchen"
DOG = "a dog eating pizza on the beach"
NEAR = "a red fox riding a bicycle on the moon"


def check(client: Client, text: str = "", **posted: Any) -> Any:
    return client.post(url("import"), {"text": text, "check": "", **posted})


def save(client: Client, checked: Any, **changes: Any) -> Any:
    """What pressing the button of a checked page sends."""
    initial = checked.context["form"].initial
    posted = {"text": initial["text"], "held": initial["held"], "save": ""} | changes
    return client.post(url("import"), posted, follow=True)


def prompts(drafts: list[bulk.Draft]) -> list[str]:
    return [draft.row.prompt for draft in drafts]


def planned() -> dict[date | None, str]:
    return {puzzle.play_on: puzzle.prompt for puzzle in Puzzle.objects.exclude(play_on=None)}


def propose(client: Client, **asked: Any) -> Any:
    fields: dict[str, Any] = {"start": first_day(), "days": 7, "states": "draft"}
    return client.get(url("plan"), fields | asked)
