"""What editors do with a puzzle: ask for pictures, choose six, approve, send back, rewrite.

Every function locks the row, looks at the state as it is now, and does all or nothing.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime

from django.conf import settings
from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from game.drawing import candidates, drawable, painting
from game.drawing.candidates import CHOSEN, KEEPS_CHOSEN
from game.drawing.drawable import StudioError
from game.drawing.origins import UNSEEN
from game.drawing.wishes import Wishes
from game.models import Candidate, Puzzle
from game.rules import clock

State = Puzzle.State
# What may have pictures; a draft has some when it was sent back.
PICTURED = (State.DRAFT, State.REVIEW, State.APPROVED, State.FAILED)


class NotNow(StudioError):
    """The puzzle's state doesn't allow it."""


class BadNote(StudioError):
    """Nothing that says why a puzzle is sent back."""


class BadChoice(StudioError):
    """Not six different pictures of this puzzle."""


def is_public(puzzle: Puzzle, now: datetime | None = None) -> bool:
    """Live or past: it is or was somebody's puzzle of the day, somewhere on earth."""
    return (
        puzzle.state == State.APPROVED
        and puzzle.play_on is not None
        and puzzle.play_on <= clock.last_possible_day(now or timezone.now())
    )


def want(puzzle: Puzzle, wished: Wishes | None = None) -> None:
    """Ask for a first drawing; whoever calls enqueues the task."""
    drawable.check_prompt(puzzle.prompt)
    with _locked(puzzle, State.DRAFT, State.FAILED) as locked:
        _ask(locked, wished)


def redraw(puzzle: Puzzle, wished: Wishes | None = None) -> None:
    """Ask for new pictures; the old ones stay until the new ones are stored."""
    drawable.check_prompt(puzzle.prompt)
    with _locked(puzzle, *PICTURED) as locked:
        if wished and wished.keeps_chosen:
            _check_kept(locked, wished)
        _ask(locked, wished)


def _check_kept(locked: Puzzle, wished: Wishes) -> None:
    chosen = list(locked.candidates.filter(position__isnull=False))
    if len(chosen) != CHOSEN:
        raise BadChoice(_("Choose %d pictures first: they are what stays.") % CHOSEN)
    if wished.seed is None:
        return
    count = painting.painter(settings.GENERATOR_MODEL).candidates
    new = range(wished.seed, wished.seed + count - CHOSEN)
    if any(each.seed in new for each in chosen):
        raise BadChoice(_("That seed would draw a chosen picture again. Give another seed."))


def _ask(locked: Puzzle, wished: Wishes | None) -> None:
    _take_back(locked)
    locked.state = State.WANTED
    locked.attempts = locked.progress = 0
    locked.seed = None
    locked.sampling.pop(KEEPS_CHOSEN, None)
    if wished is not None:
        locked.seed = wished.seed
        locked.sampling = dict(wished.sampling)
        if wished.keeps_chosen:
            locked.sampling[KEEPS_CHOSEN] = True


def _take_back(locked: Puzzle) -> None:
    locked.failure = ""
    locked.approved_at = None
    # Whoever lets it approve itself is who approves it in the end.
    if not locked.is_auto_approved:
        locked.approved_by = None


def withdraw(puzzle: Puzzle, *states: str) -> bool:
    """Take back all that was approved of it, and say whether that was anything.

    For changes by somebody who may not approve; they are made in the same transaction, so that
    nobody approves in between. With `states`, only while the puzzle is in one of them.
    """
    with _locked(puzzle, *(states or State)) as locked:
        is_approved = locked.state == State.APPROVED
        had_any = is_approved or locked.is_auto_approved
        locked.is_auto_approved = False
        locked.approved_at = locked.approved_by = None
        if is_approved:
            locked.state = State.REVIEW
    return had_any


