"""What a player is told of a puzzle and of how a play stands, ready for JSON.

What the prompt says may only enter where a word is right, or after the end.
"""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from game.models import Play, Puzzle, Try
from game.rules import boards
from game.rules.scoring import sharing
from game.rules.scoring.marks import Kind, Mark
from game.words.forms import Form
from game.words.reasons import Reason, Tie

# In the stored marks: what an editor accepted only after the try.
LATER = "later"

WHY = {
    Kind.EXACT: gettext_lazy("Right."),
    Kind.FOUND: gettext_lazy("Found in an earlier try."),
    Kind.ACCEPTED: gettext_lazy("Accepted by the editors: counts as “%(answer)s”."),
    Kind.FORM: gettext_lazy("Same word, other form: counts as “%(answer)s”."),
    Kind.MOVED: gettext_lazy("Right word, in another order."),
    Kind.ELSEWHERE: gettext_lazy("Right word, wrong place."),
    Kind.WARM: gettext_lazy("Another word, warmth %(warmth)d of 100."),
    Kind.COLD: gettext_lazy("Another word, cold."),
    Kind.OTHER: gettext_lazy("Another word, with none of the same letters."),
    Kind.EMPTY: gettext_lazy("Left empty."),
}
WHY_LETTERS = gettext_lazy("Another word, with some of the same letters.")
WHY_LATER = gettext_lazy("Accepted later by the editors: counts as “%(answer)s”.")
WHY_FORM = {
    Form.PLURAL: gettext_lazy("Same word, singular or plural: counts as “%(answer)s”."),
    Form.INFLECTION: gettext_lazy("Same word, other form: counts as “%(answer)s”."),
    Form.SPELLING: gettext_lazy("Same word, spelt another way: counts as “%(answer)s”."),
    Form.TYPO: gettext_lazy("Same word with a slip: counts as “%(answer)s”."),
}
# After the warmth of a guess. What both are stands there in English, as the game's words do.
REASONS = {
    Tie.SAME: gettext_lazy("means much the same"),
    Tie.KIND: gettext_lazy("one kind of it"),
    Tie.KINDS: gettext_lazy("it is one kind of this"),
    Tie.BOTH: gettext_lazy("both are %(name)s"),
    Tie.WAYS: gettext_lazy("both are ways to %(name)s"),
    Tie.PART: gettext_lazy("a part of it"),
    Tie.WHOLE: gettext_lazy("it is a part of this"),
    Tie.TOLD: gettext_lazy("a dictionary explains one by the other"),
}
LABELS = {
    Kind.EXACT: "✓",
    Kind.FOUND: "✓",
    Kind.ACCEPTED: gettext_lazy("✓ accepted"),
    Kind.FORM: gettext_lazy("✓ other form"),
    Kind.MOVED: gettext_lazy("⇄ other order"),
    Kind.ELSEWHERE: gettext_lazy("⇄ elsewhere"),
    Kind.COLD: gettext_lazy("cold"),
    Kind.OTHER: "×",
    Kind.EMPTY: "",
}
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
    pairs = [(word, mark) for word, mark in zip(one.words, told, strict=True) if word]
    noted = [mark["kind"] in NOTED for _word, mark in pairs]
    lines = [f"{word}: {mark['why']}" for word, mark in pairs]
    return {
        "number": one.number,
        "sentence": one.sentence,
        "words": one.words,
        "marks": told,
        "score": one.score,
        "summary": " ".join([start, *lines]),
        "notes": [line for line, is_noted in zip(lines, noted, strict=True) if is_noted],
    }


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
