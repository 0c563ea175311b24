"""The admin's login, and what wrong passwords lead to."""

import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from axes.models import AccessAttempt
from django.contrib.auth.models import User
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django.fixtures import Settings

from tests.game.pages.policy import inline_code

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


@pytest.mark.parametrize(
    "wanted", ["https://elsewhere.example/", "//elsewhere.example", "javascript:"]
)
def test_it_goes_to_the_studio_when_it_may_not_go_where_it_was_told(
    client: Client, wanted: str
) -> None:
    response = log_in(client, PASSWORD, next=wanted)
    assert (response.status_code, response["Location"]) == (302, reverse("admin:index"))


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


def test_it_locks_out_by_the_address_that_the_proxy_names(
    client: Client, settings: Settings
) -> None:
    settings.TRUSTED_PROXIES = 1
    for number in range(settings.AXES_FAILURE_LIMIT):
        forwarded = {"X-Forwarded-For": f"203.0.113.{number}, {HERE}"}
        posted = {"username": "ada", "password": "wrong"}
        response = client.post(LOGIN, posted, headers=forwarded, REMOTE_ADDR="10.0.0.1")
    assert response.status_code == 429


def test_it_counts_the_addresses_of_one_network_together(
    client: Client, settings: Settings
) -> None:
    for number in range(settings.AXES_FAILURE_LIMIT):
        response = log_in(client, "wrong", address=f"2001:db8:0:1::{number}")
    assert response.status_code == 429
    assert log_in(client, PASSWORD, address="2001:db8:0:1:ffff::9").status_code == 429
    assert log_in(Client(), PASSWORD, address="2001:db8:0:2::1").status_code == 302


def test_it_locks_an_address_out_that_tries_many_names(client: Client, settings: Settings) -> None:
    for number in range(settings.MOST_WRONG_PASSWORDS):
        assert log_in(client, "wrong", username=f"ada{number}").status_code == 200
    response = log_in(client, PASSWORD)
    assert response.status_code == 429
    assert response["Retry-After"] == "900"
    assert "Nobody can log in from here" in response.content.decode()
    assert log_in(Client(), PASSWORD, address=THERE).status_code == 302
    AccessAttempt.objects.update(attempt_time=timezone.now() - settings.AXES_COOLOFF_TIME)
    assert log_in(client, PASSWORD).status_code == 302


@pytest.mark.django_db(transaction=True)
def test_it_hashes_few_passwords_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    hashing: list[int] = []
    most: list[int] = []

    def hash_slowly(*_arguments: object, **_more: object) -> bool:
        hashing.append(1)
        most.append(len(hashing))
        time.sleep(0.5)
        hashing.pop()
        return False

    monkeypatch.setattr(User, "check_password", hash_slowly)

    def knock(number: int) -> Any:
        response = log_in(Client(), "wrong", address=f"192.0.2.{number}")
        connection.close()
        return response

    with ThreadPoolExecutor(12) as pool:
        responses = list(pool.map(knock, range(12)))
    statuses = Counter(response.status_code for response in responses)
    assert max(most) == 1
    assert set(statuses) == {200, 503}
    refused = next(response for response in responses if response.status_code == 503)
    assert refused["Retry-After"] == "3"
    assert "Try again in a few seconds" in refused.content.decode()
    # And whoever comes later is served.
    assert knock(99).status_code == 200
