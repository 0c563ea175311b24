"""What is counted of plays for the figures page: now, and lately."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Count

from game.admin.insight.charts import Chart, chart
from game.models import Figures, Play, Puzzle
from game.playing.reveal import Wrong
from game.rules import boards

DAYS = 90
# Of the hardest words, and only of puzzles that this many have played to the end.
HARDEST, ENOUGH = 10, 5


def near_misses(wrong: Iterable[Wrong]) -> list[Wrong]:
    """The warmest first, as what may have been meant; of equally warm ones the most frequent."""
    return sorted(wrong, key=lambda each: (-(each.warmth or 0), -each.plays, each.guess))


@dataclass(frozen=True, slots=True)
class Word:
    text: str
    share: int
    puzzle: Puzzle


@dataclass(frozen=True, slots=True)
class Numbers:
    """Plays of one puzzle as they are now; `solved_in` counts those of each number of tries."""

    begun: int
    finished: int
    solved_in: list[int]

    @property
    def solved(self) -> int:
        return sum(self.solved_in)

    @property
    def share(self) -> int | None:
        return percent(self.solved, self.finished)

    @property
    def distribution(self) -> list[tuple[int, int, int]]:
        """Rows of tries, plays, and the share of the finished ones."""
        return [
            (tries, plays, percent(plays, self.finished) or 0)
            for tries, plays in enumerate(self.solved_in, start=1)
        ]


def percent(part: int, whole: int) -> int | None:
    return round(100 * part / whole) if whole else None


def of(puzzle: Puzzle) -> Numbers:
    plays = Play.objects.filter(puzzle=puzzle).order_by()
    rows = plays.values_list("solved_in").annotate(Count("pk"), Count("finished_at"))
    by_tries = {solved_in: (begun, finished) for solved_in, begun, finished in rows}
    return Numbers(
        begun=sum(begun for begun, _finished in by_tries.values()),
        finished=sum(finished for _begun, finished in by_tries.values()),
        solved_in=[by_tries.get(tries, (0, 0))[0] for tries in range(1, boards.TRIES + 1)],
    )


def lately(until: date) -> list[Figures]:
    """The last ninety days' figures, the oldest first."""
    since = until - timedelta(days=DAYS - 1)
    counted = Figures.objects.filter(puzzle__play_on__range=(since, until))
    return list(counted.select_related("puzzle").order_by("puzzle__play_on"))


def charts(counted: list[Figures], until: date) -> dict[str, Chart]:
    days = [until - timedelta(days=back) for back in reversed(range(DAYS))]
    plays = {each.puzzle.play_on: each.plays for each in counted if each.puzzle.play_on}
    shares = {
        each.puzzle.play_on: share
        for each in counted
        if each.puzzle.play_on and (share := percent(each.solved, each.plays)) is not None
    }
    return {"plays": chart(days, plays), "shares": chart(days, shares, most=100)}


def hardest(counted: list[Figures]) -> list[Word]:
    words = [
        Word(word, percent(found, each.plays) or 0, each.puzzle)
        for each in counted
        if each.plays >= ENOUGH
        for word, found in each.words
    ]
    return sorted(words, key=lambda word: (word.share, word.text))[:HARDEST]
