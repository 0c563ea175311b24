from datetime import timedelta
from typing import Any

import pytest
from celery.exceptions import Retry
from django.conf import settings as django_settings
from django.db import OperationalError
from django.utils import timezone
from pytest_django import DjangoCaptureOnCommitCallbacks

from game import review, studio, tasks
from game.celery import app
from game.models import Puzzle
from tests import factories
from tests.painter import Painter, painter, raising

__all__ = ["painter"]
pytestmark = pytest.mark.django_db
State = Puzzle.State
PROMPT = "a fox riding a bicycle on the moon"


def planned(offset: int = 0, **fields: Any) -> Puzzle:
    return factories.make_draft(
        None, PROMPT, play_on=timezone.localdate() + timedelta(days=offset), **fields
    )


@pytest.fixture
def queued(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    queued: list[int] = []
    monkeypatch.setattr(tasks.draw_puzzle, "delay", queued.append)
    return queued


@pytest.fixture
def retries(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """How long the task wanted to wait, instead of waiting."""
    retries: list[float] = []

    def retry(*, countdown: float, exc: Exception | None = None) -> Retry:
        retries.append(countdown)
        return Retry()

    monkeypatch.setattr(tasks.draw_puzzle, "retry", retry)
    return retries


def test_it_draws_a_wanted_puzzle(painter: Painter) -> None:
    puzzle = planned(state=State.WANTED)
    tasks.draw_puzzle.apply(args=(puzzle.pk,), throw=True)
    puzzle.refresh_from_db()
    assert puzzle.state == State.REVIEW


def test_it_draws_once_when_delivered_twice(painter: Painter) -> None:
    puzzle = planned(state=State.WANTED)
    tasks.draw_puzzle.apply(args=(puzzle.pk,), throw=True)
    tasks.draw_puzzle.apply(args=(puzzle.pk,), throw=True)
    assert len(painter.prompts) == 1
    assert puzzle.candidates.count() == 9


def test_it_tries_three_times_and_then_stops(painter: Painter) -> None:
    puzzle = planned(state=State.WANTED)
    painter.while_drawing = raising(RuntimeError("no paint"))
    # Applied here and now, its retries are too.
    tasks.draw_puzzle.apply(args=(puzzle.pk,))
    assert len(painter.prompts) == 3
    puzzle.refresh_from_db()
    assert (puzzle.state, puzzle.failure) == (State.FAILED, "no paint")


def test_it_waits_before_another_attempt(painter: Painter, retries: list[float]) -> None:
    puzzle = planned(state=State.WANTED)
    painter.while_drawing = raising(RuntimeError("no paint"))
    with pytest.raises(Retry):
        tasks.draw_puzzle.run(puzzle.pk)
    assert 5 <= retries[0] <= 10


def test_it_looks_again_when_the_lease_of_another_worker_ends(
    painter: Painter, retries: list[float]
) -> None:
    puzzle = planned(state=State.WANTED)
    studio.claim(puzzle.pk)
    with pytest.raises(Retry):
        tasks.draw_puzzle.run(puzzle.pk)
    lease = studio.LEASE.total_seconds()
    assert lease - 5 < retries[0] < lease + 5
    assert painter.prompts == []


def test_it_tries_again_when_the_database_goes_away(
    monkeypatch: pytest.MonkeyPatch, retries: list[float]
) -> None:
    monkeypatch.setattr(studio, "draw", lambda *_: raising(OperationalError("gone"))())
    with pytest.raises(Retry):
        tasks.draw_puzzle.run(1)
    assert retries


def test_it_backs_off_with_jitter() -> None:
    for retry, (least, most) in enumerate([(5, 10), (10, 20), (20, 40), (40, 80)]):
        delays = {tasks.delay(retry) for _ in range(50)}
        assert least <= min(delays) < max(delays) <= most
    assert tasks.delay(50) <= tasks.LONGEST_DELAY


def test_it_enqueues_on_commit_alone(
    queued: list[int], django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        tasks.enqueue(7)
        assert queued == []
    assert queued == [7]


def test_it_has_the_coming_days_drawn(
    queued: list[int], django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    today = planned(0)
    last = planned(6)
    too_early = planned(7)
    drawn = planned(2, state=State.APPROVED)
    failed = planned(3, state=State.FAILED)
    unplanned = factories.make_draft(None, PROMPT)
    with django_capture_on_commit_callbacks(execute=True):
        night = tasks.keep_days_drawn()
    assert queued == [today.pk, last.pk]
    days = [timezone.localdate() + timedelta(days=offset) for offset in (1, 4, 5)]
    assert night == {
        "queued": 2,
        "drawn": 1,
        "failed": 1,
        "gaps": [day.isoformat() for day in days],
    }
    states = {puzzle.pk: puzzle.state for puzzle in Puzzle.objects.all()}
    assert states == {
        today.pk: State.WANTED,
        last.pk: State.WANTED,
        too_early.pk: State.DRAFT,
        drawn.pk: State.APPROVED,
        failed.pk: State.FAILED,
        unplanned.pk: State.DRAFT,
    }


def test_it_draws_nothing_twice_when_the_night_runs_twice(
    painter: Painter,
    queued: list[int],
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    planned(0)
    planned(1)
    for _ in range(2):
        with django_capture_on_commit_callbacks(execute=True):
            tasks.night()
    for pk in queued:
        tasks.draw_puzzle.apply(args=(pk,), throw=True)
    with django_capture_on_commit_callbacks(execute=True):
        night = tasks.keep_days_drawn()
    assert len(painter.prompts) == 2
    assert (night["queued"], night["drawn"]) == (0, 2)


def test_it_finds_what_lost_its_message(
    queued: list[int], django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    asked = factories.make_draft(None, PROMPT, state=State.WANTED)
    abandoned = factories.make_draft(None, PROMPT, state=State.WANTED)
    held = factories.make_draft(None, PROMPT, state=State.WANTED)
    studio.claim(abandoned.pk, timezone.now() - studio.LEASE - timedelta(seconds=1))
    studio.claim(held.pk)
    with django_capture_on_commit_callbacks(execute=True):
        tasks.keep_days_drawn()
    assert sorted(queued) == [asked.pk, abandoned.pk]


def test_it_tells_editors_of_a_planned_prompt_that_cannot_be_drawn(queued: list[int]) -> None:
    puzzle = factories.make_draft(None, "a zeppelin on the moon", play_on=timezone.localdate())
    night = tasks.keep_days_drawn()
    assert (night["queued"], night["failed"]) == (0, 1)
    puzzle.refresh_from_db()
    assert puzzle.state == State.FAILED
    assert "zeppelin" in puzzle.failure


def test_it_leaves_a_puzzle_to_an_editor_who_was_faster(
    queued: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    puzzle = planned()
    want = review.want

    def want_late(row: Puzzle) -> None:
        Puzzle.objects.filter(pk=row.pk).update(state=State.WANTED)
        want(row)

    monkeypatch.setattr(review, "want", want_late)
    assert tasks.keep_days_drawn()["queued"] == 1
    puzzle.refresh_from_db()
    assert puzzle.state == State.WANTED


def test_it_is_configured_to_survive_its_worker() -> None:
    draw = app.tasks["game.tasks.draw_puzzle"]
    assert draw.acks_late
    assert draw.reject_on_worker_lost
    assert draw.soft_time_limit
    assert draw.time_limit
    assert draw.soft_time_limit < draw.time_limit
    assert app.amqp.router.route({}, draw.name)["queue"].name == "studio"
    # A drawing that takes longer would be handed out a second time.
    visible = django_settings.CELERY_BROKER_TRANSPORT_OPTIONS["visibility_timeout"]
    assert draw.time_limit < visible
    entry = django_settings.CELERY_BEAT_SCHEDULE["night"]
    assert entry["task"] in app.tasks
