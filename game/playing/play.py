"""Playing a puzzle: which ones can be played, what a player may see, tries, the hint.

The only way to write plays and tries, by `game.playing.recording`, but for what
`game.playing.regrading` makes better and what rooms of players hand over or take away.
"""

from collections.abc import Collection, Sequence
from datetime import date, timedelta
from typing import Any, ClassVar

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from game.days import reserve
from game.drawing import candidates
from game.models import Candidate, Play, Player, Puzzle, Try
from game.playing import guesses, recording, telling
from game.playing.guesses import Board, FreeSentence, Guess, Words
from game.rules import boards
from game.rules.boards import GuessError

# Longer than any word a board has; nothing longer is even looked at.
MOST_CHARACTERS = 64

# What pages and tries need of a puzzle: less than half of what there is.
OF_PUZZLE = ("prompt", "play_on", "hides_given_words", "frozen_board", "salt", "difficulty")
OF_FIGURES = ("plays", "solved", "distribution", "words", "wrong")
SHOWN = (*OF_PUZZLE, *(f"figures__{name}" for name in OF_FIGURES))


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


class NoHint(PlayError):
    status, code = 409, "no_hint"


def live(day: date) -> Puzzle | None:
    """A day without a puzzle takes one from the reserve, whether beat is alive or not."""
    if day < settings.FIRST_DAY:
        return None
    return _planned(day) or (_planned(day) if reserve.fill(day) else None)


def _planned(day: date) -> Puzzle | None:
    playable = reserve.playable().filter(play_on=day)
    # At most one: `first` would sort it.
    return next(iter(playable.select_related("figures").only(*SHOWN)), None)


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
    places = {one.position: one for one in candidates.drawn(puzzle) if one.position is not None}
    return [places[position] for position in sorted(places)]


def state(puzzle: Puzzle, player: Player | None, *, is_hard: bool = False) -> dict[str, Any]:
    """Everything that a player may know of a puzzle now, ready for JSON. Their key is enough."""
    tries: list[Try] = []
    if player is not None:
        made = Try.objects.filter(play__player__key=player.key, play__puzzle=puzzle)
        tries = list(made.select_related("play").order_by("number"))
    return telling.describe(puzzle, tries[0].play if tries else None, tries, is_hard=is_hard)


def take_guess(
    player: Player,
    puzzle: Puzzle,
    number: object,
    words: object,
    *,
    is_hard: bool = False,
    source: int | None = None,
) -> dict[str, Any]:
    """Record a try and return the state after it.

    The same try may be sent again, by a flaky network or an eager finger: it is recorded once
    and answered again. A player who isn't saved yet is saved with a first try, which also decides
    whether the play is in hard mode; its source is kept.
    """
    return _take(player, puzzle, number, Words(_read_words(words)), is_hard, source)


def take_sentence(
    player: Player,
    puzzle: Puzzle,
    number: object,
    sentence: object,
    *,
    is_hard: bool = False,
    source: int | None = None,
) -> dict[str, Any]:
    """The same for a try that was typed as one sentence."""
    if not isinstance(sentence, str):
        raise BadGuess(_("A sentence must be text."))
    return _take(player, puzzle, number, FreeSentence(sentence.strip()), is_hard, source)


@transaction.atomic
def give_hint(player: Player, puzzle: Puzzle, index: int) -> dict[str, Any]:
    """Tell the first letter of an open word, once a puzzle; asking again tells the same one."""
    play = recording.hold(player, puzzle)
    if play is None:
        raise NoHint(_("The hint comes after your first try."))
    tries = list(play.tries.order_by("number"))
    if play.hinted is None:
        if play.finished_at is not None:
            raise Finished(_("This puzzle is finished."))
        board = puzzle.board(play.is_hard)
        if index not in set(range(len(boards.open_words(board)))) - set(
            telling.found(board, tries)
        ):
            raise NoHint(_("Choose a word that isn't found yet."))
        recording.give_hint(play, index)
    return telling.describe(puzzle, play, tries)


def _read_words(words: object) -> list[str]:
    if not isinstance(words, list) or len(words) > boards.PROMPT_WORDS[1]:
        raise BadGuess(_("A try is a list of words, one for each word to guess."))
    for word in words:
        if not isinstance(word, str):
            raise BadGuess(_("Every word of a try must be text."))
        if len(word) > MOST_CHARACTERS:
            raise BadGuess(
                _("A word may have at most %(most)d characters.") % {"most": MOST_CHARACTERS}
            )
    return words


def _read(guess: Guess, board: Board, found: Collection[int]) -> tuple[str, ...]:
    try:
        return guess.read(board, found)
    except GuessError as error:
        raise BadGuess(_(error.template) % error.numbers) from error


def _take(
    player: Player,
    puzzle: Puzzle,
    number: object,
    guess: Guess,
    is_hard: bool,
    source: int | None,
) -> dict[str, Any]:
    if not isinstance(number, int) or isinstance(number, bool):
        raise BadGuess(_("The number of the try is missing."))
    if number == 1:
        # Nothing can have been found before it, so this needs no row; and a first try that is
        # refused should leave none behind.
        _read(guess, puzzle.board(is_hard), found=())
    is_new = not player.pk
    try:
        play, tries = _take_held(player, puzzle, number, guess, is_hard, source)
    except BadGuess:
        if is_new:
            # Its row went with the transaction, and nobody gets a cookie for it.
            player.pk = None
        raise
    return telling.describe(puzzle, play, tries)


@transaction.atomic
def _take_held(
    player: Player, puzzle: Puzzle, number: int, guess: Guess, is_hard: bool, source: int | None
) -> tuple[Play, list[Try]]:
    is_first = number == 1
    play = (
        recording.begin(player, puzzle, is_hard, source)
        if is_first
        else recording.hold(player, puzzle)
    )
    if play is None:
        # Nothing of theirs is left where the player was forgotten or merged meanwhile.
        raise WrongTry(_out_of_step())
    tries = list(play.tries.order_by("number"))
    if is_first and tries:
        play.refresh_from_db()
    if not _is_repeat(puzzle.board(play.is_hard), tries, number, guess):
        if play.finished_at is not None:
            raise Finished(_("This puzzle is finished."))
        if number != len(tries) + 1:
            raise WrongTry(_out_of_step())
        tries.append(_record(puzzle, play, tries, guess))
    return play, tries


def _record(puzzle: Puzzle, play: Play, tries: Sequence[Try], guess: Guess) -> Try:
    """Write a try down, unless it could tell nothing."""
    board = puzzle.board(play.is_hard)
    found = telling.found(board, tries)
    read = _read(guess, board, found)
    if guesses.says_nothing_new(guess, read, tries, board, found):
        raise BadGuess(_("You have tried exactly that before. Change a word: this cost nothing."))
    try:
        return recording.record(puzzle, play, tries, guess, read)
    except recording.NoWord as error:
        raise BadGuess(
            _("“%(word)s” is in no word list. Nothing was spent.") % {"word": error.word}
        ) from error


def _out_of_step() -> str:
    return _("This isn't your next try. Reload the page to see where you are.")


def _is_repeat(board: Board, tries: Sequence[Try], number: int, guess: Guess) -> bool:
    if not 1 <= number <= len(tries):
        return False
    found = telling.found(board, tries[: number - 1])
    return guesses.is_same(guess, tries[number - 1], board, found)
