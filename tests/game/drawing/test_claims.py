"""One worker at a time draws a puzzle, and only what is still wanted."""

import itertools
import threading
from datetime import timedelta
from typing import Any

import pytest
from django.db import InterfaceError, OperationalError, connection
from django.db.models import QuerySet
from django.utils import timezone

from game.drawing import candidates, claims, studio
from game.models import Candidate, Puzzle
from tests.game.drawing.drawings import State, stored_files, wanted
from tests.painter import Painter, painter, raising

__all__ = ["painter"]
pytestmark = pytest.mark.django_db


def test_it_leaves_a_puzzle_to_whoever_claimed_it_first(painter: Painter) -> None:
    puzzle = wanted()
    results: list[bool] = []
    painter.while_drawing = lambda: results.append(studio.draw(puzzle.pk))
    assert studio.draw(puzzle.pk) is True
    assert results == [False]
    assert len(painter.prompts) == 1


@pytest.mark.django_db(transaction=True)
def test_it_is_claimed_by_one_of_many_workers() -> None:
    puzzle = wanted()
    start = threading.Barrier(6)
    taken: list[Puzzle | None] = []

    def claim() -> None:
        start.wait()
        taken.append(claims.claim(puzzle.pk))
        connection.close()

    threads = [threading.Thread(target=claim) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(taken) == 6
    assert sum(claim is not None for claim in taken) == 1
    puzzle.refresh_from_db()
    assert puzzle.attempts == 1


def test_it_takes_over_when_a_lease_has_run_out() -> None:
    puzzle = wanted()
    now = timezone.now()
    dead = claims.claim(puzzle.pk, now)
    assert dead
    assert claims.claim(puzzle.pk, now + claims.LEASE) is None
    later = now + claims.LEASE + timedelta(seconds=1)
    heir = claims.claim(puzzle.pk, later)
    assert heir
    assert heir.claim != dead.claim
    assert heir.attempts == 2
    assert heir.leased_until == later + claims.LEASE


def test_it_gives_up_on_a_prompt_that_kills_its_workers() -> None:
    puzzle = wanted()
    now = timezone.now()
    for _ in range(claims.MOST_CLAIMS):
        assert claims.claim(puzzle.pk, now)
        now += claims.LEASE + timedelta(seconds=1)
    assert claims.claim(puzzle.pk, now) is None
    puzzle.refresh_from_db()
    assert puzzle.state == State.FAILED
    assert puzzle.failure


def test_it_extends_the_lease_with_its_progress(monkeypatch: pytest.MonkeyPatch) -> None:
    puzzle = wanted()
    long_ago = timezone.now() - claims.LEASE + timedelta(seconds=5)
    claimed = claims.claim(puzzle.pk, long_ago)
    assert claimed
    clock = 100.0
    monkeypatch.setattr(claims, "monotonic", lambda: clock)
    told: list[tuple[float, str]] = []
    heartbeat = claims.Heartbeat(claims.held(claimed), lambda *report: told.append(report))
    heartbeat(0.25, "painting")
    puzzle.refresh_from_db()
    assert puzzle.progress == 25
    left = claims.lease_left(puzzle.pk)
    assert left
    assert left > claims.LEASE - timedelta(seconds=5)
    clock += 0.1
    heartbeat(0.5, "painting")
    puzzle.refresh_from_db()
    assert puzzle.progress == 25, "written more often than every second"
    clock += claims.REPORT_EVERY
    heartbeat(1.0, "done")
    puzzle.refresh_from_db()
    assert puzzle.progress == 99, "100 is for stored pictures"
    assert told == [(0.25, "painting"), (0.5, "painting"), (1.0, "done")]


def test_it_stores_nothing_when_another_worker_took_over(painter: Painter) -> None:
    puzzle = wanted()
    later = timezone.now() + claims.LEASE + timedelta(minutes=1)
    painter.while_drawing = lambda: claims.claim(puzzle.pk, later)
    assert studio.draw(puzzle.pk) is False
    puzzle.refresh_from_db()
    assert puzzle.state == State.DRAWING
    assert puzzle.attempts == 2
    assert stored_files() == []


@pytest.mark.parametrize("meddle", [{"prompt": "a blue cat"}, {"claim": None, "state": "draft"}])
def test_it_stores_nothing_when_the_puzzle_changed_meanwhile(
    painter: Painter, meddle: dict[str, Any]
) -> None:
    puzzle = wanted()
    store_files = Candidate.file.field.storage.save

    def save(*args: Any, **kwargs: Any) -> str:
        Puzzle.objects.filter(pk=puzzle.pk).update(**meddle)
        return str(store_files(*args, **kwargs))

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Candidate.file.field.storage, "save", save)
        assert studio.draw(puzzle.pk) is False
    assert stored_files() == []
    assert Candidate.objects.count() == 0


@pytest.mark.django_db(transaction=True)
def test_it_stores_a_drawing_when_the_database_is_back_in_time(
    painter: Painter, monkeypatch: pytest.MonkeyPatch
) -> None:
    puzzle = wanted()
    errors = [OperationalError("gone away"), InterfaceError("connection already closed")]
    store_rows = candidates._store_rows
    naps: list[float] = []

    def fail_first(*args: Any) -> None:
        if errors:
            raise errors.pop()
        store_rows(*args)

    monkeypatch.setattr(candidates, "_store_rows", fail_first)
    monkeypatch.setattr(claims, "sleep", naps.append)
    assert studio.draw(puzzle.pk) is True
    assert naps == [claims.PAUSE] * 2
    assert len(painter.prompts) == 1
    assert len(stored_files()) == 9


@pytest.mark.django_db(transaction=True)
def test_it_gives_up_when_the_database_stays_away(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = itertools.count()
    monkeypatch.setattr(claims, "monotonic", lambda: float(next(clock)))
    monkeypatch.setattr(claims, "sleep", lambda seconds: None)
    with pytest.raises(OperationalError, match="gone away"):
        claims.outlast_outage(raising(OperationalError("gone away")))
    assert next(clock) > claims.PATIENCE


@pytest.mark.django_db(transaction=True)
def test_it_keeps_a_claim_when_the_connection_breaks_before_it_hears_of_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    puzzle = wanted()
    find, errors = QuerySet.first, [OperationalError("gone away")]

    def fail_first(queryset: "QuerySet[Puzzle]") -> Puzzle | None:
        if errors:
            raise errors.pop()
        return find(queryset)

    monkeypatch.setattr(QuerySet, "first", fail_first)
    monkeypatch.setattr(claims, "sleep", lambda seconds: None)
    claimed = claims.claim(puzzle.pk)
    assert claimed
    assert claimed.attempts == 1
    assert claims.held(claimed).exists()


def test_it_stops_when_the_puzzle_is_deleted(painter: Painter) -> None:
    puzzle = wanted()
    painter.while_drawing = puzzle.delete
    assert studio.draw(puzzle.pk) is False
    assert stored_files() == []