def confirm(puzzle: Puzzle, seen: Mapping[str, object]) -> None:
    """Hold the row, with these fields as an editor saw them: what is approved from here on, until
    the transaction ends, is what they looked at."""
    locked = Puzzle.objects.select_for_update(of=("self",)).get(pk=puzzle.pk)
    if any(getattr(locked, name) != value for name, value in seen.items()):
        raise NotNow(_("Somebody else changed it meanwhile. Look again, and approve it then."))


def send_back(puzzle: Puzzle, state: str) -> None:
    """Take an approval back, or have a draft made of the puzzle again; the pictures stay.

    It isn't approved by itself any more: somebody has looked at it, and said no.
    """
    later = {State.REVIEW: (State.APPROVED,), State.DRAFT: (State.REVIEW, State.APPROVED)}
    with _locked(puzzle, *later[State(state)]) as locked:
        locked.is_auto_approved = False
        _take_back(locked)
        locked.state = state


def refuse(puzzle: Puzzle, why: StudioError) -> None:
    """A planned prompt that can't be drawn waits for an editor, with the reason."""
    with _locked(puzzle, State.DRAFT, State.FAILED) as locked:
        locked.state, locked.failure = State.FAILED, str(why)


def choose(puzzle: Puzzle, candidate_ids: Sequence[int]) -> None:
    """Make these six the puzzle's pictures, in this order."""
    if len(candidate_ids) != CHOSEN or len(set(candidate_ids)) != CHOSEN:
        raise BadChoice(
            _("Choose exactly %(wanted)d different pictures; %(got)d were chosen.")
            % {"wanted": CHOSEN, "got": len(set(candidate_ids))}
        )
    with _locked(puzzle, *PICTURED) as locked:
        chosen = locked.candidates.in_bulk(candidate_ids)
        if len(chosen) != CHOSEN:
            raise BadChoice(_("These pictures are gone: the puzzle was drawn again."))
        before = set(locked.candidates.filter(position__isnull=False).values_list("pk", flat=True))
        locked.candidates.update(position=None)
        for position, candidate_id in enumerate(candidate_ids, start=1):
            chosen[candidate_id].position = position
        Candidate.objects.bulk_update(chosen.values(), ["position"])
        if before != set(candidate_ids):
            locked.forecast = None
            locked.manifest.pop(UNSEEN, None)


def approve(puzzle: Puzzle, user: User | None) -> None:
    with _locked(puzzle, State.DRAFT, State.REVIEW, State.FAILED) as locked:
        if candidates.is_too_late(locked, timezone.now()):
            raise NotNow(_("Its day is over and stays without it. Give it another day first."))
        chosen = locked.candidates.filter(position__isnull=False).count()
        if chosen != CHOSEN:
            raise BadChoice(
                _("%(wanted)d pictures are needed to approve; %(got)d are chosen.")
                % {"wanted": CHOSEN, "got": chosen}
            )
        locked.state, locked.failure = State.APPROVED, ""
        locked.approved_at, locked.approved_by = timezone.now(), user


def rewrite(puzzle: Puzzle, prompt: str) -> None:
    """Change the prompt. Pictures of the old one go, and with them any approval."""
    undrawn = (State.DRAFT, State.WANTED, State.FAILED)
    with _locked(puzzle, *undrawn, State.REVIEW, State.APPROVED) as locked:
        _ask(locked, None)
        locked.prompt, locked.state, locked.forecast = prompt, State.DRAFT, None
        candidates.remove(locked)


@contextmanager
def _locked(puzzle: Puzzle, *states: str) -> Iterator[Puzzle]:
    """The row as it is now, locked, and saved at the end; `puzzle` is brought up to date."""
    with transaction.atomic():
        locked = Puzzle.objects.select_for_update(of=("self",)).get(pk=puzzle.pk)
        if is_public(locked):
            raise NotNow(_("The puzzle is live or past and can't be changed any more."))
        if locked.state not in states:
            raise NotNow(
                _("This can't be done while the puzzle is “%(state)s”.")
                % {"state": locked.get_state_display()}
            )
        yield locked
        locked.save()
    puzzle.refresh_from_db()
