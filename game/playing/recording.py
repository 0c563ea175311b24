"""Writing plays and tries down, for `game.playing.play` alone: beginning, holding, recording."""

from collections.abc import Sequence

from django.db import connection
from django.utils import timezone

from game.models import Play, Player, Puzzle, Try
from game.playing import answers, guesses, telling
from game.playing.guesses import Guess
from game.rules import boards
from game.rules.scoring import points

# The player's row is held before there is a play, as by whoever moves or forgets players: they wait
# for this try, or it finds nobody. Two first tries at the same instant make one row: the second one
# waits for the first, changes nothing, and holds the row from there.
START = """
WITH held AS MATERIALIZED (SELECT id FROM game_player WHERE id = %(player)s FOR KEY SHARE)
INSERT INTO game_play (player_id, puzzle_id, is_hard, source, is_solved, best_score, started_at)
SELECT held.id, %(puzzle)s, %(is_hard)s, %(source)s, FALSE, 0, %(started_at)s FROM held
ON CONFLICT (player_id, puzzle_id) DO UPDATE SET player_id = EXCLUDED.player_id
RETURNING id
"""


class NoWord(Exception):
    """A guess has a word that is in no list; nothing was written."""

    def __init__(self, word: str) -> None:
        super().__init__(word)
        self.word = word


def begin(player: Player, puzzle: Puzzle, is_hard: bool, source: int | None) -> Play | None:
    """Hold a new play, or the one there is: of that one, only the key is right. None when the
    player is gone."""
    if not player.pk:
        player.save()
    play = Play(player=player, puzzle=puzzle, is_hard=is_hard)
    started_at = timezone.now()
    values = {
        "player": player.pk,
        "puzzle": puzzle.pk,
        "is_hard": is_hard,
        "source": source,
        "started_at": started_at,
    }
    with connection.cursor() as cursor:
        cursor.execute(START, values)
        row = cursor.fetchone()
    if row is None:
        return None
    # Only now that the player is held: everyone locks players first, then puzzles.
    if puzzle.frozen_board is None:
        _freeze(puzzle)
    play.pk, play.started_at = row[0], started_at
    # So that it is updated when it is saved.
    play._state.adding = False
    return play


def _freeze(puzzle: Puzzle) -> None:
    rows = [[word.text, word.is_given] for word in puzzle.board()]
    unfrozen = Puzzle.objects.filter(pk=puzzle.pk, frozen_board__isnull=True)
    if unfrozen.update(frozen_board=rows):
        puzzle.frozen_board = rows
    else:
        # A process that runs another version of the rules was first.
        puzzle.refresh_from_db(fields=["frozen_board"])


def hold(player: Player, puzzle: Puzzle) -> Play | None:
    """Hold the play against every other try until this one is recorded.

    By the player's key, so that whoever asks needs no look at the player's row; nobody's plays
    stay nobody's.
    """
    plays = Play.objects.select_for_update(of=("self",))
    return next(iter(plays.filter(player__key=player.key, puzzle=puzzle)), None)


def record(
    puzzle: Puzzle, play: Play, tries: Sequence[Try], guess: Guess, read: tuple[str, ...]
) -> Try:
    """Raises NoWord for a word that is in no list and right nowhere."""
    board = puzzle.board(play.is_hard)
    found = telling.found(board, tries)
    # Only now that the play is locked: what is accepted from here on, regrading brings in. It sees
    # no play that began in this transaction, so that the puzzle is held for it too.
    words = boards.open_words(board)
    against = answers.load(puzzle, words, is_hard=play.is_hard, is_held=not tries)
    marked = guess.mark(against, read, found)
    if word := guesses.no_word(marked):
        raise NoWord(word)
    one = Try.objects.create(
        play=play,
        number=len(tries) + 1,
        sentence=guess.sentence,
        words=list(marked.words),
        marks=[mark.as_json() for mark in marked.marks],
        score=points.score(marked.marks, [len(answer.word) for answer in against]),
    )
    is_solved = telling.is_solved(one)
    if is_solved or one.number == boards.TRIES:
        play.is_solved, play.finished_at = is_solved, timezone.now()
        play.solved_in = one.number if is_solved else None
        play.best_score = max(made.score for made in (*tries, one))
        play.save(update_fields=["is_solved", "solved_in", "best_score", "finished_at"])
    return one


def give_hint(play: Play, index: int) -> None:
    play.hinted = index
    play.save(update_fields=["hinted"])
