"""Which puzzle for which day: a proposal that follows a curve of difficulty over the week. Pure.

Each free day gets the puzzle that costs least: a step for each level that it is away from the
day's difficulty, and a step for each content word that it shares with the day before or after. All
that cost nothing are placed first, then those that cost one step, and so on; earlier days and
puzzles come first. So the same puzzles and days always give the same plan.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

# Monday to Sunday: easy at first, the hardest on Saturday, and Sunday in the middle.
CURVE = (1, 2, 2, 3, 4, 5, 3)
DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Choice:
    """A puzzle without a day, by its key, with its difficulty and its content words."""

    key: int
    difficulty: int
    words: frozenset[str]


def wanted(day: date) -> int:
    return CURVE[day.weekday()]


def propose(
    free: Iterable[date], choices: Sequence[Choice], taken: Mapping[date, frozenset[str]]
) -> dict[date, Choice]:
    """Give as many of the free days a puzzle as there are, the earliest first.

    Args:
        taken: the content words of what is planned already; only neighbours of free days count.
    """
    days = sorted(free)[: len(choices)]
    words = dict(taken)
    left = list(choices)
    plan: dict[date, Choice] = {}
    steps = 0
    while len(plan) < len(days):
        for day in days:
            if day in plan:
                continue
            found = next((each for each in left if cost(day, each, words) <= steps), None)
            if found is not None:
                plan[day], words[day] = found, found.words
                left.remove(found)
        steps += 1
    return {day: plan[day] for day in days}


def cost(day: date, choice: Choice, words: Mapping[date, frozenset[str]]) -> int:
    nothing: frozenset[str] = frozenset()
    shared = sum(len(choice.words & words.get(day + step, nothing)) for step in (-DAY, DAY))
    return abs(choice.difficulty - wanted(day)) + shared
