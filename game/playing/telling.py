"""What a player is told of a puzzle and of how a play stands, ready for JSON.

What the prompt says may only enter where a word is right, or after the end.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from game.models import Play, Puzzle, Try
from game.playing.wording import (
    LABELS,
    LEFT_OUT,
    REASONS,
    WHY,
    WHY_FORM,
    WHY_LATER,
    WHY_LETTERS,
    WHY_WHERE,
    WON,
)
from game.rules import boards
from game.rules.scoring import sentences, sharing
from game.rules.scoring.marks import Kind, Mark
from game.words.reasons import Reason

# In the stored marks: what an editor accepted only after the try.
LATER = "later"

# What a player would wonder about, and so gets to read below the tiles.
NOTED = frozenset({Kind.ACCEPTED, Kind.FORM})


def marks(one: Try) -> list[Mark]:
    return [Mark.from_json(row) for row in one.marks]


def is_solved(one: Try) -> bool:
    return all(mark.is_right for mark in marks(one))


def until_solved(tries: Sequence[Try]) -> list[Try]:
    """The tries that count: an answer accepted later can solve a play before its last try."""
    solved = next((place for place, one in enumerate(tries, 1) if is_solved(one)), len(tries))
    return list(tries[:solved])


def found(board: Sequence[boards.Word], tries: Sequence[Try]) -> dict[int, str]:
    answers = boards.open_words(board)
    return {
        index: answers[index]
        for one in tries
        for index, mark in enumerate(marks(one))
        if mark.is_right
    }


def describe(
    puzzle: Puzzle, play: Play | None, tries: Sequence[Try], *, is_hard: bool = False
) -> dict[str, Any]:
    """Build the public state; before a first try, of a play in the mode asked for."""
    number, play_on = _planned(puzzle)
    is_hard = is_hard if play is None else play.is_hard
    board = puzzle.board(is_hard)
    tries = until_solved(tries)
    right = found(board, tries)
    is_finished = play is not None and play.finished_at is not None
    described: dict[str, Any] = {
        "number": number,
        "date": play_on.isoformat(),
        "hard": is_hard,
        "shape": boards.shape(board),
        "tries_left": 0 if is_finished else boards.TRIES - len(tries),
        "next_try": None if is_finished else len(tries) + 1,
        "found": [right.get(index) for index in range(len(boards.open_words(board)))],
        "hint": _hint(board, play),
        "tries": [describe_try(board, one) for one in tries],
        "finished": is_finished,
        "solved": play is not None and play.is_solved,
    }
    if play is not None and is_finished:
        described["prompt"] = puzzle.prompt
        described["share"] = _share(number, play, tries, len(right))
        described["outcome"] = _outcome(play, tries, len(right))
    return described


def _planned(puzzle: Puzzle) -> tuple[int, date]:
    number, play_on = puzzle.number, puzzle.play_on
    if number is None or play_on is None:
        raise ValueError(f"puzzle {puzzle.pk} is not planned for a day")
    return number, play_on


def _hint(board: Sequence[boards.Word], play: Play | None) -> dict[str, Any] | None:
    if play is None or play.hinted is None:
        return None
    return {"index": play.hinted, "letter": boards.open_words(board)[play.hinted][0]}


def describe_try(board: Sequence[boards.Word], one: Try) -> dict[str, Any]:
    told = list(_describe_marks(board, one))
    start = _("Try %(number)d, %(score)d of 100.") % {"number": one.number, "score": one.score}
    places = [place for place, word in enumerate(board, start=1) if not word.is_given]
    rows = [row for row in zip(places, one.words, told, strict=True) if row[1]]
    left_out = [
        LEFT_OUT % {"words": ", ".join(words)} for words in [_left_out(board, one)] if words
    ]
    noted = [f"{word}: {mark['why']}" for _place, word, mark in rows if mark["kind"] in NOTED]
    return {
        "number": one.number,
        "sentence": one.sentence,
        "words": one.words,
        "marks": told,
        "score": one.score,
        "summary": " ".join([start, *(_read_out(*row) for row in rows), *left_out]),
        "notes": [*noted, *left_out],
    }


def _read_out(place: int, word: str, mark: dict[str, Any]) -> str:
    """A word of a try for the ear: its place on the whole board, and where its letters stand."""
    line = _("Word %(place)d, %(word)s: %(why)s") % {
        "place": place,
        "word": word,
        "why": mark["why"],
    }
    if mark["verdict"] == boards.Verdict.EXACT or mark["why"] == WHY[Kind.OTHER]:
        return line  # That says it all.
    letters = [
        (code, letter if word.count(letter) == 1 else f"{letter} ({at})")
        for at, (letter, code) in enumerate(zip(word, mark["letters"], strict=True), start=1)
    ]
    where = {code: [letter for its, letter in letters if its == code] for code in WHY_WHERE}
    told = [
        WHY_WHERE[code] % {"letters": ", ".join(found)} for code, found in where.items() if found
    ]
    return " ".join([line, *told])


def _left_out(board: Sequence[boards.Word], one: Try) -> list[str]:
    """The words of a sentence that stand for none of the board's."""
    if not one.sentence:
        return []
    try:
        typed = sentences.read_sentence(board, one.sentence)
    except boards.GuessError:
        return []  # Rules of another day read it.
    used = Counter(word for words in one.words for word in words.split())
    left = []
    for word in typed:
        if used[word]:
            used[word] -= 1
        else:
            left.append(word)
    return left


