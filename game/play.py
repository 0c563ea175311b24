"""Playing a puzzle: which ones can be played, what a player may see, taking a guess.

The only writer of Play and Try.
"""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any, ClassVar

from django.conf import settings
from django.db import transaction
from django.db.models import Count, Q, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from game import rules
from game.models import Candidate, Play, Player, Puzzle, Try
from game.rules import GuessError, Mark, Verdict, Why

PICTURES = 6
# Longer than any word a board has; nothing longer is even looked at.
MOST_CHARACTERS = 64

WHY = {
    Why.EXACT: gettext_lazy("Right."),
    Why.FOUND: gettext_lazy("Found in an earlier try."),
    Why.ELSEWHERE: gettext_lazy("Right word, wrong place."),
    Why.LETTERS: gettext_lazy("Another word, with some of the same letters."),
    Why.COLD: gettext_lazy("Another word, with none of the same letters."),
    Why.EMPTY: gettext_lazy("Left empty."),
}


class PlayError(Exception):
    """A request that can't be met; the message is for the player."""

    status: ClassVar[int]
    code: ClassVar[str]

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class NotPlayable(PlayError):
    status, code = 404, "not_playable"


class Finished(PlayError):
    status, code = 409, "finished"


class WrongTry(PlayError):
    status, code = 409, "wrong_try"


class BadGuess(PlayError):
    status, code = 422, "bad_guess"


def live(day: date) -> Puzzle | None:
    return _playable().filter(play_on=day).first()


def find(number: int, day: date) -> Puzzle:
    """Return the puzzle of that number for someone whose day it is; the future stays secret."""
    try:
        play_on = settings.FIRST_DAY + timedelta(days=number - 1)
    except OverflowError:
        play_on = date.max
    puzzle = live(play_on) if number >= 1 and play_on <= day else None
    if puzzle is None:
        raise NotPlayable(_("There is no such puzzle, or not yet."))
    return puzzle


def pictures(puzzle: Puzzle) -> list[Candidate]:
    return list(puzzle.candidates.filter(position__isnull=False).order_by("position"))


def state(puzzle: Puzzle, player: Player | None) -> dict[str, Any]:
    """Everything that a player may know of a puzzle now, ready for JSON."""
    tries: list[Try] = []
    if player is not None and player.pk:
        found = Try.objects.filter(play__player=player, play__puzzle=puzzle)
        tries = list(found.select_related("play").order_by("number"))
    return _describe(puzzle, tries[0].play if tries else None, tries)


def take_guess(player: Player, puzzle: Puzzle, number: object, words: object) -> dict[str, Any]:
    """Record a try and return the state after it.

    The same try may be sent again, by a flaky network or an eager finger: it is recorded once
    and answered again. A player who isn't saved yet is saved with a first try.
    """
    guesses = _read_words(words)
    if not isinstance(number, int) or isinstance(number, bool):
        raise BadGuess(_("The number of the try is missing."))
    board = _board(puzzle)
    if number == 1:
        # Nothing can have been found before it, so this needs no row; and a first try that is
        # refused should leave none behind.
        _read_guess(board, guesses, found=())
    with transaction.atomic():
        play = _lock(player, puzzle, is_first=number == 1)
        tries = list(play.tries.order_by("number"))
        if not _is_repeat(board, tries, number, guesses):
            if play.finished_at is not None:
                raise Finished(_("This puzzle is finished."))
            if number != len(tries) + 1:
                raise WrongTry(_out_of_step())
            tries.append(_record(play, board, tries, guesses))
    return _describe(puzzle, play, tries)


def _playable() -> QuerySet[Puzzle]:
    chosen = Count("candidates", filter=Q(candidates__position__isnull=False))
    puzzles = Puzzle.objects.filter(state=Puzzle.State.APPROVED).defer("manifest", "notes")
    return puzzles.annotate(chosen=chosen).filter(chosen=PICTURES)


def _planned(puzzle: Puzzle) -> tuple[int, date]:
    number, play_on = puzzle.number, puzzle.play_on
    if number is None or play_on is None:
        raise ValueError(f"puzzle {puzzle.pk} is not planned for a day")
    return number, play_on


def _board(puzzle: Puzzle) -> tuple[rules.Word, ...]:
    return rules.board(puzzle.prompt, puzzle.hides_given_words)


def _marks(one: Try) -> list[Mark]:
    return [Mark.from_json(row) for row in one.marks]


