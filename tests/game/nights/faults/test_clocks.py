"""What the night survives of clocks: hosts that don't agree what time it is, and summer time."""

import os
import time as clock
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from game.nights import tasks
from game.settings import every_day
from tests import factories
from tests.game.nights.faults.nights import NOISE, MakeNight, assert_drawn_once, make_night
from tests.game.nights.workers import StartWorker, queue, start_worker, worker_env

__all__ = ["make_night", "queue", "start_worker", "worker_env"]
pytestmark = [pytest.mark.django_db, pytest.mark.long]
HOUR = 3600
# In UTC, in Vienna: from 2 to 3 o'clock, and from 3 to 2.
CHANGES = (datetime(2027, 3, 28, 1, tzinfo=UTC), datetime(2026, 10, 25, 1, tzinfo=UTC))


@pytest.mark.django_db(transaction=True)
def test_it_draws_once_when_clocks_are_moved_while_drawing(
    make_night: MakeNight, start_worker: StartWorker
) -> None:
    night = make_night()
    for _ in range(2):
        tasks.keep_days_drawn()
    start_worker(NOISE, NOISE_CLOCK_JUMP=str(HOUR), TZ="Europe/Vienna")
    start_worker(NOISE, NOISE_CLOCK_JUMP=str(-HOUR), TZ="America/New_York")
    assert_drawn_once(night)


@pytest.fixture
def vienna(monkeypatch: pytest.MonkeyPatch, settings: Settings) -> Iterator[None]:
    """The time zone of the host and of the site."""
    monkeypatch.setitem(os.environ, "TZ", "Europe/Vienna")
    clock.tzset()
    settings.TIME_ZONE = "Europe/Vienna"
    yield
    monkeypatch.undo()
    clock.tzset()


@pytest.mark.parametrize("change", CHANGES, ids=["forward", "back"])
def test_it_has_one_night_a_day_when_the_clocks_change(
    vienna: None, change: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    # An hour that, by the clocks of Vienna, there is twice or not at all.
    schedule = every_day(time(1, 30))
    last = moment = change - timedelta(days=2)
    monkeypatch.setattr(schedule, "nowfun", lambda: moment)
    begun = []
    while moment < change + timedelta(days=2):
        if schedule.is_due(last).is_due:
            last = moment
            begun.append(moment)
        moment += timedelta(minutes=10)
    nights = [change + timedelta(days=day, minutes=30) for day in (-2, -1, 0, 1)]
    assert begun == nights


@pytest.mark.parametrize("change", CHANGES, ids=["forward", "back"])
def test_it_has_a_page_at_every_moment_when_the_clocks_change(
    vienna: None, change: datetime, monkeypatch: pytest.MonkeyPatch, settings: Settings
) -> None:
    settings.FIRST_DAY = date(2026, 10, 1)
    for day in (-2, -1, 0, 1):
        factories.make_puzzle(None, play_on=change.date() + timedelta(days=day))
    client = Client()
    # Both days before and after midnight, and the hours in which it happens.
    for minutes in (-1561, -121, -119, -61, -60, -1, 0, 1, 59, 60, 61, 1260, 1319):
        monkeypatch.setattr(timezone, "now", lambda m=minutes: change + timedelta(minutes=m))
        assert client.get("/").status_code == 200
