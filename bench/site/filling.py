"""Years of puzzles and play, for measuring how the site does with much in its database.

The many rows are made by the database itself, from nothing but numbers.
"""

import math
from collections.abc import Iterator
from datetime import date, timedelta

from django.contrib.auth.models import Group, User
from django.db import connection
from django.utils import timezone

from game.models import Candidate, Puzzle, new_picture_token
from game.rules.boards import TRIES

State = Puzzle.State
CANDIDATES, CHOSEN = 9, 6
# Each player's plays end after one try, after two, … after six, equally often.
TRIES_A_PLAY = (1 + TRIES) / 2
# Of ten puzzles, how many are past or live, planned, and without a day.
SHARES = (5, 3, 2)
PLAYERS = 20_000
COMING = (State.APPROVED, State.REVIEW, State.DRAFT)

# Parameters: players.
PLAYERS_SQL = """
INSERT INTO game_player (key, shares_guesses, created_at)
SELECT gen_random_uuid(), true, now() FROM generate_series(1, %s)
"""
# Parameters: the last day that is played, plays a puzzle; players are drawn without repeats.
PLAYS_SQL = """
INSERT INTO game_play (player_id, puzzle_id, is_hard, is_solved, solved_in, best_score,
                       started_at, finished_at)
SELECT players.first + (puzzle.id * 7919 + n) %% players.count, puzzle.id, n %% 10 = 0,
       1 + n %% 6 < 6, CASE WHEN 1 + n %% 6 < 6 THEN 1 + n %% 6 END, 40 + n %% 60,
       puzzle.play_on + n * interval '1 minute', puzzle.play_on + (n + 5) * interval '1 minute'
FROM game_puzzle puzzle, generate_series(0, %s - 1) n,
     (SELECT min(id) AS first, count(*) AS count FROM game_player) players
WHERE puzzle.play_on <= %s
"""
TRIES_SQL = """
INSERT INTO game_try (play_id, number, sentence, words, marks, score, created_at)
SELECT play.id, number, '', '["red", "cat", "big", "dog"]',
       '[{"letters": "ccc", "verdict": "exact", "why": "exact"},
         {"letters": "aap", "verdict": "wrong", "why": "warm", "warmth": 61},
         {"letters": "ccc", "verdict": "exact", "why": "exact"},
         {"letters": "aaa", "verdict": "wrong", "why": "cold", "warmth": 8}]',
       least(number * 15, play.best_score), play.started_at + number * interval '20 seconds'
FROM game_play play, generate_series(1, coalesce(play.solved_in, 6)) number
"""
FIGURES_SQL = """
INSERT INTO game_figures (puzzle_id, plays, solved, distribution, words, wrong, counted_at)
SELECT puzzle_id, count(*), count(solved_in),
       jsonb_build_array(count(*) FILTER (WHERE solved_in = 1),
                         count(*) FILTER (WHERE solved_in = 2),
                         count(*) FILTER (WHERE solved_in = 3),
                         count(*) FILTER (WHERE solved_in = 4),
                         count(*) FILTER (WHERE solved_in = 5),
                         count(*) FILTER (WHERE solved_in = 6)), '[]', '[]', now()
FROM game_play GROUP BY puzzle_id
"""


def fill(puzzles: int, tries: int) -> None:
    played = puzzles * SHARES[0] // sum(SHARES)
    made = Puzzle.objects.bulk_create(_puzzles(puzzles, played))
    Candidate.objects.bulk_create(_candidates(made), batch_size=5000)
    with connection.cursor() as cursor:
        cursor.execute(PLAYERS_SQL, [PLAYERS])
        # As many of each length.
        plays = TRIES * math.ceil(tries / TRIES_A_PLAY / TRIES / played)
        cursor.execute(PLAYS_SQL, [plays, timezone.localdate()])
        cursor.execute(TRIES_SQL)
        cursor.execute(FIGURES_SQL)
        # What autovacuum would have done by then.
        cursor.execute("ANALYZE")


def first_day(puzzles: int) -> date:
    """The day of the first of this many puzzles, with today's among them."""
    return timezone.localdate() - timedelta(days=puzzles * SHARES[0] // sum(SHARES) - 1)


def make_editor() -> User:
    editor = User.objects.create_user("bench", is_staff=True)
    editor.groups.add(Group.objects.get(name="editor"))
    return editor


def _puzzles(count: int, played: int) -> Iterator[Puzzle]:
    start = first_day(count)
    planned = played + count * SHARES[1] // sum(SHARES)
    for number in range(count):
        is_planned = number < planned
        yield Puzzle(
            prompt=f"a red cat and a big dog number {number}",
            play_on=start + timedelta(days=number) if is_planned else None,
            state=State.APPROVED if number < played else COMING[number % len(COMING)],
            drawn_at=timezone.now(),
        )


def _candidates(puzzles: list[Puzzle]) -> Iterator[Candidate]:
    for puzzle in puzzles:
        if puzzle.state == State.DRAFT:
            continue
        for rank in range(1, CANDIDATES + 1):
            is_chosen = puzzle.state == State.APPROVED and rank <= CHOSEN
            token = new_picture_token()
            yield Candidate(
                puzzle=puzzle,
                rank=rank,
                score=30 - rank,
                seed=rank,
                file=f"candidates/{token[:2]}/{token}.webp",
                width=256,
                height=256,
                position=rank if is_chosen else None,
                token=token,
            )