def _found(tries: Sequence[Try]) -> dict[int, str]:
    return {
        index: word
        for one in tries
        for index, (word, mark) in enumerate(zip(one.words, _marks(one), strict=True))
        if mark.verdict is Verdict.EXACT
    }


def _read_words(words: object) -> list[str]:
    if not isinstance(words, list) or len(words) > rules.PROMPT_WORDS[1]:
        raise BadGuess(_("A try is a list of words, one for each word to guess."))
    for word in words:
        if not isinstance(word, str):
            raise BadGuess(_("Every word of a try must be text."))
        if len(word) > MOST_CHARACTERS:
            raise BadGuess(
                _("A word may have at most %(most)d characters.") % {"most": MOST_CHARACTERS}
            )
    return words


def _read_guess(
    board: Sequence[rules.Word], guesses: list[str], found: Sequence[int]
) -> tuple[str, ...]:
    try:
        return rules.read_guess(board, guesses, found)
    except GuessError as error:
        raise BadGuess(_(error.template) % error.numbers) from error


def _out_of_step() -> str:
    return _("This isn't your next try. Reload the page to see where you are.")


def _lock(player: Player, puzzle: Puzzle, is_first: bool) -> Play:
    """Hold the play against every other try until this one is recorded."""
    if is_first:
        if not player.pk:
            player.save()
        # Two first tries at the same instant: one row is made, and both wait for its lock.
        Play.objects.bulk_create([Play(player=player, puzzle=puzzle)], ignore_conflicts=True)
    plays = Play.objects.select_for_update().filter(player_id=player.pk, puzzle=puzzle)
    if (play := plays.first()) is None:
        raise WrongTry(_out_of_step())
    return play


def _is_repeat(
    board: Sequence[rules.Word], tries: Sequence[Try], number: int, guesses: list[str]
) -> bool:
    if not 1 <= number <= len(tries):
        return False
    try:
        words = rules.read_guess(board, guesses, _found(tries[: number - 1]))
    except GuessError:
        return False
    return bool(list(words) == tries[number - 1].words)


def _record(
    play: Play, board: Sequence[rules.Word], tries: Sequence[Try], guesses: list[str]
) -> Try:
    found = _found(tries)
    words = _read_guess(board, guesses, list(found))
    marked = rules.mark(board, words, found)
    one = Try.objects.create(
        play=play,
        number=len(tries) + 1,
        words=list(marked.words),
        marks=[mark.as_json() for mark in marked.marks],
        score=rules.score(marked.marks),
    )
    if marked.is_solved or one.number == rules.TRIES:
        play.is_solved, play.finished_at = marked.is_solved, timezone.now()
        play.save(update_fields=["is_solved", "finished_at"])
    return one


def _describe(puzzle: Puzzle, play: Play | None, tries: Sequence[Try]) -> dict[str, Any]:
    """Build the public state. What the prompt says may only enter after `is_finished`."""
    number, play_on = _planned(puzzle)
    board = _board(puzzle)
    found = _found(tries)
    is_finished = play is not None and play.finished_at is not None
    described: dict[str, Any] = {
        "number": number,
        "date": play_on.isoformat(),
        "shape": rules.shape(board),
        "tries_left": 0 if is_finished else rules.TRIES - len(tries),
        "next_try": None if is_finished else len(tries) + 1,
        "found": [found.get(index) for index in range(len(rules.open_words(board)))],
        "tries": [_describe_try(one) for one in tries],
        "finished": is_finished,
        "solved": play is not None and play.is_solved,
    }
    if is_finished:
        described["prompt"] = puzzle.prompt
        described["share"] = _share(number, described["solved"], tries)
    return described


def _describe_try(one: Try) -> dict[str, Any]:
    marks = [mark.as_json() | {"why": str(WHY[mark.why])} for mark in _marks(one)]
    return {"number": one.number, "words": one.words, "marks": marks, "score": one.score}


def _share(number: int, is_solved: bool, tries: Sequence[Try]) -> str:
    if is_solved:
        summary = ngettext("Solved in %(tries)d try.", "Solved in %(tries)d tries.", len(tries)) % {
            "tries": len(tries)
        }
    else:
        count = len(tries[-1].words)
        summary = ngettext(
            "Not solved: %(found)d of %(count)d word found.",
            "Not solved: %(found)d of %(count)d words found.",
            count,
        ) % {"found": len(_found(tries)), "count": count}
    url = f"{settings.SITE_URL}{reverse('puzzle', args=[number])}"
    return rules.share_text(number, is_solved, [_marks(one) for one in tries], summary, url)
