"""Which day a puzzle is for: planning, moving, swapping. Whether it is approved is another matter,
which nothing here changes."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date, timedelta

from django.conf import settings
from django.db import IntegrityError, OperationalError, transaction
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from psycopg.errors import DeadlockDetected

from game.drawing.drawable import StudioError
from game.editing import review
from game.models import Puzzle
from game.rules import clock

# No calendar goes as far as dates do.
MOST_AHEAD = timedelta(days=3653)

Pairs = Sequence[tuple[Puzzle, date | None]]


class NotThatDay(StudioError):
    """The day is over, too early, or not to be had."""


class Meanwhile(StudioError):
    """Somebody else planned at the same moment: look again, and decide again."""


def on_day(day: date) -> Puzzle | None:
    return Puzzle.objects.filter(play_on=day).first()


def goes_live(puzzle: Puzzle, day: date) -> bool:
    """Whether giving it the day makes it public at once, which nobody can take back."""
    is_ready = puzzle.state == Puzzle.State.APPROVED
    return is_ready and day <= clock.last_possible_day(timezone.now())


def exchange(puzzle: Puzzle) -> date | None:
    """The day that the other puzzle gets in a swap; none when this one's day is over or not set."""
    day = puzzle.play_on
    return day if day and day >= timezone.localdate() else None


def move(puzzle: Puzzle, day: date, other: Puzzle | None = None) -> None:
    """Give the puzzle the day. `other`, whose day that is, gets the puzzle's own in exchange."""
    plan([(puzzle, day)] if other is None else [(puzzle, day), (other, exchange(puzzle))])


def unplan(puzzle: Puzzle) -> None:
    plan([(puzzle, None)])


def plan(puzzles_and_days: Iterable[tuple[Puzzle, date | None]]) -> None:
    """Give each puzzle its day, or none; all of it or nothing.

    The puzzles are as the caller saw them: when one has been moved since, or another puzzle has
    taken one of the days, nobody's work is overwritten and Meanwhile is raised.
    """
    pairs = list(puzzles_and_days)
    check(pairs)
    with _all_or_nothing():
        locked = _lock(pairs)
        check(locked)
        _check_free(locked)
        _write(locked)
    for puzzle, day in pairs:
        puzzle.play_on = day


def check(pairs: Pairs) -> None:
    """Raise what stands against it, as far as the puzzles and the days alone tell."""
    for puzzle, day in pairs:
        if review.is_public(puzzle):
            raise review.NotNow(
                _("“%(prompt)s” is live or past, and stays on its day.") % {"prompt": puzzle.prompt}
            )
        if day is not None:
            check_day(day)


def check_day(day: date) -> None:
    if day < timezone.localdate():
        raise NotThatDay(_("%(day)s is over.") % {"day": _written(day)})
    if day < settings.FIRST_DAY:
        raise NotThatDay(
            _("The first puzzle's day is %(day)s.") % {"day": _written(settings.FIRST_DAY)}
        )
    if day > timezone.localdate() + MOST_AHEAD:
        raise NotThatDay(_("%(day)s is too far off.") % {"day": _written(day)})


@contextmanager
def _all_or_nothing() -> Iterator[None]:
    somebody = _("Somebody else planned one of these days at the same moment. Nothing was changed.")
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        raise Meanwhile(somebody) from error
    except OperationalError as error:
        if not isinstance(error.__cause__, DeadlockDetected):
            raise
        raise Meanwhile(somebody) from error


def _lock(pairs: Pairs) -> Pairs:
    # In one order for everybody, so that two swaps of the same puzzles wait for one another.
    rows = Puzzle.objects.select_for_update().order_by("pk")
    locked = {row.pk: row for row in rows.filter(pk__in=[puzzle.pk for puzzle, _day in pairs])}
    for puzzle, _day in pairs:
        now = locked.get(puzzle.pk)
        if now is None or now.play_on != puzzle.play_on:
            raise Meanwhile(
                _("“%(prompt)s” was moved by somebody else meanwhile. Nothing was changed.")
                % {"prompt": puzzle.prompt}
            )
    return [(locked[puzzle.pk], day) for puzzle, day in pairs]


def _check_free(locked: Pairs) -> None:
    others = Puzzle.objects.exclude(pk__in=[puzzle.pk for puzzle, _day in locked])
    taken = others.filter(play_on__in=[day for _puzzle, day in locked if day])
    if day := taken.values_list("play_on", flat=True).first():
        raise Meanwhile(
            _("%(day)s has another puzzle by now. Nothing was changed.") % {"day": _written(day)}
        )


def _write(locked: Pairs) -> None:
    """First nobody has a day, because PostgreSQL looks for twins after each row."""
    puzzles = [puzzle for puzzle, _day in locked]
    planned = [puzzle.pk for puzzle in puzzles if puzzle.play_on]
    Puzzle.objects.filter(pk__in=planned).update(play_on=None)
    for puzzle, day in locked:
        puzzle.play_on = day
    # This column alone: a worker may be drawing one of them.
    Puzzle.objects.bulk_update([puzzle for puzzle in puzzles if puzzle.play_on], ["play_on"])


def _written(day: date) -> str:
    return date_format(day, _("l j F Y"))
