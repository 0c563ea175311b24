from datetime import timedelta

import pytest
from django.contrib.auth.models import Permission, User
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from game.models import Batch, Puzzle, StandIn
from tests import factories
from tests.game.editing import coming, looker

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
    assert '<td class="field-seconds">77</td>' in page
    assert '<td class="field-seconds">did not end</td>' in page
    assert client.get(reverse("admin:game_standin_changelist")).status_code == 200


def test_it_shows_nights_to_nobody_without_the_permission(client: Client, looker: User) -> None:
    assert client.get(reverse(NIGHTS)).status_code == 403


def test_it_lets_nobody_rewrite_history(client: Client, operator: User) -> None:
    batch = Batch.objects.create(asked=4)
    for name, args in (("add", []), ("change", [batch.pk]), ("delete", [batch.pk])):
        assert client.post(reverse(f"admin:game_batch_{name}", args=args)).status_code == 403
