"""What beat asks for is done once, however often it is asked for."""

import threading
import time
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.core import mail
from django.db import connection, transaction
from django.utils import timezone
from pytest_django import DjangoCaptureOnCommitCallbacks, Settings

from game.nights import chores, tasks
from tests.painter import raising

pytestmark = pytest.mark.django_db
NOW = timezone.now()


@pytest.fixture
def done() -> list[str]:
    return []


@pytest.fixture
def sweep(done: list[str]) -> Callable[[], None]:
    return lambda: done.append("swept")


@pytest.mark.parametrize("minutes", [0, 1, 179, -1, -179])
def test_it_does_a_chore_once_when_asked_again(
    done: list[str], sweep: Callable[[], None], minutes: int
) -> None:
    assert chores.do_once("sweep", sweep, NOW) is True
    assert chores.do_once("sweep", sweep, NOW + timedelta(minutes=minutes)) is False
    assert done == ["swept"]


@pytest.mark.parametrize("hours", [4, 24, -4])
def test_it_does_a_chore_again_when_the_last_time_is_long_ago_or_yet_to_come(
    done: list[str], sweep: Callable[[], None], hours: int
) -> None:
    chores.do_once("sweep", sweep, NOW)
    assert chores.do_once("sweep", sweep, NOW + timedelta(hours=hours)) is True
    assert len(done) == 2


def test_it_keeps_chores_apart(done: list[str], sweep: Callable[[], None]) -> None:
    assert chores.do_once("sweep", sweep, NOW)
    assert chores.do_once("dust", sweep, NOW)


def test_it_does_a_chore_again_when_it_failed(done: list[str], sweep: Callable[[], None]) -> None:
    with pytest.raises(RuntimeError, match="no broom"):
        chores.do_once("sweep", raising(RuntimeError("no broom")), NOW)
    assert chores.do_once("sweep", sweep, NOW) is True


@pytest.mark.django_db(transaction=True)
def test_it_does_a_chore_again_when_its_messages_could_not_be_sent(
    done: list[str], sweep: Callable[[], None]
) -> None:
    def promise() -> None:
        transaction.on_commit(raising(ConnectionError("no queue")))

    with pytest.raises(ConnectionError):
        chores.do_once("sweep", promise, NOW)
    assert chores.do_once("sweep", sweep, NOW) is True


@pytest.mark.django_db(transaction=True)
def test_it_does_a_chore_once_when_two_begin_together() -> None:
    start, done, answers = threading.Barrier(2), [], []

    def sweep() -> None:
        done.append("swept")
        time.sleep(0.2)

    def ask() -> None:
        start.wait()
        answers.append(chores.do_once("sweep", sweep))
        connection.close()

    threads = [threading.Thread(target=ask) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (done, sorted(answers)) == (["swept"], [False, True])


def test_it_sends_one_report_and_begins_one_night_when_two_beats_ask(
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    settings.REPORT_TO = ["editors@sixpix.example"]
    nights: list[int] = []

    def keep_days_drawn() -> int:
        nights.append(len(nights))
        return 0

    monkeypatch.setattr(tasks, "keep_days_drawn", keep_days_drawn)
    with django_capture_on_commit_callbacks(execute=True):
        for _ in range(2):
            tasks.begin_night()
            tasks.report_morning()
    assert (len(mail.outbox), len(nights)) == (1, 1)
