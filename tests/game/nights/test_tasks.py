from datetime import timedelta
from typing import Any

import pytest
from celery.exceptions import Retry
from django.conf import settings as django_settings
from django.db import OperationalError
from django.utils import timezone
from pytest_django import DjangoCaptureOnCommitCallbacks, Settings

from game.celery import app
from game.drawing import claims, studio, tables
from game.models import Puzzle
from game.nights import night, tasks
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
def batches(monkeypatch: pytest.MonkeyPatch) -> list[list[int]]:
    batches: list[list[int]] = []
    monkeypatch.setattr(tasks.draw_batch, "delay", batches.append)
    return batches


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> dict[int, float]:
    """Puzzles that will be drawn by themselves, after so many seconds."""
    later: dict[int, float] = {}

    def apply_async(args: tuple[int], *, countdown: float) -> None:
        later[args[0]] = countdown

    monkeypatch.setattr(tasks.draw_puzzle, "apply_async", apply_async)
    return later


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
    claims.claim(puzzle.pk)
    with pytest.raises(Retry):
        tasks.draw_puzzle.run(puzzle.pk)
    lease = claims.LEASE.total_seconds()
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
        delays = {night.delay(retry) for _ in range(50)}
        assert least <= min(delays) < max(delays) <= most
    assert night.delay(50) <= night.LONGEST_DELAY


def test_it_enqueues_on_commit_alone(
    queued: list[int], django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        tasks.enqueue(7)
        assert queued == []
    assert queued == [7]


def test_it_has_the_coming_days_drawn_by_the_batch(
    queued: list[int],
    batches: list[list[int]],
    settings: Settings,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    settings.NIGHT_BATCH = 2
    today = planned(0)
    coming = [planned(day) for day in (3, 5, 13)]
    planned(14)
    with django_capture_on_commit_callbacks(execute=True):
        assert tasks.keep_days_drawn() == 4
    # Nobody who wants to play today has to wait for the rest of a batch.
    assert queued == [today.pk, coming[2].pk]
    assert batches == [[coming[0].pk, coming[1].pk]]


def test_it_draws_nothing_twice_when_the_night_runs_twice(
    painter: Painter,
    queued: list[int],
    batches: list[list[int]],
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    for day in (0, 3, 4):
        planned(day)
    for _ in range(2):
        with django_capture_on_commit_callbacks(execute=True):
            tasks.keep_days_drawn()
    for pk in queued:
        tasks.draw_puzzle.apply(args=(pk,), throw=True)
    for batch in batches:
        tasks.draw_batch.apply(args=(batch,), throw=True)
    with django_capture_on_commit_callbacks(execute=True):
        assert tasks.keep_days_drawn() == 0
    assert len(painter.prompts) == 3
    assert (len(queued), len(batches)) == (2, 2)


def test_it_warms_words_that_a_killed_worker_left_cold(
    monkeypatch: pytest.MonkeyPatch, queued: list[int]
) -> None:
    cold = planned(1, state=State.REVIEW)
    warmed: list[int] = []
    monkeypatch.setattr(tasks.warm_puzzle, "delay", warmed.append)
    tasks.keep_days_drawn()
    assert warmed == [cold.pk]
    monkeypatch.setattr(tables, "missing_words", lambda puzzle: [])
    Puzzle.objects.filter(pk=cold.pk).update(forecast={"solvers": 50})
    tasks.keep_days_drawn()
    assert warmed == [cold.pk]


# Batches


def test_it_lets_each_puzzle_of_a_batch_go_on_by_itself(
    painter: Painter, later: dict[int, float]
) -> None:
    drawn, bad = planned(1, state=State.WANTED), planned(2, state=State.WANTED)
    held, unknown = planned(3, state=State.WANTED), planned(4, state=State.WANTED)
    Puzzle.objects.filter(pk=bad.pk).update(prompt="a cat on the moon")
    Puzzle.objects.filter(pk=unknown.pk).update(prompt="a zeppelin on the moon")
    claims.claim(held.pk)
    painter.refused = "a cat on the moon"
    tasks.draw_batch.apply(args=([p.pk for p in (drawn, bad, held, unknown)],), throw=True)
    assert sorted(later) == [bad.pk, held.pk]
    assert 5 <= later[bad.pk] <= 10
    lease = claims.LEASE.total_seconds()
    assert lease - 5 < later[held.pk] < lease + 5
    states = [Puzzle.objects.get(pk=p.pk).state for p in (drawn, bad, held, unknown)]
    assert states == [State.REVIEW, State.WANTED, State.DRAWING, State.FAILED]
    assert painter.warmed == [drawn.pk]


def test_it_draws_a_batch_once_when_delivered_twice(
    painter: Painter, later: dict[int, float]
) -> None:
    batch = [planned(day, state=State.WANTED).pk for day in (1, 2)]
    for _ in range(2):
        tasks.draw_batch.apply(args=(batch,), throw=True)
    assert painter.batches == [2]
    assert later == {}


def test_it_tries_a_batch_again_when_the_database_goes_away(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    retries: list[float] = []

    def retry(*, countdown: float, exc: Exception) -> Retry:
        retries.append(countdown)
        return Retry()

    monkeypatch.setattr(tasks.draw_batch, "retry", retry)
    monkeypatch.setattr(studio, "draw_many", lambda *_: raising(OperationalError("gone"))())
    with pytest.raises(Retry):
        tasks.draw_batch.run([1, 2])
    assert 5 <= retries[0] <= 10


@pytest.mark.parametrize("name", ["draw_puzzle", "draw_batch"])
def test_it_is_configured_to_survive_its_worker(name: str) -> None:
    draw = app.tasks[f"game.tasks.{name}"]
    assert draw.acks_late
    assert draw.reject_on_worker_lost
    assert draw.soft_time_limit
    assert draw.time_limit
    assert draw.soft_time_limit < draw.time_limit
    assert app.amqp.router.route({}, draw.name)["queue"].name == "studio"
    # A drawing that takes longer would be handed out a second time.
    visible = django_settings.CELERY_BROKER_TRANSPORT_OPTIONS["visibility_timeout"]
    assert draw.time_limit < visible


def test_it_has_a_task_for_each_entry_of_the_schedule() -> None:
    entries = django_settings.CELERY_BEAT_SCHEDULE
    assert set(entries) == {"night", "report", "fill_days", "count_figures", "look_after_easel"}
    assert {entry["task"] for entry in entries.values()} <= set(app.tasks)
