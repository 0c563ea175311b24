"""Days: which puzzles are due, which days are empty, where new prompts go."""

from collections.abc import Iterable, Iterator
from datetime import date, timedelta

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from game.models import Puzzle

# Somebody else may take a day between our looking and our writing; each round looks again.
ROUNDS = 5


def planned(day: date, days: int) -> QuerySet[Puzzle]:
    return Puzzle.objects.filter(play_on__gte=day, play_on__lt=day + timedelta(days=days)).order_by(
        "play_on"
    )


def drawn(day: date, days: int) -> QuerySet[Puzzle]:
    return planned(day, days).filter(state__in=[Puzzle.State.REVIEW, Puzzle.State.APPROVED])


def unready(day: date, days: int) -> QuerySet[Puzzle]:
    """Planned puzzles that nobody could play if their day began now, soonest first."""
    return planned(day, days).exclude(state=Puzzle.State.APPROVED)


def before_first_day() -> date | None:
    """The first of the days whose puzzles have a number below 1, and so no page."""
    early = Puzzle.objects.filter(play_on__lt=settings.FIRST_DAY)
    # A starter that nobody has drawn yet is planned anew by itself.
    shown = early.exclude(state=Puzzle.State.DRAFT, is_auto_approved=True)
    return shown.order_by("play_on").values_list("play_on", flat=True).first()


def first_day_problem() -> list[str]:
    """For the operator, in words: FIRST_DAY is later than a day that has a puzzle."""
    if (day := before_first_day()) is None:
        return []
    return [
        _(
            "FIRST_DAY is %(first)s, but a puzzle is on %(day)s, which would be none of the game's "
            "days. Set FIRST_DAY to %(day)s or earlier."
        )
        % {"first": settings.FIRST_DAY, "day": day}
    ]


def gaps(day: date, days: int) -> list[date]:
    """Days that nobody has planned a puzzle for."""
    taken = set(planned(day, days).values_list("play_on", flat=True))
    coming = (day + timedelta(days=offset) for offset in range(days))
    return [each for each in coming if each not in taken]


def plan(prompts: Iterable[str], start: date, *, is_auto_approved: bool = False) -> list[Puzzle]:
    """Create a puzzle for each prompt on the free days from `start` on, in the given order."""
    puzzles = [Puzzle(prompt=prompt, is_auto_approved=is_auto_approved) for prompt in prompts]
    for attempt in range(1, ROUNDS + 1):
        for puzzle, day in zip(puzzles, free_days(start), strict=False):
            puzzle.play_on = day
        try:
            with transaction.atomic():
                Puzzle.objects.bulk_create(puzzles)
        except IntegrityError:
            if attempt == ROUNDS:
                raise
        else:
            break
    return puzzles


def free_days(start: date) -> Iterator[date]:
    taken = set(Puzzle.objects.filter(play_on__gte=start).values_list("play_on", flat=True))
    day = start
    while True:
        if day not in taken:
            yield day
        day += timedelta(days=1)
