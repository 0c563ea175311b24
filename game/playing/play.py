"""Playing a puzzle: which ones can be played, what a player may see, tries, the hint.

The only writer of Play and Try, but for what `game.playing.regrading` makes better and
`game.players.moving` hands over.
"""

from collections.abc import Collection, Sequence
from datetime import date, timedelta
from typing import Any, ClassVar

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from game.days import reserve
from game.drawing import candidates
from game.models import Candidate, Play, Player, Puzzle, Try
from game.playing import answers, guesses, telling
from game.playing.guesses import Board, FreeSentence, Guess, Words
from game.rules import boards
from game.rules.boards import GuessError
from game.rules.scoring import points

# Longer than any word a board has; nothing longer is even looked at.
MOST_CHARACTERS = 64

# What pages and tries need of a puzzle: less than half of what there is.
OF_PUZZLE = ("prompt", "play_on", "hides_given_words", "frozen_board", "salt")
OF_FIGURES = ("plays", "solved", "distribution", "words", "wrong")
SHOWN = (*OF_PUZZLE, *(f"figures__{name}" for name in OF_FIGURES))

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
    play = _lock(player, puzzle)
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
        play.hinted = index
        play.save(update_fields=["hinted"])
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
    with transaction.atomic():
        is_first = number == 1
        play = _start(player, puzzle, is_hard, source) if is_first else _lock(player, puzzle)
        if play is None:
            # Nothing of theirs is left where the player was forgotten or merged meanwhile.
            raise WrongTry(_out_of_step())
        tries = list(play.tries.order_by("number"))
        if number == 1 and tries:
            play.refresh_from_db()
        if not _is_repeat(puzzle.board(play.is_hard), tries, number, guess):
            if play.finished_at is not None:
                raise Finished(_("This puzzle is finished."))
            if number != len(tries) + 1:
                raise WrongTry(_out_of_step())
            tries.append(_record(puzzle, play, tries, guess))
    return telling.describe(puzzle, play, tries)


def _out_of_step() -> str:
    return _("This isn't your next try. Reload the page to see where you are.")


def _start(player: Player, puzzle: Puzzle, is_hard: bool, source: int | None) -> Play | None:
    """Hold a new play, or the one there is: of that one, only the key is right. None when the
    player is gone."""
    if puzzle.frozen_board is None:
        _freeze(puzzle)
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


def _lock(player: Player, puzzle: Puzzle) -> Play | None:
    """Hold the play against every other try until this one is recorded.

    By the player's key, so that whoever asks needs no look at the player's row; nobody's plays
    stay nobody's.
    """
    plays = Play.objects.select_for_update(of=("self",))
    return next(iter(plays.filter(player__key=player.key, puzzle=puzzle)), None)


def _is_repeat(board: Board, tries: Sequence[Try], number: int, guess: Guess) -> bool:
    if not 1 <= number <= len(tries):
        return False
    found = telling.found(board, tries[: number - 1])
    return guesses.is_same(guess, tries[number - 1], board, found)


def _record(puzzle: Puzzle, play: Play, tries: Sequence[Try], guess: Guess) -> Try:
    board = puzzle.board(play.is_hard)
    found = telling.found(board, tries)
    read = _read(guess, board, found)
    # Only now that the play is locked: what is accepted from here on, regrading brings in. It sees
    # no play that began in this transaction, so that the puzzle is held for it too.
    words = boards.open_words(board)
    against = answers.load(puzzle, words, is_hard=play.is_hard, is_held=not tries)
    marked = guess.mark(against, read, found)
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
