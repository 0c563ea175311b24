"""What a fast clock left in the future keeps nobody waiting for it."""

import logging
from datetime import timedelta
from typing import Any

import pytest
from axes.models import AccessAttempt
from django.contrib.auth.models import User
from django.contrib.sessions.models import Session
from django.utils import timezone
from django_celery_beat.models import CrontabSchedule, PeriodicTask
from django_otp.plugins.otp_totp.models import TOTPDevice

from game.drawing import claims
from game.models import Batch, Chore, LooseFile, MoveCode, Play, Puzzle
from game.nights import chores, doctor, stray_times, tasks
from game.playing import figures
from tests import factories
from tests.game.drawing.drawings import wanted

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def make_strays(ahead: timedelta) -> None:
    """One of each kind."""
    at = timezone.now() + ahead
    schedule = CrontabSchedule.objects.create()
    PeriodicTask.objects.create(name="fill_days", task="none", crontab=schedule)
    PeriodicTask.objects.update(last_run_at=at)
    Chore.objects.create(name="night", done_at=at)
    Batch.objects.create(asked=1, ended_at=at)
    player, puzzle = factories.make_player(), factories.make_puzzle(1)
    factories.lose(player, puzzle)
    figures.count(puzzle)
    Play.objects.update(started_at=at, finished_at=at)
    puzzle.figures.__class__.objects.update(counted_at=at)
    player.__class__.objects.update(created_at=at)
    Puzzle.objects.update(created_at=at, drawn_at=at, approved_at=at)
    drawing = wanted(number=2)
    claims.claim(drawing.pk)
    Puzzle.objects.filter(pk=drawing.pk).update(leased_until=at + claims.LEASE)
    MoveCode.objects.create(player=player, digest="d", expires_at=at + timedelta(minutes=10))
    LooseFile.objects.create(name="films/ab/film.webp", since=at, trashed_at=at)
    AccessAttempt.objects.create(username="admin", failures_since_start=5)
    AccessAttempt.objects.update(attempt_time=at)
    TOTPDevice.objects.create(
        user=User.objects.create_user("editor"),
        throttling_failure_timestamp=at,
        throttling_failure_count=1,
    )
    Session.objects.create(session_key="s", session_data="", expire_date=at + 14 * DAY)
    Batch.objects.update(started_at=at)


def test_it_puts_back_every_kind_of_time_and_says_so(caplog: pytest.LogCaptureFixture) -> None:
    make_strays(2 * DAY)
    names = {kind.name for kind in stray_times.KINDS}
    found = stray_times.found()
    assert names - set(found) == {"staticdevice.throttling_failure_timestamp"}
    [told] = doctor.times_ahead()
    with caplog.at_level(logging.WARNING):
        assert stray_times.put_back() == found
    for name in found:
        assert name in told
        assert name in caplog.text
    assert (stray_times.found(), doctor.times_ahead()) == ({}, [])
    assert stray_times.put_back() == {}


def test_it_leaves_times_that_clocks_of_several_hosts_explain() -> None:
    make_strays(timedelta(minutes=4))
    before = snapshot()
    assert stray_times.put_back() == {}
    assert snapshot() == before


def snapshot() -> list[Any]:
    return [
        list(kind.model._default_manager.order_by("pk").values_list("pk", kind.field))
        for kind in stray_times.KINDS
    ]


def test_it_lets_others_draw_what_was_claimed_by_a_fast_clock() -> None:
    puzzle = wanted()
    claims.claim(puzzle.pk, timezone.now() + 2 * DAY)
    assert not claims.waiting().exists()
    stray_times.put_back()
    left = claims.lease_left(puzzle.pk)
    assert left is not None
    assert left <= timedelta(seconds=1)


def test_it_has_a_chore_done_again_that_was_done_for_another_day() -> None:
    now = timezone.now()
    chores.do_once("night", lambda: None, now + timedelta(hours=2))
    assert not chores.do_once("night", lambda: None, now)
    stray_times.put_back()
    assert chores.do_once("night", lambda: None, now)


def test_it_does_so_every_ten_minutes() -> None:
    Chore.objects.create(name="report", done_at=timezone.now() + DAY)
    tasks.count_figures()
    assert stray_times.found() == {}
