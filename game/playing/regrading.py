"""Marking tries again when editors accept an answer later.

Nobody loses by it, it is done for all plays of a puzzle at once, and doing it twice does no more.
"""

from collections.abc import Collection, Sequence
from typing import Any

from django.db import transaction
from django.db.models import Prefetch, QuerySet
from django.utils import timezone

from game.models import Accepted, Play, Puzzle, Try
from game.playing import answers, guesses, telling
from game.playing.guesses import Board
from game.rules import boards
from game.rules.scoring import points
from game.rules.scoring.marks import Answer, Kind, Mark

BATCH = 500


def ungraded() -> QuerySet[Puzzle]:
    """Puzzles with answers that were accepted since their plays were graded."""
    return Puzzle.objects.filter(accepted__in=Accepted.objects.filter(graded_at=None)).distinct()


@transaction.atomic
def regrade(puzzle: Puzzle) -> int:
    """Mark every try by what is accepted now, and say how many tries changed."""
    # A first try holds the puzzle's row a little. So those that didn't see a new answer yet are
    # waited for, and those that wait for us see it.
    puzzle = Puzzle.objects.select_for_update(of=("self",)).get(pk=puzzle.pk)
    by_mode = {is_hard: puzzle.board(is_hard) for is_hard in (False, True)}
    against = {
        is_hard: answers.load(puzzle, boards.open_words(board), is_hard=is_hard)
        for is_hard, board in by_mode.items()
    }
    tries = Prefetch("tries", queryset=Try.objects.order_by("number"))
    plays = Play.objects.select_for_update(of=("self",)).filter(puzzle=puzzle).order_by("pk")
    changed: list[Try] = []
    for play in plays.prefetch_related(tries):
        changed += _regrade_play(play, by_mode[play.is_hard], against[play.is_hard])
    Try.objects.bulk_update(changed, ["words", "marks", "score"], batch_size=BATCH)
    Accepted.objects.filter(puzzle=puzzle, graded_at=None).update(graded_at=timezone.now())
    return len(changed)


def _regrade_play(play: Play, board: Board, against: Sequence[Answer]) -> list[Try]:
    tries = list(play.tries.all())
    changed = [
        one
        for place, one in enumerate(tries)
        if _is_better(one, board, against, telling.found(board, tries[:place]))
    ]
    if changed and (play.finished_at or telling.is_solved(telling.until_solved(tries)[-1])):
        _correct(play, telling.until_solved(tries))
    return changed


def _is_better(one: Try, board: Board, against: Sequence[Answer], found: Collection[int]) -> bool:
    """Put the marks of today into the try, unless a right word or a point would be lost."""
    if not one.sentence and not any(one.words):
        # A sentence of somebody who asked to be forgotten: its marks are all there is.
        return False
    guess = guesses.stored(one)
    read = guess.read(board, found) if guess.sentence else one.words
    marked = guess.mark(against, read, found)
    score = points.score(marked.marks, [len(answer.word) for answer in against])
    pairs = list(zip(telling.marks(one), marked.marks, strict=True))
    if score < one.score or any(old.is_right and not new.is_right for old, new in pairs):
        return False
    if all(old == new for old, new in pairs):
        return False
    rows = zip(one.marks, pairs, strict=True)
    one.marks = [_as_json(row, old, new) for row, (old, new) in rows]
    one.words, one.score = list(marked.words), score
    return True


def _as_json(row: dict[str, Any], old: Mark, new: Mark) -> dict[str, Any]:
    is_later = new.kind is Kind.ACCEPTED and (telling.LATER in row or not old.is_right)
    return new.as_json() | ({telling.LATER: True} if is_later else {})


def _correct(play: Play, tries: Sequence[Try]) -> None:
    last = tries[-1]
    play.best_score = max(one.score for one in tries)
    if telling.is_solved(last):
        if not play.is_solved:
            # It counts for the moment when the right words were sent.
            play.is_solved, play.finished_at = True, last.created_at
        play.solved_in = last.number
    play.save(update_fields=["is_solved", "solved_in", "best_score", "finished_at"])
