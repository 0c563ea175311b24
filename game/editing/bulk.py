"""Many prompts at once: what is wrong with each of them, and making drafts of those that are fine.

A row that is fine counts at once: the next row may be no duplicate of it, and not take its day.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date

from django.conf import settings
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.db.models import QuerySet, TextChoices
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from game.drawing import drawable
from game.editing import access, cells
from game.editing.rows import Row, UnreadableError
from game.models import Accepted, Puzzle, validate_prompt
from game.rules import boards, likeness
from game.rules.boards import gettext_noop

# One import at a time, or the same list sent twice would be fine both times. Any number will do.
LOCK = 51_912
# So many prompts are looked at for each one that is suggested.
LOOKED_AT = 20


class Flaw(TextChoices):
    FORM = "form", _("too long, too short or unreadable")
    SAME = "same", _("duplicate")
    NEAR = "near", _("near-duplicate")
    MODEL = "model", _("can't be drawn")
    DAY = "day", _("bad day")
    DIFFICULTY = "difficulty", _("bad difficulty")
    ACCEPTED = "accepted", _("bad accepted answers")
    SURPLUS = "surplus", _("cells without a heading")


# What “%(other)s” stands for is in _name_of_puzzle and _name_of_row.
LIKENESSES = {
    likeness.Kind.SAME: (Flaw.SAME, gettext_noop("The same as %(other)s.")),
    likeness.Kind.REORDERED: (
        Flaw.NEAR,
        gettext_noop("The same words as in %(other)s, in another order."),
    ),
    likeness.Kind.NEAR: (Flaw.NEAR, gettext_noop("Nearly the same as %(other)s.")),
}


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that an editor has to mend in a row."""

    flaw: Flaw
    text: str


@dataclass(slots=True)
class Draft:
    """A row, the puzzle it makes (not saved yet), and what keeps it from being made."""

    row: Row
    puzzle: Puzzle
    # Pairs of hidden word and answer.
    accepted: list[tuple[str, str]] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Saved:
    puzzles: list[Puzzle]
    refused: list[Draft]


class Judge:
    """Judges rows one after the other, by the rules, the model, and the prompts that there are.

    Those that the user may not see decide nothing: whoever may ask often enough would read them
    off the verdicts. Whether a draft is like one of them, `likeness_of` tells those who see both.
    """

    def __init__(self, user: User) -> None:
        self._user = user
        self._may_plan = user.has_perm(access.PLAN)
        self._taken: set[date] = set()
        # Prompts by what they are called when a row is too like them.
        self._index: likeness.Index[str] = likeness.Index()
        for prompt, day in _prompts(access.visible(user)):
            self._add(prompt, day, _name_of_puzzle(prompt, day))
        if self._may_plan:
            # Whoever gives days sees in the calendar which ones are taken.
            planned = Puzzle.objects.exclude(play_on=None).values_list("play_on", flat=True)
            self._taken.update(day for day in planned if day)

    def judge(self, row: Row) -> Draft:
        prompt = " ".join(row.prompt.split())
        draft = Draft(row, Puzzle(prompt=prompt, notes=row.notes, created_by=self._user))
        draft.problems += self._problems_of(prompt)
        draft.problems += self._read_cells(draft)
        if not draft.problems:
            self._add(prompt, draft.puzzle.play_on, _name_of_row(prompt))
        return draft

    def _add(self, prompt: str, day: date | None, name: str) -> None:
        self._index.add(name, prompt)
        if day is not None:
            self._taken.add(day)

    def _problems_of(self, prompt: str) -> Iterator[Problem]:
        try:
            validate_prompt(prompt)
        except ValidationError as error:
            yield Problem(Flaw.FORM, " ".join(error.messages))
            return
        try:
            drawable.check_prompt(prompt)
        except drawable.Undrawable as error:
            yield Problem(Flaw.MODEL, str(error))
        if match := self._index.find(prompt):
            yield Problem(LIKENESSES[match.kind][0], _tell_match(match))

    def _read_cells(self, draft: Draft) -> Iterator[Problem]:
        row, puzzle = draft.row, draft.puzzle
        try:
            puzzle.play_on = self._read_day(row.day) if row.day else None
        except UnreadableError as error:
            yield Problem(Flaw.DAY, tell(error))
        try:
            puzzle.difficulty = cells.read_difficulty(row.difficulty) if row.difficulty else None
        except UnreadableError as error:
            yield Problem(Flaw.DIFFICULTY, tell(error))
        try:
            draft.accepted = cells.read_accepted(row.accepted, boards.open_words(puzzle.board()))
        except UnreadableError as error:
            yield Problem(Flaw.ACCEPTED, tell(error))
        if surplus := ", ".join(filter(None, row.surplus)):
            text = gettext("No heading stands over “%(cells)s”. Does a comma lack its quotes?")
            yield Problem(Flaw.SURPLUS, text % {"cells": surplus})

    def _read_day(self, cell: str) -> date:
        if not self._may_plan:
            raise UnreadableError(gettext_noop("Editors give the days: leave this one empty."))
        day = cells.read_day(cell)
        if day < timezone.localdate():
            raise UnreadableError(gettext_noop("%(day)s is over."), day=cell)
        if day < settings.FIRST_DAY:
            first = settings.FIRST_DAY.isoformat()
            raise UnreadableError(gettext_noop("The first puzzle's day is %(day)s."), day=first)
        if day in self._taken:
            raise UnreadableError(gettext_noop("%(day)s has a puzzle already."), day=cell)
        return day


