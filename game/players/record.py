"""A player's record: derived from the plays each time it is shown, so it follows a regrading."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple

from django.db import connection

from game.models import Figures, Player, Puzzle
from game.rules import boards, clock
from game.rules.streaks import Day, Streaks, badges, next_badge, streaks

# Each puzzle day since the player's first, with the play of it if there is one. By hand: of a page
# that is asked for, Django would spend a tenth on writing it.
DAYS = """
WITH mine AS (
    SELECT play.* FROM game_play play JOIN game_player player ON player.id = play.player_id
    WHERE player.key = %(key)s
)
SELECT puzzle.play_on, puzzle.approved_at,
       mine.started_at, mine.finished_at, mine.is_solved, mine.solved_in
FROM game_puzzle puzzle LEFT JOIN mine ON mine.puzzle_id = puzzle.id
WHERE (puzzle.state = 'approved' OR mine.id IS NOT NULL)
  AND puzzle.play_on >= (
      SELECT min(first.play_on) FROM mine JOIN game_puzzle first ON first.id = mine.puzzle_id
  )
  AND puzzle.play_on <= %(last)s
ORDER BY puzzle.play_on
"""


@dataclass(frozen=True, slots=True)
class Bar:
    """How often a puzzle was solved in this number of tries; `length` is beside the longest bar."""

    tries: int
    count: int
    percent: int
    length: int
    is_own: bool


@dataclass(frozen=True, slots=True)
class Record:
    played: int
    solved: int
    bars: Sequence[Bar]
    streaks: Streaks

    @property
    def percent(self) -> int:
        return _percent(self.solved, self.played)

    @property
    def badges(self) -> list[int]:
        return badges(self.streaks.longest.length)

    @property
    def next_badge(self) -> int:
        return next_badge(self.streaks.longest.length)

    @property
    def to_next_badge(self) -> int:
        return self.next_badge - self.streaks.current.length


@dataclass(frozen=True, slots=True)
class Comparison:
    """What everyone's finished plays of one puzzle came to, beside one's own."""

    plays: int
    percent: int
    bars: Sequence[Bar]


class _Row(NamedTuple):
    play_on: date
    approved_at: datetime | None
    started_at: datetime | None
    finished_at: datetime | None
    is_solved: bool | None
    solved_in: int | None

    @property
    def day(self) -> Day:
        is_finished = self.finished_at is not None
        return Day(self.play_on, self.started_at, is_finished, bool(self.is_solved))

    @property
    def is_missable(self) -> bool:
        """A day that got its puzzle only when it was over is nobody's fault."""
        return self.approved_at is None or self.approved_at < clock.over_at(self.play_on)


def record(player: Player | None, now: datetime, today: date) -> Record:
    """The record of a player, who is known by the key alone and may be nobody yet. One query."""
    rows = [] if player is None else _rows(player, now)
    days = [row.day for row in rows if row.is_missable or (row.is_solved and row.day.is_in_time)]
    solved_in = [row.solved_in for row in rows if row.solved_in is not None]
    played = sum(row.finished_at is not None for row in rows)
    return Record(
        played=played,
        solved=len(solved_in),
        bars=_bars(Counter(solved_in), played),
        streaks=streaks(days, now, today),
    )


def compare(puzzle: Puzzle, solved_in: int | None) -> Comparison | None:
    """Set a finished play beside everyone's; None until somebody's have been counted."""
    figures: Figures | None = getattr(puzzle, "figures", None)
    if figures is None or not figures.plays:
        return None
    counts = Counter(dict(enumerate(figures.distribution, start=1)))
    bars = _bars(counts, figures.plays, solved_in)
    return Comparison(figures.plays, _percent(figures.solved, figures.plays), bars)


def _rows(player: Player, now: datetime) -> list[_Row]:
    with connection.cursor() as cursor:
        cursor.execute(DAYS, {"key": player.key, "last": clock.last_possible_day(now)})
        return [_Row(*values) for values in cursor.fetchall()]


def _bars(counts: Counter[int], plays: int, own: int | None = None) -> list[Bar]:
    most = max(counts.values(), default=0)
    return [
        Bar(n, counts[n], _percent(counts[n], plays), _percent(counts[n], most), n == own)
        for n in range(1, boards.TRIES + 1)
    ]


def _percent(part: int, whole: int) -> int:
    return round(100 * part / whole) if whole else 0
