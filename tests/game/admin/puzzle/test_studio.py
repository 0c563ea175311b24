"""Having prompts drawn in the admin, and choosing and approving pictures."""

import re
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse
from kombu.exceptions import OperationalError as QueueError
from pytest_django import DjangoCaptureOnCommitCallbacks

from game.drawing import claims
from game.models import Puzzle
from game.nights import tasks
from tests import factories
from tests.game.admin.editing import (
    PROMPT,
    State,
    actions,
    drawn,
    editor,
    places,
    queued,
    told,
    url,
)
from tests.painter import raising

__all__ = ["editor", "queued"]
pytestmark = pytest.mark.django_db


def test_it_has_a_prompt_drawn(
    client: Client,
    editor: User,
    queued: list[int],
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    puzzle = factories.make_draft(None, PROMPT)
    with django_capture_on_commit_callbacks(execute=True):
        response = client.post(url("want", puzzle), follow=True)
    assert queued == [puzzle.pk]
    assert "has been asked" in told(response)
    assert url("progress", puzzle) in response.content.decode()
    puzzle.refresh_from_db()
    assert puzzle.state == State.WANTED
    assert actions() == ["Asked for pictures."]
    assert LogEntry.objects.get().user == editor


def test_it_names_known_words_when_it_refuses_a_prompt(
    client: Client, editor: User, queued: list[int]
) -> None:
    puzzle = factories.make_draft(None, "a foxx riding a bicycle on the moon")
    response = client.post(url("want", puzzle), follow=True)
    assert "“foxx”; it knows “fox”" in told(response)
    puzzle.refresh_from_db()
    assert puzzle.state == State.DRAFT
    assert (queued, actions()) == ([], [])


def test_it_says_so_when_the_queue_does_not_answer(
    client: Client,
    editor: User,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    puzzle = factories.make_draft(None, PROMPT)
    monkeypatch.setattr(tasks, "enqueue", lambda pk: raising(QueueError("refused"))())
    response = client.post(url("want", puzzle), follow=True)
    assert "next night" in told(response)
    puzzle.refresh_from_db()
    assert puzzle.state == State.WANTED


def test_it_draws_again(
    client: Client,
    editor: User,
    queued: list[int],
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    puzzle = drawn(state=State.APPROVED, chosen=6)
    with django_capture_on_commit_callbacks(execute=True):
        client.post(url("redraw", puzzle))
    puzzle.refresh_from_db()
    assert puzzle.state == State.WANTED
    assert queued == [puzzle.pk]
    assert actions() == ["Asked for pictures anew."]


def test_it_tells_how_a_drawing_goes(client: Client, editor: User) -> None:
    puzzle = factories.make_draft(None, PROMPT, state=State.WANTED)
    claims.claim(puzzle.pk)
    Puzzle.objects.filter(pk=puzzle.pk).update(progress=42)
    response = client.get(url("progress", puzzle))
    assert response.json() == {
        "state": "drawing",
        "label": "drawing",
        "progress": 42,
        "is_busy": True,
        "failure": "",
        "attempts": 1,
    }
    assert "no-store" in response["Cache-Control"]
    assert PROMPT not in response.content.decode()
    Puzzle.objects.filter(pk=puzzle.pk).update(state=State.FAILED, failure="no paint")
    assert client.get(url("progress", puzzle)).json()["is_busy"] is False
    assert "no paint" in client.get(url("change", puzzle)).content.decode()


def test_it_shows_nine_candidates_in_clip_order(client: Client, editor: User) -> None:
    puzzle = drawn()
    page = client.get(url("change", puzzle)).content.decode()
    shown = [int(pk) for pk in re.findall(r"candidates/(\d+)\.webp", page)]
    assert shown == list(puzzle.candidates.order_by("rank").values_list("pk", flat=True))
    assert "29.000" in page
    offered = re.findall(r'name="place-\d+"[^>]*value="(\d?)"', page)
    assert offered == ["1", "2", "3", "4", "5", "6", "", "", ""]


def test_it_serves_candidates_to_editors(client: Client, editor: User) -> None:
    candidate = drawn().candidates.get(rank=1)
    address = reverse("admin:game_candidate_image", args=[candidate.pk])
    response: Any = client.get(address)
    assert response["Content-Type"] == "image/webp"
    assert "private" in response["Cache-Control"]
    with candidate.file.open() as file:
        assert b"".join(response.streaming_content) == file.read()
    candidate.file.storage.delete(str(candidate.file.name))
    assert client.get(address).status_code == 404


def test_it_chooses_six(client: Client, editor: User) -> None:
    puzzle = drawn()
    response = client.post(url("choose", puzzle), places(puzzle, 9, 1, 3, 5, 4, 2), follow=True)
    chosen = puzzle.candidates.filter(position__isnull=False).order_by("position")
    assert list(chosen.values_list("rank", flat=True)) == [9, 1, 3, 5, 4, 2]
    assert "are chosen" in told(response)
    assert actions() == ["Chose the pictures ranked 9, 1, 3, 5, 4, 2."]
    puzzle.refresh_from_db()
    assert puzzle.state == State.REVIEW


@pytest.mark.parametrize(
    "change",
    [
        {},
        {1: "2"},
        {1: ""},
        {7: "7"},
        {1: "0"},
        {1: "x"},
        {1: "1; DROP TABLE"},
        {1: "١"},
    ],
)
@pytest.mark.parametrize("verb", ["choose", "approve"])
def test_it_takes_no_other_choice(
    client: Client, editor: User, verb: str, change: dict[int, str]
) -> None:
    puzzle = drawn()
    posted = places(puzzle, 1, 2, 3, 4, 5, 6) if change else places(puzzle)
    for rank, place in change.items():
        posted[f"place-{puzzle.candidates.get(rank=rank).pk}"] = place
    response = client.post(url(verb, puzzle), posted, follow=True)
    assert "from 1 to 6" in told(response)
    assert not puzzle.candidates.filter(position__isnull=False).exists()
    puzzle.refresh_from_db()
    assert puzzle.state == State.REVIEW
    assert actions() == []


def test_it_approves_the_pictures_that_are_chosen_on_the_page(client: Client, editor: User) -> None:
    puzzle = drawn()
    response = client.post(url("approve", puzzle), places(puzzle, 9, 1, 3, 5, 4, 2), follow=True)
    assert "is approved" in told(response)
    puzzle.refresh_from_db()
    assert (puzzle.state, puzzle.approved_by) == (State.APPROVED, editor)
    assert puzzle.candidates.get(position=1).rank == 9
    assert actions() == ["Chose the pictures ranked 9, 1, 3, 5, 4, 2.", "Approved."]


def test_it_approves_what_was_chosen_before(client: Client, editor: User) -> None:
    puzzle = drawn(chosen=6)
    client.post(url("approve", puzzle))
    puzzle.refresh_from_db()
    assert puzzle.state == State.APPROVED
    response = client.post(url("approve", puzzle), follow=True)
    assert "“approved”" in told(response)
    assert actions() == ["Approved."]


def test_it_approves_no_pictures_that_were_not_on_the_page(client: Client, editor: User) -> None:
    puzzle = drawn(chosen=6)
    seen = places(puzzle, 1, 2, 3, 4, 5, 6)
    puzzle.candidates.all().delete()
    for rank in range(1, 10):
        factories.make_candidate(puzzle, rank, position=rank if rank < 7 else None)
    response = client.post(url("approve", puzzle), seen, follow=True)
    assert "These pictures are gone" in told(response)
    puzzle.refresh_from_db()
    assert puzzle.state == State.REVIEW


def test_it_approves_nothing_that_is_not_drawn(client: Client, editor: User) -> None:
    puzzle = factories.make_draft(None, PROMPT)
    client.post(url("approve", puzzle))
    puzzle.refresh_from_db()
    assert puzzle.state == State.DRAFT
