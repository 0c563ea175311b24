"""What everyone's finished plays of a puzzle come to: counted anew as a whole, now and then.

Counting twice, or twice at once, does no more than counting once.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import groupby
from operator import itemgetter
from typing import Any

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet

from game.drawing import drawable
from game.models import Figures, Play, Puzzle, Try
from game.playing import answers
from game.rules import boards
from game.rules.boards import Verdict

# Longer than any count or try takes: a play that ended while a count ran is counted by the next.
LEEWAY = timedelta(minutes=5)
MOST_A_WORD = 30
PERSONAL = re.compile(r"\d{4}|@|\b(https?|www)\b|(g|hot)mail")

# Of a try that counts: its play, if that one is hard, and in which try it was solved.
# Last, from where it came.
Row = tuple[int, bool, int | None, list[str], list[dict[str, Any]], int | None]


@dataclass
class Tally:
    """Adds up plays. Words found are told apart by their places on the whole board."""

    solved_in: Counter[int | None] = field(default_factory=Counter)
    found: Counter[int] = field(default_factory=Counter)
    # By hidden word and guess.
    wrong: Counter[tuple[str, str]] = field(default_factory=Counter)
    sources: defaultdict[tuple[str, str], set[int]] = field(
        default_factory=lambda: defaultdict(set)
    )

    def add(self, hidden: dict[int, str], tries: Sequence[Row]) -> None:
        """A play counts once for each word it found and for each wrong guess it made."""
        found: set[int] = set()
        wrong: set[tuple[str, str]] = set()
        for _play, _is_hard, _solved_in, words, marks, _source in tries:
            for (place, answer), word, mark in zip(hidden.items(), words, marks, strict=True):
                if mark["verdict"] == Verdict.EXACT:
                    found.add(place)
                elif mark["verdict"] == Verdict.WRONG and word:
                    # Words of somebody who asked to be forgotten are blank.
                    wrong.add((answer, word))
        self.solved_in[tries[0][2]] += 1
        self.found.update(found)
        self.wrong.update(wrong)
        if (source := tries[0][5]) is not None:
            for guessed in wrong:
                self.sources[guessed].add(source)


def due() -> QuerySet[Puzzle]:
    """Puzzles with plays that ended since they were counted."""
    counted = F("puzzle__figures__counted_at") - LEEWAY
    ended = Play.objects.filter(puzzle=OuterRef("pk"), finished_at__isnull=False)
    uncounted = Q(puzzle__figures=None) | Q(finished_at__gt=counted)
    return Puzzle.objects.filter(Exists(ended.filter(uncounted)))


@transaction.atomic
def count(puzzle: Puzzle) -> None:
    """Write the puzzle's figures as they are now."""
    # Held to the end: see privacy.forget, which takes words out of what is counted.
    Puzzle.objects.select_for_update(of=("self",), no_key=True).get(pk=puzzle.pk)
    tally = _tally(puzzle)
    solved = [tally.solved_in[tries] for tries in range(1, boards.TRIES + 1)]
    figures = Figures(
        puzzle=puzzle,
        plays=tally.solved_in.total(),
        solved=sum(solved),
        distribution=solved,
        words=[[word, tally.found[place]] for place, word in _hidden(puzzle).items()],
        wrong=_wrong(puzzle, tally),
    )
    Figures.objects.bulk_create(
        [figures],
        update_conflicts=True,
        unique_fields=["puzzle"],
        update_fields=["plays", "solved", "distribution", "words", "wrong", "counted_at"],
    )


def _hidden(puzzle: Puzzle, is_hard: bool = False) -> dict[int, str]:
    """The open words by their places on the whole board."""
    board = puzzle.board(is_hard)
    return {place: word.text for place, word in enumerate(board) if not word.is_given}


def _tally(puzzle: Puzzle) -> Tally:
    hidden = {is_hard: _hidden(puzzle, is_hard) for is_hard in (False, True)}
    tally = Tally()
    for (_play, is_hard), tries in groupby(_tries(puzzle), key=itemgetter(0, 1)):
        tally.add(hidden[is_hard], list(tries))
    return tally


def _tries(puzzle: Puzzle) -> Iterator[Row]:
    """The tries that count of plays that ended, play by play, without holding all of them."""
    # An answer that was accepted later can have solved a play before its last try.
    counts = Q(play__solved_in=None) | Q(number__lte=F("play__solved_in"))
    ended = Try.objects.filter(counts, play__puzzle=puzzle, play__finished_at__isnull=False)
    rows = ended.order_by("play_id", "number").values_list(
        "play_id", "play__is_hard", "play__solved_in", "words", "marks", "play__source"
    )
    return rows.iterator()


def _wrong(puzzle: Puzzle, tally: Tally) -> list[list[Any]]:
    """Rows for `Figures.wrong`. What only hard mode hides isn't among them."""
    words = list(_hidden(puzzle).values())
    hidden = {answer.word: answer for answer in answers.load(puzzle, words, is_hard=False)}
    rows: list[list[Any]] = []
    taken: Counter[str] = Counter()
    for (word, guess), plays in sorted(tally.wrong.items(), key=lambda one: (-one[1], one[0])):
        if word in hidden and taken[word] < MOST_A_WORD and _is_presentable(guess):
            sources = len(tally.sources[word, guess])
            rows.append([word, guess, plays, hidden[word].warmth(guess), sources])
            taken[word] += 1
    return rows


def _is_presentable(guess: str) -> bool:
    return not PERSONAL.search(guess) and drawable.is_decent(guess)
