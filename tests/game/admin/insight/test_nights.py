from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.auth.models import Permission, User
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django.fixtures import Settings

from game.admin.insight.nights import duration
from game.models import Batch, Puzzle, StandIn
from game.nights import report
from tests import factories
from tests.game.admin.editing import coming, looker

__all__ = ["looker"]
pytestmark = pytest.mark.django_db
NIGHTS = "admin:game_batch_changelist"


@pytest.fixture
def operator(looker: User) -> User:
    looker.user_permissions.add(*Permission.objects.filter(codename__startswith="view_"))
    return looker


def test_it_shows_the_morning_report_over_the_batches(client: Client, operator: User) -> None:
    failed = factories.make_draft(
        None, play_on=coming(2), state=Puzzle.State.FAILED, failure="no paint left"
    )
    batch = Batch.objects.create(asked=4, drawn=3, failures={str(failed.pk): "no paint left"})
    Batch.objects.filter(pk=batch.pk).update(ended_at=batch.started_at + timedelta(seconds=77))
    Batch.objects.create(asked=2)
    StandIn.objects.create(day=timezone.localdate(), puzzle=factories.make_puzzle(1))
    page = client.get(reverse(NIGHTS)).content.decode()
    assert "no paint left" in page
    assert reverse("admin:game_puzzle_change", args=[failed.pk]) in page
    assert "The reserve stepped in on" in page
    assert '<td class="field-took">1 min 17 s</td>' in page
    assert '<td class="field-each">26 s</td>' in page
    assert '<td class="field-took">not done yet</td>' in page
    assert client.get(reverse("admin:game_standin_changelist")).status_code == 200


def test_it_tells_a_batch_that_was_killed_from_one_at_work(client: Client, operator: User) -> None:
    batch = Batch.objects.create(asked=4)
    Batch.objects.update(started_at=batch.started_at - timedelta(hours=1))
    assert "did not end" in client.get(reverse(NIGHTS)).content.decode()


def test_it_shows_why_a_batch_failed_on_its_page(client: Client, operator: User) -> None:
    failed = factories.make_draft(None, "a cat on a boat")
    batch = Batch.objects.create(asked=2, failures={str(failed.pk): "no paint <left>", "0": "gone"})
    page = client.get(reverse("admin:game_batch_change", args=[batch.pk])).content.decode()
    assert f'{reverse("admin:game_puzzle_change", args=[failed.pk])}">a cat on a boat</a>' in page
    assert "no paint &lt;left&gt;" in page
    # What was drawn for a puzzle that is no more leads nowhere.
    assert "A puzzle that was deleted since<br>gone" in page
    assert reverse("admin:game_puzzle_change", args=[0]) not in page


def test_it_says_so_when_all_is_well(client: Client, operator: User) -> None:
    start = timezone.localdate()
    for offset in range(report.DAYS):
        factories.make_puzzle(None, candidates=0, play_on=start + timedelta(days=offset))
    assert "All is well." in client.get(reverse(NIGHTS)).content.decode()


@pytest.mark.parametrize(
    ("seconds", "shown"), [(0.4, "0 s"), (59.4, "59 s"), (59.6, "1 min 0 s"), (3671, "61 min 11 s")]
)
def test_it_shows_durations_in_minutes_and_seconds(seconds: float, shown: str) -> None:
    assert duration(timedelta(seconds=seconds)) == shown


def test_it_writes_the_time_zone_beside_a_moment(
    client: Client, operator: User, settings: Settings
) -> None:
    settings.TIME_ZONE = "Europe/Vienna"
    batch = Batch.objects.create(asked=1)
    Batch.objects.update(started_at=datetime(2026, 7, 1, 22, 30, tzinfo=UTC))
    page = client.get(reverse("admin:game_batch_change", args=[batch.pk])).content.decode()
    assert "2 Jul 2026, 00:30 CEST" in page


def test_it_shows_nights_to_nobody_without_the_permission(client: Client, looker: User) -> None:
    assert client.get(reverse(NIGHTS)).status_code == 403


def test_it_lets_nobody_rewrite_history(client: Client, operator: User) -> None:
    batch = Batch.objects.create(asked=4)
    for name, args in (("add", []), ("change", [batch.pk]), ("delete", [batch.pk])):
        assert client.post(reverse(f"admin:game_batch_{name}", args=args)).status_code == 403
