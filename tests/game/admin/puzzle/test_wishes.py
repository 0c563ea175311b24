"""Settings of a drawing, drawing the unchosen, and sending back, on a puzzle's page."""

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from kombu.exceptions import OperationalError as QueueError
from pytest_django import DjangoCaptureOnCommitCallbacks

from game.drawing import painting
from game.models import Figures, Puzzle
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


@pytest.fixture
def looked_at(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    looked_at: list[int] = []
    monkeypatch.setattr(tasks.forecast_puzzle, "delay", looked_at.append)
    return looked_at


def chosen(puzzle: Puzzle) -> list[int]:
    rows = puzzle.candidates.filter(position__isnull=False).order_by("position")
    return list(rows.values_list("rank", flat=True))


# Settings


def test_it_shows_the_models_own_settings(client: Client, editor: User) -> None:
    own = painting.model_sampling()
    page = client.get(url("change", factories.make_draft(None, PROMPT))).content.decode()
    for name in ("condition_scale", "temperature", "top_p"):
        assert f'placeholder="{own[name]:g}"' in page
        assert f'name="{name}"' in page
    assert own["top_k"] is None
    assert 'placeholder="all"' in page


def test_it_draws_with_given_settings(client: Client, editor: User, queued: list[int]) -> None:
    puzzle = factories.make_draft(None, PROMPT)
    posted = {"temperature": "0.6", "top_k": "0", "top_p": "", "seed": "77"}
    client.post(url("want", puzzle), posted)
    puzzle.refresh_from_db()
    assert puzzle.state == State.WANTED
    assert (puzzle.sampling, puzzle.seed) == ({"temperature": 0.6, "top_k": None}, 77)
    assert actions() == ["Asked for pictures: temperature 0.6, top-k all, seed 77."]
    Puzzle.objects.filter(pk=puzzle.pk).update(state=State.FAILED)
    page = client.get(url("change", puzzle)).content.decode()
    assert 'name="temperature" value="0.6"' in page
    assert 'name="top_k" value="0"' in page
    assert 'value="77"' not in page, "the same seed would draw the same pictures"


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("condition_scale", "0.5", "greater than or equal to 1"),
        ("condition_scale", "51", "less than or equal to 50"),
        ("temperature", "0", "greater than or equal to 0.05"),
        ("temperature", "nan", "Enter a number"),
        ("top_k", "-1", "greater than or equal to 0"),
        ("top_k", "2.5", "Enter a whole number"),
        ("top_p", "1.1", "less than or equal to 1"),
        ("seed", "-1", "greater than or equal to 0"),
        ("seed", str(2**63), "less than or equal to"),
    ],
)
@pytest.mark.parametrize("verb", ["redraw", "redraw_unchosen"])
def test_it_says_what_is_wrong_with_a_setting(
    client: Client, editor: User, verb: str, name: str, value: str, message: str
) -> None:
    puzzle = drawn(chosen=6)
    response = client.post(url(verb, puzzle), {name: value}, follow=True)
    assert message in told(response)
    assert name.split("_")[0] in told(response)
    puzzle.refresh_from_db()
    assert (puzzle.state, puzzle.sampling, actions()) == (State.REVIEW, {}, [])


def test_it_tells_how_each_picture_was_drawn(client: Client, editor: User) -> None:
    puzzle = drawn()
    kept, new = puzzle.candidates.get(rank=1), puzzle.candidates.get(rank=2)
    puzzle.manifest = {
        "model": {"name": "noise", "hash": "ab" * 32},
        "settings": {"temperature": 0.7, "top_k": None},
        "pictures": [
            {"seed": kept.seed, "settings": {"temperature": 0.9, "top_k": 50}},
            {"seed": new.seed},
        ],
    }
    puzzle.save()
    page = client.get(url("change", puzzle)).content.decode()
    assert "temperature 0.9, top-k 50" in page
    assert "temperature 0.7, top-k all" in page
    assert page.count("noise abababababab") == 2
    assert str(kept.seed) in page


# The unchosen


