"""Each thing that can be wrong with a site is told, and nothing is when nothing is wrong."""

import json
import os
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.management import call_command
from django.db import OperationalError, connection
from django.utils import timezone
from django_celery_beat.models import CrontabSchedule, PeriodicTask
from pytest_django import Settings

from game.celery import app
from game.drawing import claims
from game.editing import starters
from game.files import pairing
from game.models import Chore, LooseFile, Puzzle
from game.nights import doctor, servers, stock
from tests import factories
from tests.game.drawing.drawings import wanted

pytestmark = pytest.mark.django_db
OLD = timezone.now() - timedelta(days=2)


def told(check: Callable[[], list[str]]) -> str:
    return "\n".join(check())


@pytest.fixture
def answers(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """What the workers answer when they are asked for their queues."""
    answers: dict[str, Any] = {}
    inspect = type("Inspect", (), {"active_queues": lambda self: answers or None})
    monkeypatch.setattr(app.control, "inspect", lambda timeout: inspect())
    return answers


def pulse(minutes_ago: float | None) -> None:
    at = None if minutes_ago is None else timezone.now() - timedelta(minutes=minutes_ago)
    task = PeriodicTask.objects.create(
        name="fill_days", task="game.tasks.fill_days", crontab=CrontabSchedule.objects.create()
    )
    PeriodicTask.objects.filter(pk=task.pk).update(last_run_at=at)


def test_it_names_queues_that_no_worker_serves(answers: dict[str, Any]) -> None:
    assert re.findall("“(.*)”", told(doctor.missing_workers)) == ["studio", "default"]
    answers["one@host"] = [{"name": "default"}]
    assert re.findall("“(.*)”", told(doctor.missing_workers)) == ["studio"]
    answers["other@host"] = [{"name": "studio"}]
    assert told(doctor.missing_workers) == ""


def test_it_says_so_when_beat_has_never_run() -> None:
    assert "never" in told(doctor.missing_beat)
    pulse(None)
    assert "never" in told(doctor.missing_beat)


@pytest.mark.parametrize(("minutes", "words"), [(0, ""), (4, ""), (42, "42 minutes")])
def test_it_says_so_when_beat_has_stopped(minutes: float, words: str) -> None:
    pulse(minutes)
    said = told(doctor.missing_beat)
    assert words in said
    assert bool(said) == bool(words)


def chore(name: str, hours_ago: float) -> None:
    done_at = timezone.now() - timedelta(hours=hours_ago)
    Chore.objects.create(name=name, done_at=done_at)


@pytest.mark.parametrize(("hours", "words"), [(0, ""), (25, ""), (27.5, "27 hours ago")])
def test_it_says_so_when_the_last_night_is_long_ago(hours: float, words: str) -> None:
    chore("night", hours)
    assert (words in told(doctor.missing_night)) if words else not doctor.missing_night()


@pytest.mark.parametrize("has_failed", [False, True])
def test_it_says_so_when_there_was_no_night_though_beat_is_there(has_failed: bool) -> None:
    pulse(0)
    if has_failed:
        Chore.objects.create(name="night", done_at=None)
    puzzle = factories.make_draft()
    assert doctor.missing_night() == [], "the site is too young for one"
    old = timezone.now() - timedelta(hours=27)
    Puzzle.objects.filter(pk=puzzle.pk).update(created_at=old)
    assert "No night was ever finished, though beat is there" in told(doctor.missing_night)
    PeriodicTask.objects.update(last_run_at=None)
    assert doctor.missing_night() == [], "beat itself is what is missing"


def test_it_tells_when_the_last_night_and_report_were(settings: Settings) -> None:
    settings.TIME_ZONE = "Asia/Tokyo"
    told = doctor.describe(doctor.last_done())
    assert told == ["The last night: never", "The last report: never"]
    night = datetime(2026, 11, 21, 18, 10, tzinfo=UTC)
    Chore.objects.create(name="night", done_at=night)
    Chore.objects.create(name="report", done_at=night + timedelta(hours=3))
    assert doctor.describe(doctor.last_done()) == [
        "The last night: 22 Nov 2026, 03:10 JST",
        "The last report: 22 Nov 2026, 06:10 JST",
    ]


def test_it_names_puzzles_that_a_dead_worker_left() -> None:
    puzzle = wanted()
    claims.claim(puzzle.pk)
    assert told(doctor.stale_leases) == ""
    Puzzle.objects.update(leased_until=timezone.now() - claims.LEASE - timedelta(seconds=1))
    assert f"draw {puzzle.pk}" in told(doctor.stale_leases)


def test_it_names_puzzles_whose_files_are_gone() -> None:
    puzzle = factories.make_puzzle(1)
    factories.make_puzzle(2)
    assert told(stock.missing_files) == ""
    for candidate in puzzle.candidates.filter(rank__in=[2, 5]):
        candidate.file.storage.delete(str(candidate.file.name))
    assert stock.missing_files() == [
        f"The files of 2 pictures of puzzle {puzzle.pk} are gone, or belong to another account. "
        "Restore them or give them to this one, or draw it again."
    ]


def test_it_names_puzzles_whose_files_belong_to_another_account(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    puzzle = factories.make_puzzle(1)
    closed = puzzle.candidates.get(rank=2).file.path
    monkeypatch.setattr("os.access", lambda path, _mode: str(path) != closed)
    [said] = stock.missing_files()
    assert f"files of 1 pictures of puzzle {puzzle.pk}" in said


def test_it_counts_files_that_this_database_never_named() -> None:
    factories.make_puzzle(1)
    name = default_storage.save("candidates/ab/abandoned.webp", ContentFile(b"RIFF"))
    assert told(stock.unnamed_files) == "", "it may be a drawing that is being stored right now"
    long_ago = (timezone.now() - timedelta(days=2)).timestamp()
    path = Path(default_storage.path(name))
    os.utime(path, (long_ago, long_ago))
    assert "1 picture file was never named" in told(stock.unnamed_files)


def test_it_counts_what_waits_to_be_swept_when_it_is_more_than_nights_move() -> None:
    LooseFile.objects.bulk_create(
        LooseFile(name=default_storage.save(f"films/ab/{n}.webp", ContentFile(b"")), since=OLD)
        for n in range(51)
    )
    assert "51 picture files wait" in told(stock.crowded_sweep)
    LooseFile.objects.filter(name="films/ab/7.webp").delete()
    assert told(stock.crowded_sweep) == "", "a few drawings of a small site"


def test_it_says_so_when_the_folder_belongs_to_another_database() -> None:
    factories.make_puzzle(1)
    assert told(stock.strange_folder) == ""
    default_storage.save(pairing.KEY_FILE, ContentFile(b"somebody else's"))
    assert "don't belong together" in told(stock.strange_folder)
    assert told(stock.unnamed_files) == ""


def test_it_misses_a_reserve() -> None:
    assert "empty" in told(doctor.empty_reserve)
    factories.make_puzzle(None)
    assert told(doctor.empty_reserve) == ""


def test_it_names_a_near_day_that_will_be_empty() -> None:
    today = timezone.localdate()
    for days in (0, 1):
        factories.make_puzzle(None, play_on=today + timedelta(days=days))
    assert (today + timedelta(days=2)).isoformat() in told(doctor.empty_days)
    factories.make_puzzle(None)
    assert told(doctor.empty_days) == ""


def test_it_does_not_miss_what_is_drawn_and_approved_by_itself() -> None:
    today = timezone.localdate()
    days = [today + timedelta(days=n) for n in range(3)]
    puzzles = [factories.make_draft(None, play_on=day) for n, day in enumerate(days)]
    assert days[0].isoformat() in told(doctor.empty_days)
    Puzzle.objects.update(is_auto_approved=True)
    assert days[0].isoformat() in told(doctor.empty_days), "its day has begun without pictures"
    factories.make_puzzle(None)
    assert told(doctor.empty_days) == "", "the reserve has one for today"
    assert [day.isoformat() in told(doctor.days_under_way) for day in days] == [False, True, True]
    Puzzle.objects.filter(pk=puzzles[1].pk).update(state=Puzzle.State.FAILED)
    assert days[1].isoformat() in told(doctor.empty_days)


@pytest.mark.usefixtures("redis_url")
def test_it_compares_clocks(monkeypatch: pytest.MonkeyPatch) -> None:
    assert servers.skewed_clocks() == []
    monkeypatch.setattr(servers, "MOST_SKEW", timedelta(seconds=-1))
    assert len(servers.skewed_clocks()) == 2, "both are read"


@pytest.mark.parametrize("seconds", [-90, 90])
@pytest.mark.usefixtures("redis_url")
def test_it_says_which_clock_is_wrong(monkeypatch: pytest.MonkeyPatch, seconds: int) -> None:
    wrong = timedelta(seconds=seconds)
    monkeypatch.setattr(servers, "_redis_time", lambda: timezone.now() + wrong)
    [problem] = servers.skewed_clocks()
    assert f"Redis is {seconds} s off" in problem


def test_it_says_what_is_wrong_with_the_model(settings: Settings, tmp_path: Path) -> None:
    assert doctor.unusable_model() == []
    settings.GENERATOR_MODEL = str(tmp_path)
    assert "manifest.json is missing" in told(doctor.unusable_model)


def test_it_says_so_when_the_database_does_not_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    assert servers.unreachable_database() == []

    def refuse() -> None:
        raise OperationalError("connection refused")

    monkeypatch.setattr(connection, "ensure_connection", refuse)
    assert "connection refused" in told(servers.unreachable_database)


def test_it_says_so_when_redis_does_not_answer(settings: Settings) -> None:
    settings.REDIS_URL = "unix:///nowhere/redis.sock"
    assert "nowhere" in told(servers.unreachable_redis)
    # The rest would be noise.
    assert doctor.examine() == doctor.Findings(servers.unreachable_redis(), [])


@pytest.fixture
def healthy(answers: dict[str, Any], redis_url: str) -> None:
    pulse(0)
    chore("night", 9)
    answers["one@host"] = [{"name": "default"}, {"name": "studio"}]
    for _ in range(3):
        factories.make_puzzle(None)
    pairing.introduce()


@pytest.mark.usefixtures("healthy")
def test_it_finds_nothing_wrong_with_a_healthy_site() -> None:
    out = StringIO()
    call_command("doctor", stdout=out)
    night, report, verdict = out.getvalue().splitlines()
    assert re.fullmatch(r"The last night: \d+ \w{3} \d{4}, \d\d:\d\d UTC", night)
    assert (report, verdict) == ("The last report: never", "Nothing is wrong.")


@pytest.mark.usefixtures("answers", "redis_url")
def test_it_has_only_warnings_for_a_site_that_has_just_begun(
    answers: dict[str, Any], settings: Settings
) -> None:
    pulse(0)
    answers["one@host"] = [{"name": "default"}, {"name": "studio"}]
    pairing.introduce()
    starters.begin()
    day = timezone.localdate()
    Puzzle.objects.filter(play_on=day).delete()
    factories.make_puzzle(None, play_on=day)
    out = StringIO()
    call_command("doctor", stdout=out)
    lines = out.getvalue().splitlines()
    assert lines[-1] == "Nothing is wrong."
    assert [line.partition(":")[0] for line in lines[2:-1]] == ["Worth a look"] * 3


@pytest.mark.usefixtures("healthy")
def test_it_tells_each_problem_in_a_line_and_exits_with_one() -> None:
    Puzzle.objects.all().delete()
    out = StringIO()
    with pytest.raises(SystemExit) as exit_:
        call_command("doctor", stdout=out)
    assert exit_.value.code == 1
    *_last, fault, warning = out.getvalue().splitlines()
    assert fault.startswith("There is no puzzle for ")
    assert warning.startswith("Worth a look: The reserve is empty.")


@pytest.mark.usefixtures("healthy")
def test_it_tells_the_same_as_json() -> None:
    Puzzle.objects.all().delete()
    out = StringIO()
    with pytest.raises(SystemExit):
        call_command("doctor", "--json", stdout=out)
    told = json.loads(out.getvalue())
    found = doctor.examine()
    assert (told["faults"], told["warnings"]) == (found.faults, found.warnings)
    assert (len(found.faults), len(found.warnings)) == (1, 1)
    night = Chore.objects.get(name="night").done_at
    assert night is not None
    assert told["last"] == {"night": night.isoformat(), "report": None}
