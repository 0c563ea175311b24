"""What the admin's tests share: who edits, puzzles to edit, and forms to post."""

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission, User
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from game.models import Puzzle
from game.nights import tasks
from tests import factories
from tests.roles import make_staff

State = Puzzle.State
PROMPT = "a fox riding a bicycle on the moon"
VERBS = ["want", "redraw", "redraw_unchosen", "choose", "approve", "send_back"]


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """The puzzles that were sent to be graded anew."""
    sent: list[Any] = []
    monkeypatch.setattr(tasks.regrade_puzzle, "delay", sent.append)
    return sent


@pytest.fixture
def editor(client: Client) -> User:
    user = make_staff("editor")
    client.force_login(user)
    return user


@pytest.fixture
def writer(client: Client) -> User:
    user = make_staff("writer", "wil")
    client.force_login(user)
    return user


@pytest.fixture
def looker(client: Client) -> User:
    """Staff who may look at puzzles, and no more."""
    user = User.objects.create_user("look", is_staff=True)
    user.user_permissions.add(Permission.objects.get(codename="view_puzzle"))
    client.force_login(user)
    return user


@pytest.fixture
def queued(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    queued: list[int] = []
    monkeypatch.setattr(tasks.draw_puzzle, "delay", queued.append)
    return queued


def coming(days: int = 30) -> Any:
    return timezone.localdate() + timedelta(days=days)


def drawn(**fields: Any) -> Puzzle:
    fields = {"play_on": coming(), "state": State.REVIEW, "chosen": 0} | fields
    return factories.make_puzzle(None, PROMPT, **fields)


def url(name: str, puzzle: Puzzle | None = None) -> str:
    return reverse(f"admin:game_puzzle_{name}", args=[puzzle.pk] if puzzle else [])


def told(response: Any) -> str:
    return " ".join(str(message) for message in response.context["messages"])


def places(puzzle: Puzzle, *ranks: int) -> dict[str, str]:
    """The posted form that gives these ranks the places 1, 2, … and leaves the others empty."""
    by_rank = {candidate.rank: candidate.pk for candidate in puzzle.candidates.all()}
    return {
        f"place-{pk}": str(ranks.index(rank) + 1) if rank in ranks else ""
        for rank, pk in by_rank.items()
    }


def fields(puzzle: Puzzle, **changes: Any) -> dict[str, Any]:
    """The fields of a puzzle's page as a browser would post them."""
    day = puzzle.play_on or ""
    values = {"prompt": puzzle.prompt, "play_on": day, "initial-play_on": day}
    values["notes"] = puzzle.notes
    for inline in ("candidates", "accepted", "corrections"):
        values |= {f"{inline}-TOTAL_FORMS": "0", f"{inline}-INITIAL_FORMS": "0"}
    return values | changes


def actions() -> list[str]:
    return [entry.get_change_message() for entry in LogEntry.objects.order_by("pk")]