def test_it_draws_the_unchosen_again(
    client: Client,
    editor: User,
    queued: list[int],
    looked_at: list[int],
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    puzzle = drawn()
    posted = places(puzzle, 9, 1, 3, 5, 4, 2) | {"temperature": "0.9"}
    with django_capture_on_commit_callbacks(execute=True):
        response = client.post(url("redraw_unchosen", puzzle), posted, follow=True)
    assert "has been asked" in told(response)
    puzzle.refresh_from_db()
    assert puzzle.state == State.WANTED
    assert puzzle.sampling == {"temperature": 0.9, "keeps_chosen": True}
    assert chosen(puzzle) == [9, 1, 3, 5, 4, 2]
    assert (queued, looked_at) == ([puzzle.pk], [puzzle.pk])
    assert actions() == [
        "Chose the pictures ranked 9, 1, 3, 5, 4, 2.",
        "Asked for pictures in place of the unchosen: temperature 0.9.",
    ]


def test_it_keeps_nothing_that_is_not_chosen(client: Client, editor: User) -> None:
    puzzle = drawn()
    response = client.post(url("redraw_unchosen", puzzle), follow=True)
    assert "Choose 6 pictures first" in told(response)
    puzzle.refresh_from_db()
    assert puzzle.state == State.REVIEW


def test_it_draws_no_chosen_picture_a_second_time(client: Client, editor: User) -> None:
    puzzle = drawn(chosen=6)
    seed = puzzle.candidates.get(position=3).seed
    for given in (seed, seed - 2):
        response = client.post(url("redraw_unchosen", puzzle), {"seed": given}, follow=True)
        assert "another seed" in told(response)
    puzzle.refresh_from_db()
    assert puzzle.state == State.REVIEW


def test_it_keeps_the_wish_when_the_queue_is_away(
    client: Client, editor: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    puzzle = drawn(chosen=6)
    monkeypatch.setattr(tasks, "enqueue", lambda pk: raising(QueueError("refused"))())
    response = client.post(url("redraw_unchosen", puzzle), follow=True)
    assert "next night" in told(response)
    puzzle.refresh_from_db()
    assert puzzle.state == State.WANTED


@pytest.mark.django_db(transaction=True)
def test_it_approves_while_the_queue_is_away(
    client: Client, editor: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    puzzle = drawn()
    monkeypatch.setattr(tasks.forecast_puzzle, "delay", lambda pk: raising(QueueError("refused"))())
    response = client.post(url("approve", puzzle), places(puzzle, 1, 2, 3, 4, 5, 6), follow=True)
    assert "is approved" in told(response)
    puzzle.refresh_from_db()
    assert puzzle.state == State.APPROVED


# Sent back


@pytest.mark.parametrize(
    ("state", "to"),
    [(State.APPROVED, State.REVIEW), (State.APPROVED, State.DRAFT), (State.REVIEW, State.DRAFT)],
)
def test_it_sends_a_puzzle_back_with_a_note(
    client: Client, editor: User, state: str, to: str
) -> None:
    puzzle = drawn(chosen=6, state=state, is_auto_approved=True)
    posted = {"note": "The third is <dark>.", "to": to}
    response = client.post(url("send_back", puzzle), posted, follow=True)
    assert "sent back with your note" in told(response)
    puzzle.refresh_from_db()
    assert (puzzle.state, puzzle.approved_at, puzzle.is_auto_approved) == (to, None, False)
    assert len(chosen(puzzle)) == 6
    assert actions() == ["Sent back: The third is <dark>."]
    page = response.content.decode()
    assert "UTC by ada:" in page
    assert page.count("The third is &lt;dark&gt;.") == 1
    history = client.get(url("history", puzzle)).content.decode()
    assert "The third is &lt;dark&gt;." in history
    assert "UTC" in history


@pytest.mark.parametrize(
    "posted", [{}, {"note": " ", "to": "draft"}, {"note": "no", "to": "live"}, {"note": "x" * 501}]
)
def test_it_sends_nothing_back_without_a_note(
    client: Client, editor: User, posted: dict[str, str]
) -> None:
    puzzle = drawn(chosen=6, state=State.APPROVED)
    response = client.post(url("send_back", puzzle), posted, follow=True)
    assert "in a note" in told(response)
    puzzle.refresh_from_db()
    assert (puzzle.state, actions()) == (State.APPROVED, [])


def test_it_forgets_the_note_once_something_came_of_it(client: Client, editor: User) -> None:
    puzzle = drawn(chosen=6)
    client.post(url("send_back", puzzle), {"note": "Too dark.", "to": "draft"})
    page = client.post(url("approve", puzzle), follow=True).content.decode()
    assert "Too dark." not in page
    assert "Too dark." in client.get(url("history", puzzle)).content.decode()


def test_it_sends_nothing_back_that_players_have(client: Client, editor: User) -> None:
    puzzle = factories.make_puzzle(1, PROMPT)
    response = client.post(url("send_back", puzzle), {"note": "no", "to": "draft"}, follow=True)
    assert "live or past" in told(response)
    assert "send_back" not in response.content.decode()


# The forecast


def forecast(**changes: Any) -> dict[str, Any]:
    model = {"name": "noise", "hash": "0" * 64}
    words = [["fox", 83], ["riding", None], ["bicycle", 71], ["moon", 97]]
    made = {"words": words, "solvers": 62, "puzzles": 0, "model": model}
    return made | {"made_at": "2026-11-03T04:05:06+00:00"} | changes


def test_it_says_that_there_is_no_forecast_yet(client: Client, editor: User) -> None:
    assert "Not yet." in client.get(url("change", drawn())).content.decode()


def test_it_shows_the_forecast(client: Client, editor: User) -> None:
    puzzle = drawn(forecast=forecast())
    page = client.get(url("change", puzzle)).content.decode()
    assert "<strong>62 %</strong> are likely" in page
    assert "This is an estimate" in page
    assert 'value="83"' in page
    assert "3 Nov 2026, 04:05 UTC" in page
    assert "Found by" not in page
    Puzzle.objects.filter(pk=puzzle.pk).update(forecast=forecast(puzzles=41))
    assert "Learnt from 41 past" in client.get(url("change", puzzle)).content.decode()


def test_it_shows_what_happened_beside_the_forecast(client: Client, editor: User) -> None:
    puzzle = factories.make_puzzle(1, PROMPT, forecast=forecast())
    words = [["fox", 100], ["riding", 20], ["bicycle", 80], ["moon", 90]]
    Figures.objects.create(puzzle=puzzle, plays=120, solved=30, words=words)
    page = client.get(url("change", puzzle)).content.decode()
    assert "<strong>25 %</strong> of 120 finished plays did" in page
    assert page.count("<td>17 %</td>") == 1
    assert page.count("<td>75 %</td>") == 1
