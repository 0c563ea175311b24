"""The admin's login, and what wrong passwords lead to."""

from datetime import timedelta
from typing import Any

import pytest
from axes.models import AccessAttempt
from django.contrib.auth.models import User
from django.core.management import call_command
from django.test import Client, RequestFactory
from django.urls import reverse
from django.utils import timezone
from pytest_django.fixtures import Settings

from game import door
from tests.game.policy import inline_code

pytestmark = pytest.mark.django_db
LOGIN = reverse("admin:login")
PASSWORD = "correct horse battery"
HERE, THERE = "192.0.2.1", "192.0.2.2"


@pytest.fixture(autouse=True)
def staff() -> User:
    return User.objects.create_user("ada", password=PASSWORD, is_staff=True)


def log_in(client: Client, password: str, address: str = HERE, **fields: str) -> Any:
    posted = {"username": "ada", "password": password} | fields
    return client.post(LOGIN, posted, REMOTE_ADDR=address)


def lock_out(client: Client, limit: int) -> Any:
    for _each in range(limit - 1):
        assert log_in(client, "wrong").status_code == 200
    return log_in(client, "wrong")


def test_it_logs_in_with_the_right_password(client: Client) -> None:
    assert log_in(client, PASSWORD).status_code == 302


def test_it_locks_a_name_out_after_too_many_wrong_passwords(
    client: Client, settings: Settings
) -> None:
    response = lock_out(client, settings.AXES_FAILURE_LIMIT)
    page = response.content.decode()
    assert response.status_code == 429
    assert response["Retry-After"] == "900"
    assert "for 15 minutes" in page
    assert inline_code(page) == []
    # Also for the right one, and it looks no different.
    assert log_in(client, PASSWORD).status_code == 429
    assert "_auth_user_id" not in client.session


def test_it_leaves_others_alone_who_are_locked_out_elsewhere(
    client: Client, settings: Settings
) -> None:
    User.objects.create_user("eve", password=PASSWORD, is_staff=True)
    lock_out(client, settings.AXES_FAILURE_LIMIT)
    assert log_in(client, PASSWORD, username="eve").status_code == 302
    assert log_in(Client(), PASSWORD, address=THERE).status_code == 302


def test_it_forgets_wrong_passwords_after_a_right_one(client: Client, settings: Settings) -> None:
    for _each in range(2):
        for _wrong in range(settings.AXES_FAILURE_LIMIT - 1):
            log_in(client, "wrong")
        assert log_in(client, PASSWORD).status_code == 302


def test_it_opens_again_after_the_wait(
    client: Client, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    lock_out(client, settings.AXES_FAILURE_LIMIT)
    now = timezone.now()
    later = [settings.AXES_COOLOFF_TIME - timedelta(minutes=1), settings.AXES_COOLOFF_TIME]
    for wait, status in zip(later, (429, 302), strict=True):
        # Trying in between makes the wait no longer.
        AccessAttempt.objects.update(attempt_time=now - wait)
        assert log_in(client, PASSWORD).status_code == status


def test_it_opens_again_by_hand(
    client: Client, settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    lock_out(client, settings.AXES_FAILURE_LIMIT)
    call_command("axes_reset_username", "ada")
    assert log_in(client, PASSWORD).status_code == 302
    lock_out(client, settings.AXES_FAILURE_LIMIT)
    call_command("axes_reset")
    assert log_in(client, PASSWORD).status_code == 302


def test_it_stores_no_password_and_no_visits(client: Client, settings: Settings) -> None:
    lock_out(client, settings.AXES_FAILURE_LIMIT)
    assert "wrong" not in AccessAttempt.objects.get().post_data
    call_command("axes_reset")
    log_in(client, PASSWORD)
    assert not AccessAttempt.objects.exists()


def test_it_is_guarded_against_forged_posts() -> None:
    assert log_in(Client(enforce_csrf_checks=True), PASSWORD).status_code == 403


@pytest.mark.parametrize(
    ("is_behind", "remote", "forwarded", "expected"),
    [
        (False, HERE, THERE, HERE),
        (True, "10.0.0.1", HERE, HERE),
        # A client may write what it likes in front of what the proxy adds.
        (True, "10.0.0.1", f"203.0.113.9, {HERE}", HERE),
        (True, "10.0.0.1", "2001:DB8::1", "2001:db8::1"),
        (True, HERE, None, HERE),
        (True, HERE, "nonsense", None),
        (False, "", None, None),
    ],
)
def test_it_takes_addresses_from_whom_it_can_believe(
    settings: Settings, is_behind: bool, remote: str, forwarded: str | None, expected: str | None
) -> None:
    settings.BEHIND_PROXY = is_behind
    headers = {"X-Forwarded-For": forwarded} if forwarded else {}
    request = RequestFactory().get(LOGIN, headers=headers, REMOTE_ADDR=remote)
    assert door.client_address(request) == expected


def test_it_locks_out_by_the_address_that_the_proxy_names(
    client: Client, settings: Settings
) -> None:
    settings.BEHIND_PROXY = True
    for number in range(settings.AXES_FAILURE_LIMIT):
        forwarded = {"X-Forwarded-For": f"203.0.113.{number}, {HERE}"}
        posted = {"username": "ada", "password": "wrong"}
        response = client.post(LOGIN, posted, headers=forwarded, REMOTE_ADDR="10.0.0.1")
    assert response.status_code == 429