def _prompts(puzzles: QuerySet[Puzzle]) -> QuerySet[Puzzle, tuple[str, date | None]]:
    return puzzles.order_by("pk").values_list("prompt", "play_on")


def _tell_match(match: likeness.Match[str]) -> str:
    _flaw, template = LIKENESSES[match.kind]
    return gettext(template) % {"other": match.key}


def _name_of_puzzle(prompt: str, day: date | None) -> str:
    if day is None:
        return gettext("one without a day: “%(prompt)s”") % {"prompt": prompt}
    values = {"day": date_format(day, gettext("j M Y")), "prompt": prompt}
    return gettext("that of %(day)s: “%(prompt)s”") % values


def _name_of_row(prompt: str) -> str:
    return gettext("another row: “%(prompt)s”") % {"prompt": prompt}


def tell(error: UnreadableError) -> str:
    return gettext(error.template) % error.values


def judge(rows: Iterable[Row], user: User) -> list[Draft]:
    judge = Judge(user)
    return [judge.judge(row) for row in rows]


def likeness_of(puzzle: Puzzle, user: access.Account) -> str:
    """What the user should know of it: which other puzzle that they may see is much the same."""
    return likenesses([puzzle], user)[puzzle.pk]


def likenesses(puzzles: Collection[Puzzle], user: access.Account) -> dict[int, str]:
    """The same of several by their ids, each beside all others and those before it; empty where
    there is none."""
    index: likeness.Index[str] = likeness.Index()
    asked = [puzzle.pk for puzzle in puzzles]
    for prompt, day in _prompts(access.visible(user).exclude(pk__in=asked)):
        index.add(_name_of_puzzle(prompt, day), prompt)
    found = {}
    for puzzle in puzzles:
        match = index.find(puzzle.prompt)
        found[puzzle.pk] = _tell_match(match) if match else ""
        index.add(_name_of_puzzle(puzzle.prompt, puzzle.play_on), puzzle.prompt)
    return found


def save(rows: Sequence[Row], user: User) -> Saved:
    """Make drafts of the rows that are fine now, all of them or none, and give back the others."""
    try:
        return _save(rows, user)
    except IntegrityError:
        # A day was taken between our looking and our writing. This time we see it.
        return _save(rows, user)


@transaction.atomic
def _save(rows: Sequence[Row], user: User) -> Saved:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
    drafts = judge(rows, user)
    fine = [draft for draft in drafts if not draft.problems]
    puzzles = Puzzle.objects.bulk_create([draft.puzzle for draft in fine], batch_size=1_000)
    # Nobody has played them yet, so nobody has to be graded anew.
    now = timezone.now()
    Accepted.objects.bulk_create(
        Accepted(puzzle=draft.puzzle, word=word, text=answer, graded_at=now)
        for draft in fine
        for word, answer in draft.accepted
    )
    return Saved(puzzles, [draft for draft in drafts if draft.problems])


def suggest(count: int, seed: int, user: User, dropped: Collection[str] = ()) -> list[Puzzle]:
    """Up to so many prompts that are fine, like no other, and not dropped before; not saved.

    Raises:
        drawable.StudioError: the model is not the bundled one, whose world they are taken from.
    """
    judge = Judge(user)
    found: list[Puzzle] = []
    for prompt in drawable.suggest_prompts(count * LOOKED_AT, seed):
        if len(found) == count:
            break
        if prompt not in dropped and not (draft := judge.judge(Row(prompt))).problems:
            found.append(draft.puzzle)
    return found
