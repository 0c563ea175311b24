"""What is wrong with a running site, each thing in words that say what to do about it.

Faults keep people from playing, or will within days. Warnings can wait: a site can be as it is.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from celery import current_app
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django_celery_beat.models import PeriodicTask

from game.days import reserve, schedule
from game.drawing import claims, painting
from game.editing import starters
from game.models import Chore, Puzzle
from game.nights import report, servers, stock, stray_times

QUEUES = ("studio", "default")
# Beat sends this one every minute, and says in the database when it did.
PULSE = "fill_days"
LONGEST_SILENCE = timedelta(minutes=5)
# A day, and some time for a queue that is full when the night is due.
LONGEST_WITHOUT_NIGHT = timedelta(hours=26)
DAYS_AHEAD = 3
COMING = (Puzzle.State.DRAFT, Puzzle.State.WANTED, Puzzle.State.DRAWING)

Check = Callable[[], list[str]]


@dataclass(frozen=True, slots=True)
class Findings:
    """Each in a sentence, those that matter most first."""

    faults: list[str]
    warnings: list[str]


def examine() -> Findings:
    """Everything found; without its servers nothing else of a site can be looked at."""
    if absent := [*servers.unreachable_database(), *servers.unreachable_redis()]:
        return Findings(absent, [])
    return Findings(_found(FAULTS), _found(WARNINGS))


def _found(checks: Iterable[Check]) -> list[str]:
    return [problem for check in checks for problem in check()]


def last_done() -> dict[str, datetime | None]:
    """When the daily rounds were by their names, as far as the database can tell."""
    if servers.unreachable_database():
        return {}
    return {chore: _done_at(chore) for chore in ("night", "report")}


def describe(done: Mapping[str, datetime | None]) -> list[str]:
    texts = {"night": _("The last night: %s"), "report": _("The last report: %s")}
    return [texts[chore] % _written(moment) for chore, moment in done.items()]


def _done_at(chore: str) -> datetime | None:
    return Chore.objects.filter(name=chore).values_list("done_at", flat=True).first()


def _written(moment: datetime | None) -> str:
    if moment is None:
        return _("never")
    local = timezone.localtime(moment)
    return f"{date_format(local, _('j M Y, H:i'))} {local.tzname()}"


def missing_workers() -> list[str]:
    found = current_app.control.inspect(timeout=servers.ANSWER_SECONDS).active_queues() or {}
    served = {queue["name"] for queues in found.values() for queue in queues}
    return [
        _(
            "No worker takes tasks from the queue “%(queue)s”. "
            "Start one: .venv/bin/celery --app game worker --queues %(queue)s"
        )
        % {"queue": queue}
        for queue in QUEUES
        if queue not in served
    ]


def missing_beat() -> list[str]:
    pulse = PeriodicTask.objects.filter(name=PULSE).first()
    if pulse is None or pulse.last_run_at is None:
        return [
            _(
                "Beat has never run, so there is no night. "
                "Start it: .venv/bin/celery --app game beat"
            )
        ]
    silence = timezone.now() - pulse.last_run_at
    if silence <= LONGEST_SILENCE:
        return []
    return [
        _("Beat has sent no task for %d minutes. Start it: .venv/bin/celery --app game beat")
        % (silence.total_seconds() // 60)
    ]


def times_ahead() -> list[str]:
    columns = ", ".join(f"{name} ({count})" for name, count in stray_times.found().items())
    if not columns:
        return []
    return [
        _(
            "Times lie in the future, because a clock was fast: %s. A running site puts them back "
            "within ten minutes; a restart does so at once."
        )
        % columns
    ]


def missing_night() -> list[str]:
    now, done_at = timezone.now(), _done_at("night")
    if done_at is None:
        is_new = not Puzzle.objects.filter(created_at__lt=now - LONGEST_WITHOUT_NIGHT).exists()
        if is_new or missing_beat():
            return []
        return [
            _(
                "No night was ever finished, though beat is there: the worker's log says why. "
                "Have drawn what is due: make night"
            )
        ]
    if now - done_at <= LONGEST_WITHOUT_NIGHT:
        return []
    return [
        _(
            "The last night was %d hours ago: the worker's log says why. "
            "Have drawn what is due: make night"
        )
        % ((now - done_at).total_seconds() // 3600)
    ]


def stale_leases() -> list[str]:
    left = Puzzle.objects.filter(
        state=Puzzle.State.DRAWING, leased_until__lt=timezone.now() - claims.LEASE
    )
    return [
        _(
            "Puzzle %(id)d was left half drawn by a worker that died, and no other has taken it "
            "up. Have it drawn: .venv/bin/python manage.py draw %(id)d"
        )
        % {"id": pk}
        for pk in left.values_list("pk", flat=True)
    ]


def published_prompts() -> list[str]:
    """By their days alone: what doctor says is read by more people than the admin."""
    puzzles = starters.published_ahead()
    days = ", ".join(puzzle.play_on.isoformat() for puzzle in puzzles if puzzle.play_on)
    found = []
    if days:
        text = _(
            "The prompts of these days once stood in the public source, so that anybody can know "
            "them: %s. Rewrite them; the night replaces what no editor has touched."
        )
        found.append(text % days)
    if count := sum(puzzle.play_on is None for puzzle in puzzles):
        text = ngettext(
            "%d puzzle without a day has a prompt that once stood in the public source. "
            "Rewrite or delete it.",
            "%d puzzles without a day have prompts that once stood in the public source. "
            "Rewrite or delete them.",
            count,
        )
        found.append(text % count)
    return found


def empty_reserve() -> list[str]:
    if reserve.puzzles().exists():
        return []
    return [_("The reserve is empty. Approve puzzles without a day: they fill days without one.")]


def empty_days() -> list[str]:
    """Near days that have neither a puzzle, nor one that comes by itself, nor one in reserve."""
    puzzles = _near()
    missing = [day for day, puzzle in puzzles.items() if not _is_provided(day, puzzle)]
    missing = missing[reserve.puzzles().count() :]
    if not missing:
        return []
    return [_("There is no puzzle for %s, and none in reserve. Approve one.") % missing[0]]


def days_under_way() -> list[str]:
    return [
        _("The puzzle of %s isn't drawn yet. That happens by itself; at once: make night") % day
        for day, puzzle in _near().items()
        if puzzle and puzzle.state != Puzzle.State.APPROVED and _is_provided(day, puzzle)
    ]


def _near() -> dict[date, Puzzle | None]:
    today = timezone.localdate()
    planned = {puzzle.play_on: puzzle for puzzle in schedule.planned(today, DAYS_AHEAD)}
    coming = (today + timedelta(days=n) for n in range(DAYS_AHEAD))
    return {day: planned.get(day) for day in coming}


def _is_provided(day: date, puzzle: Puzzle | None) -> bool:
    """Approved, or drawn and approved by itself before its day."""
    if puzzle is None or puzzle.state == Puzzle.State.APPROVED:
        return puzzle is not None
    is_late = day <= timezone.localdate()
    return puzzle.is_auto_approved and not is_late and puzzle.state in COMING


def unusable_model() -> list[str]:
    problem = painting.model_problem()
    return [_("The model cannot be used: %s") % problem] if problem else []


FAULTS: tuple[Check, ...] = (
    missing_workers,
    missing_beat,
    missing_night,
    stale_leases,
    stock.strange_folder,
    stock.missing_files,
    schedule.first_day_problem,
    empty_days,
    servers.skewed_clocks,
    servers.unreachable_mail,
    report.undelivered,
    unusable_model,
)
WARNINGS: tuple[Check, ...] = (
    published_prompts,
    empty_reserve,
    days_under_way,
    times_ahead,
    stock.unnamed_files,
    stock.crowded_sweep,
)
