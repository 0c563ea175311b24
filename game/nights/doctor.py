"""What is wrong with a running site, each thing in words that say what to do about it."""

from collections.abc import Callable
from datetime import datetime, timedelta

from celery import current_app
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django_celery_beat.models import PeriodicTask

from game.days import reserve, runway
from game.drawing import candidates, claims, painting
from game.editing import starters
from game.files import pairing, sweeping
from game.models import Chore, Puzzle
from game.nights import report, servers, stray_times

QUEUES = ("studio", "default")
# Beat sends this one every minute, and says in the database when it did.
PULSE = "fill_days"
LONGEST_SILENCE = timedelta(minutes=5)
# A day, and some time for a queue that is full when the night is due.
LONGEST_WITHOUT_NIGHT = timedelta(hours=26)
DAYS_AHEAD = 3
# What so many nights sweep up is nothing to tell, nor are a few drawings of a small site.
SWEEPS, FEW_FILES = 7, 50

Check = Callable[[], list[str]]


def examine() -> list[str]:
    """Every problem found; without its servers nothing else of a site can be looked at."""
    absent = [*servers.unreachable_database(), *servers.unreachable_redis()]
    return absent or [problem for check in CHECKS for problem in check()]


def last_done() -> list[str]:
    """When the daily rounds were, as far as the database can tell."""
    if servers.unreachable_database():
        return []
    return [
        _("The last night: %s") % _written(_done_at("night")),
        _("The last report: %s") % _written(_done_at("report")),
    ]


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
            "Start one: celery --app game worker --queues %(queue)s"
        )
        % {"queue": queue}
        for queue in QUEUES
        if queue not in served
    ]


def missing_beat() -> list[str]:
    pulse = PeriodicTask.objects.filter(name=PULSE).first()
    if pulse is None or pulse.last_run_at is None:
        return [_("Beat has never run, so there is no night. Start it: celery --app game beat")]
    silence = timezone.now() - pulse.last_run_at
    if silence <= LONGEST_SILENCE:
        return []
    return [
        _("Beat has sent no task for %d minutes. Start it: celery --app game beat")
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
                "Have drawn what is due: manage.py night"
            )
        ]
    if now - done_at <= LONGEST_WITHOUT_NIGHT:
        return []
    return [
        _(
            "The last night was %d hours ago: the worker's log says why. "
            "Have drawn what is due: manage.py night"
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
            "up. Have it drawn: manage.py draw %(id)d"
        )
        % {"id": pk}
        for pk in left.values_list("pk", flat=True)
    ]


def missing_files() -> list[str]:
    lost: dict[int, int] = {}
    for candidate in candidates.missing():
        lost[candidate.puzzle_id] = lost.get(candidate.puzzle_id, 0) + 1
    return [
        _(
            "The files of %(count)d pictures of puzzle %(id)d are gone, or belong to another "
            "account. Restore them or give them to this one, or draw it again."
        )
        % {"id": pk, "count": count}
        for pk, count in lost.items()
    ]


def strange_folder() -> list[str]:
    try:
        pairing.check()
    except (pairing.Stranger, OSError) as problem:
        return [str(problem)]
    return []


def unnamed_files() -> list[str]:
    """Not those of a folder that belongs to another database: that is told by itself."""
    if strange_folder() or not (count := len(sweeping.unnamed())):
        return []
    return [
        ngettext(
            "%d picture file was never named by this database, and stays. "
            "If nobody else needs it: manage.py sweep --unnamed",
            "%d picture files were never named by this database, and stay. "
            "If nobody else needs them: manage.py sweep --unnamed",
            count,
        )
        % count
    ]


def crowded_sweep() -> list[str]:
    count = len(sweeping.due())
    if count <= max(sweeping.at_once() * SWEEPS, FEW_FILES):
        return []
    return [
        _(
            "%d picture files wait to be swept up, more than a few nights move. "
            "If that is right, move them to the trash at once: manage.py sweep --all"
        )
        % count
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
    day = runway.ahead().runs_out_on
    if (day - timezone.localdate()).days >= DAYS_AHEAD:
        return []
    return [_("There is no puzzle for %s, and none in reserve. Approve one.") % day]


def unusable_model() -> list[str]:
    problem = painting.model_problem()
    return [_("The model cannot be used: %s") % problem] if problem else []


CHECKS: tuple[Check, ...] = (
    missing_workers,
    missing_beat,
    times_ahead,
    missing_night,
    stale_leases,
    strange_folder,
    missing_files,
    unnamed_files,
    crowded_sweep,
    published_prompts,
    empty_reserve,
    empty_days,
    servers.skewed_clocks,
    servers.unreachable_mail,
    report.undelivered,
    unusable_model,
)