def _describe_marks(board: Sequence[boards.Word], one: Try) -> Iterator[dict[str, Any]]:
    for answer, row in zip(boards.open_words(board), one.marks, strict=True):
        mark = Mark.from_json(row)
        values = {"answer": answer if mark.is_right else "", "warmth": mark.warmth}
        yield {
            "letters": mark.letters,
            "verdict": mark.verdict.value,
            "kind": mark.kind.value,
            "warmth": mark.warmth if mark.kind is Kind.WARM else None,
            "square": sharing.square(mark).value,
            "label": str(LABELS.get(mark.kind, mark.warmth)),
            "why": _why(mark, is_later=row.get(LATER, False)) % values,
            "reason": reason(mark.reason),
        }


def _why(mark: Mark, *, is_later: bool) -> str:
    if mark.kind is Kind.ACCEPTED and is_later:
        return str(WHY_LATER)
    if mark.kind is Kind.OTHER and mark.letters.strip("a"):
        return str(WHY_LETTERS)
    if mark.form is not None:
        return str(WHY_FORM[mark.form])
    return str(WHY[mark.kind])


def _outcome(play: Play, tries: Sequence[Try], right: int) -> str:
    if play.is_solved:
        return str(WON[len(tries) - 1])
    best = max(tries, key=lambda one: one.score)
    return _(
        "Try %(number)d was the nearest, with %(score)d of 100. "
        "Words found: %(found)d of %(count)d."
    ) % {
        "number": best.number,
        "score": best.score,
        "found": right,
        "count": len(best.words),
    }


def reason(found: Reason | None) -> str | None:
    return None if found is None else str(REASONS[found.tie]) % {"name": found.name}


def _share(number: int, play: Play, tries: Sequence[Try], right: int) -> str:
    if play.is_solved:
        summary = ngettext("Solved in %(tries)d try.", "Solved in %(tries)d tries.", len(tries)) % {
            "tries": len(tries)
        }
    else:
        count = len(tries[-1].words)
        summary = ngettext(
            "Not solved: %(found)d of %(count)d word found.",
            "Not solved: %(found)d of %(count)d words found.",
            count,
        ) % {"found": right, "count": count}
    flags = [_("hard mode")] * play.is_hard + [_("1 hint")] * (play.hinted is not None)
    return sharing.share_text(
        number,
        play.is_solved,
        [marks(one) for one in tries],
        flags=flags,
        summary=summary,
        url=f"{settings.SITE_URL}{reverse('puzzle', args=[number])}",
    )
