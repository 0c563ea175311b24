"""Which puzzle for which day: a proposal that follows a curve of difficulty over the week. Pure.

Each free day gets the puzzle that costs least: a step for each level that it is away from the
day's difficulty, and a step for each content word that it shares with the day before or after. All
that cost nothing are placed first, then those that cost one step, and so on; earlier days and
puzzles come first. A neighbour's relation or place is never had again: a day rather stays free, and
what fits on none of the first days goes on a later one. So the same puzzles and days always give
the same plan.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

# Monday to Sunday: easy at first, the hardest on Saturday, and Sunday in the middle.
CURVE = (1, 2, 2, 3, 4, 5, 3)
DAY = timedelta(days=1)
NOTHING: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Choice:
    """A puzzle without a day, by its key, with its difficulty, its content words, and the relation
    and the place that its scene has."""

    key: int
    difficulty: int
    words: frozenset[str]
    scene: frozenset[str] = NOTHING


def wanted(day: date) -> int:
    return CURVE[day.weekday()]


def propose(
    free: Iterable[date],
    choices: Sequence[Choice],
    taken: Mapping[date, frozenset[str]],
    scenes: Mapping[date, frozenset[str]] | None = None,
) -> dict[date, Choice]:
    """Give as many of the free days a puzzle as there are, the earliest first.

    Args:
        taken: the content words of what is planned already; only neighbours of free days count.
        scenes: its relations and places.
    """
    every = sorted(free)
    days = every[: len(choices)]
    words, told = dict(taken), dict(scenes or {})
    left = list(choices)
    plan: dict[date, Choice] = {}
    most = max(CURVE) + 2 * max((len(each.words) for each in choices), default=0)
    for steps in range(most + 1):
        for day in days:
            if day in plan:
                continue
            fit = (
                each
                for each in left
                if cost(day, each, words) <= steps and not shared(day, each.scene, told)
            )
            if found := next(fit, None):
                plan[day], words[day], told[day] = found, found.words, found.scene
                left.remove(found)
        if len(plan) == len(days):
            break
    for day in every[len(choices) :]:
        if found := next((each for each in left if not shared(day, each.scene, told)), None):
            plan[day], told[day] = found, found.scene
            left.remove(found)
    return dict(sorted(plan.items()))


def cost(day: date, choice: Choice, words: Mapping[date, frozenset[str]]) -> int:
    return abs(choice.difficulty - wanted(day)) + shared(day, choice.words, words)


def shared(day: date, own: frozenset[str], others: Mapping[date, frozenset[str]]) -> int:
    """How much of it the day before and the day after have."""
    return sum(len(own & others.get(day + step, NOTHING)) for step in (-DAY, DAY))
