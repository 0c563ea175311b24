"""A clock that is fast for a while silences nothing, and what it left in the future is put back."""

import datetime as real
from collections.abc import Iterator
from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.conf import settings
from django.utils import timezone
from django_celery_beat import schedulers, tzcrontab
from django_celery_beat import utils as beat_utils
from django_celery_beat.models import PeriodicTask

from game.celery import app
from game.nights.beat import Scheduler

pytestmark = pytest.mark.django_db(transaction=True)
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)


class Clock:
    """Beat's own: the database's goes right all the while."""

    ahead = timedelta()

    def now(self, zone: real.tzinfo | None = None) -> real.datetime:
        return real.datetime.now(zone) + self.ahead


class Beat(Scheduler):
    """Notes what it would send."""

    sent: list[str]
    producer = None

    def apply_entry(self, entry: schedulers.ModelEntry, producer: object = None) -> None:
        self.sent.append(entry.name)
        self.sync()

    def sent_now(self) -> set[str]:
        self.sent = []
        for _ in range(50):
            self.tick()
        return set(self.sent)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    moved = type("Moved", (real.datetime,), {"now": staticmethod(clock.now)})
    monkeypatch.setattr(
        schedulers, "datetime", SimpleNamespace(datetime=moved, timedelta=timedelta)
    )
    monkeypatch.setattr(tzcrontab, "datetime", moved)
    monkeypatch.setattr(beat_utils, "aware_now", lambda: clock.now(real.UTC))
    monkeypatch.setattr(schedulers, "aware_now", lambda: clock.now(real.UTC))
    monkeypatch.setattr(schedulers, "now", lambda: clock.now(real.UTC))
    monkeypatch.setattr(timezone, "now", lambda: clock.now(real.UTC))
    monkeypatch.setattr(app, "now", lambda: clock.now(real.UTC))
    return clock


@pytest.fixture
def beat(clock: Clock) -> Iterator[Beat]:
    beat = Beat(app=app)
    yield beat
    beat._finalize.cancel()


def until_night() -> timedelta:
    """Beat looks at tasks of near hours alone."""
    now = real.datetime.now(real.UTC)
    night = now.replace(hour=settings.NIGHT_AT.hour, minute=settings.NIGHT_AT.minute)
    return (night + 2 * MINUTE - now) % DAY


def test_it_sends_on_when_the_clock_was_two_days_ahead_for_a_while(
    beat: Beat, clock: Clock
) -> None:
    beat.sent_now()
    clock.ahead = MINUTE
    assert "fill_days" in beat.sent_now()
    clock.ahead = 2 * DAY + until_night()
    assert {"fill_days", "count_figures", "night"} <= beat.sent_now()
    clock.ahead += MINUTE
    assert "fill_days" in beat.sent_now()
    clock.ahead = 3 * MINUTE
    beat.sent_now()
    clock.ahead = 5 * MINUTE
    assert "fill_days" in beat.sent_now()
    clock.ahead = 15 * MINUTE
    assert {"fill_days", "count_figures"} <= beat.sent_now()
    clock.ahead = DAY + until_night()
    assert {"fill_days", "night"} <= beat.sent_now()


def test_it_sends_on_when_it_is_restarted_after_the_clock_was_put_right(
    beat: Beat, clock: Clock
) -> None:
    clock.ahead = 2 * DAY
    beat.sent_now()
    assert PeriodicTask.objects.filter(last_run_at__gt=real.datetime.now(real.UTC) + DAY).exists()
    clock.ahead = timedelta()
    later = Beat(app=app)
    later.sent_now()
    clock.ahead = 2 * MINUTE
    assert "fill_days" in later.sent_now()
    later._finalize.cancel()


def test_it_leaves_times_alone_while_the_clock_goes_right(beat: Beat, clock: Clock) -> None:
    beat.sent_now()
    clock.ahead = MINUTE
    beat.sent_now()
    before = list(PeriodicTask.objects.order_by("pk").values())
    clock.ahead = MINUTE - timedelta(seconds=5)
    assert beat.sent_now() == set()
    assert list(PeriodicTask.objects.order_by("pk").values()) == before
