"""What editors are told in the morning."""

import socket
from datetime import timedelta
from smtplib import SMTPServerDisconnected
from typing import Any

import pytest
from django.core import mail
from django.utils import timezone
from django.utils.formats import date_format
from pytest_django import Settings

from game.models import Chore, Puzzle, StandIn
from game.nights import report, servers, tasks
from tests import factories
from tests.painter import raising

pytestmark = pytest.mark.django_db
State = Puzzle.State
PROMPT = "a quokka juggling zeppelins"


def day(offset: int) -> Any:
    return timezone.localdate() + timedelta(days=offset)


def shown(offset: int) -> str:
    return date_format(day(offset), "D j M")


@pytest.fixture
def days(settings: Settings) -> list[Puzzle]:
    """Today and tomorrow ready, then one failed, one in review, and nothing more."""
    settings.REPORT_TO = ["editors@sixpix.example", "chief@sixpix.example"]
    settings.SITE_URL = "https://sixpix.example"
    settings.DEFAULT_FROM_EMAIL = "sixpix@sixpix.example"
    return [
        factories.make_puzzle(None, PROMPT, play_on=day(0)),
        factories.make_puzzle(
            None, PROMPT, play_on=day(1), drawn_at=timezone.now() - timedelta(days=3)
        ),
        factories.make_draft(
            None, PROMPT, play_on=day(2), state=State.FAILED, failure="no paint left"
        ),
        factories.make_puzzle(None, PROMPT, play_on=day(3), state=State.REVIEW, chosen=0),
    ]


def test_it_says_what_was_drawn_and_what_is_missing(days: list[Puzzle]) -> None:
    evergreen = factories.make_puzzle(None, drawn_at=timezone.now() - timedelta(days=30))
    built = report.build()
    assert built.drawn == [days[0], days[3]]
    assert built.failed == [days[2]]
    assert built.unready == [days[3]]
    assert built.gaps == [day(offset) for offset in range(4, 14)]
    assert (built.reserve, built.runs_out_on) == (1, day(3))
    StandIn.objects.create(day=day(0), puzzle=evergreen)
    StandIn.objects.create(day=day(-5), puzzle=evergreen)
    assert [each.day for each in report.build().stand_ins] == [day(0)]


def test_it_sends_the_editors_a_mail(days: list[Puzzle]) -> None:
    StandIn.objects.create(day=day(0), puzzle=days[0], displaced=days[2])
    assert report.send() is True
    [message] = mail.outbox
    assert message.to == ["editors@sixpix.example", "chief@sixpix.example"]
    assert message.subject == "Sixpix: 2 drawn, 1 failed, 10 empty days, 0 in reserve"
    body = str(message.body)
    assert f"- {shown(2)}: no paint left\n" in body
    assert f"- {shown(3)}: in review\n" in body
    assert f"- {shown(13)}\n" in body
    assert f"- {shown(0)}, because" in body
    assert f"the first day without one is {date_format(day(2), 'l j F Y')}." in body
    assert "https://sixpix.example/admin/" in body
    assert "\n\n\n" not in body


def test_it_keeps_prompts_out_of_the_mail(days: list[Puzzle]) -> None:
    report.send()
    assert "quokka" not in mail.outbox[0].subject + str(mail.outbox[0].body)


def test_it_leaves_out_what_there_is_nothing_of(settings: Settings) -> None:
    settings.REPORT_TO = ["editors@sixpix.example"]
    for offset in range(14):
        factories.make_puzzle(None, play_on=day(offset), drawn_at=None)
    report.send()
    body = str(mail.outbox[0].body)
    assert "Drawn since yesterday: 0. In reserve: 0 puzzles." in body
    assert "- " not in body


def test_it_writes_to_nobody_when_nobody_is_named(settings: Settings) -> None:
    settings.REPORT_TO = []
    assert report.send() is False
    assert mail.outbox == []


def test_it_sends_the_report_every_morning(days: list[Puzzle]) -> None:
    tasks.report_morning.apply(throw=True)
    assert len(mail.outbox) == 1


def test_it_sends_the_report_later_when_the_mail_server_is_away(
    days: list[Puzzle], monkeypatch: pytest.MonkeyPatch
) -> None:
    answers = iter([SMTPServerDisconnected("gone"), None])
    send = report.send

    def send_later() -> bool:
        error = next(answers)
        return raising(error)() if error else send()

    monkeypatch.setattr(report, "send", send_later)
    tasks.report_morning.apply()
    assert len(mail.outbox) == 1


@pytest.mark.parametrize(
    ("hours", "is_told"),
    [(None, True), (27, True), (25, False), (0, False), ("never begun", False)],
)
def test_it_tells_doctor_when_it_did_not_leave(
    settings: Settings, hours: float | str | None, is_told: bool
) -> None:
    if not isinstance(hours, str):
        done_at = None if hours is None else timezone.now() - timedelta(hours=hours)
        Chore.objects.create(name="report", done_at=done_at)
    settings.REPORT_TO = ["editors@sixpix.example"]
    assert ("did not leave" in " ".join(report.undelivered())) is is_told
    settings.REPORT_TO = []
    assert report.undelivered() == []


def test_it_tells_doctor_when_the_mail_server_is_away(settings: Settings) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    with socket.socket() as closed:
        # Bound, and not listening.
        closed.bind(("127.0.0.1", 0))
        settings.EMAIL_HOST, settings.EMAIL_PORT = closed.getsockname()
        settings.REPORT_TO = ["editors@sixpix.example"]
        [said] = servers.unreachable_mail()
        assert f"The mail server 127.0.0.1:{settings.EMAIL_PORT} can't be used" in said
        assert "Connection refused" in said
        settings.REPORT_TO = []
        assert servers.unreachable_mail() == []
