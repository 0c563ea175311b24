"""The evergreen reserve: approved puzzles without a day, for days that would begin without one."""

import logging
from datetime import date, datetime, timedelta

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from game.drawing import candidates
from game.models import Candidate, Play, Puzzle, StandIn
from game.rules import clock

logger = logging.getLogger(__name__)

# Before a day begins where it begins first.
SOON = timedelta(minutes=30)
# Somebody else may fill or plan the day at the same moment; each round looks again.
ROUNDS = 5


def playable() -> QuerySet[Puzzle]:
    # Pictures are chosen six at a time. Counting them takes longer.
    sixth = Candidate.objects.filter(puzzle=OuterRef("pk"), position=candidates.CHOSEN)
    return Puzzle.objects.filter(Exists(sixth), state=Puzzle.State.APPROVED)


def puzzles() -> QuerySet[Puzzle]:
    """The reserve, in the order it is used in. What somebody has played is no surprise any more."""
    played = Exists(Play.objects.filter(puzzle=OuterRef("pk")))
    return playable().filter(~played, play_on=None).order_by("approved_at", "pk")


def fill_days(now: datetime | None = None) -> list[StandIn]:
    """See to every day that is somebody's today, or will be soon."""
    filled = [fill(day, now) for day in days(now)]
    return [each for each in filled if each]


def days(now: datetime | None = None) -> list[date]:
    now = now or timezone.now()
    first = clock.first_possible_day(now)
    last = clock.last_possible_day(now + SOON)
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]


def fill(day: date, now: datetime | None = None) -> StandIn | None:
    """Take a puzzle of the reserve for the day, unless it has one that can be played.

    None when there is nothing to do, nothing to take, when the day is before the game's first, or
    when it is over or far off: then editors may still plan it.
    """
    if day < settings.FIRST_DAY or day not in days(now):
        return None
    if playable().filter(play_on=day).exists():
        return None
    for _round in range(ROUNDS):
        try:
            with transaction.atomic():
                stand_in = _fill(day)
        except IntegrityError:
            continue
        if stand_in:
            logger.warning("Puzzle %s stands in for %s", stand_in.puzzle_id, day)
        return stand_in
    return None


def _fill(day: date) -> StandIn | None:
    planned = Puzzle.objects.select_for_update().filter(play_on=day).first()
    # It may have been approved, or filled by another process, while we waited for the lock.
    if planned and (playable().filter(pk=planned.pk).exists() or planned.plays.exists()):
        return None
    if planned:
        Puzzle.objects.filter(pk=planned.pk).update(play_on=None)
    puzzle = _take(day)
    if puzzle is None:
        transaction.set_rollback(True)
        return None
    return StandIn.objects.create(day=day, puzzle=puzzle, displaced=planned)


def _take(day: date) -> Puzzle | None:
    for puzzle in puzzles():
        if not candidates.is_whole(puzzle):
            logger.error("Puzzle %s of the reserve lacks picture files", puzzle.pk)
            continue
        free = Puzzle.objects.filter(pk=puzzle.pk, play_on=None, state=Puzzle.State.APPROVED)
        # What an editor is planning at this moment is theirs: waiting, the two could wait for ever.
        if free.select_for_update(skip_locked=True).first() and free.update(play_on=day):
            return puzzle
    return None
