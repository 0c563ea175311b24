"""How a puzzle stands, in the words and numbers that the admin's pages show."""

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from game import review
from game.candidates import CHOSEN
from game.models import Puzzle

State = Puzzle.State
BUSY = (State.WANTED, State.DRAWING)
LABELS = {"live": _("live"), "past": _("past")}


def status_of(puzzle: Puzzle) -> dict[str, Any]:
    return {
        "state": look_of(puzzle),
        "label": LABELS.get(look_of(puzzle)) or puzzle.get_state_display(),
        "progress": puzzle.progress,
        "is_busy": puzzle.state in BUSY,
        "failure": puzzle.failure,
        "attempts": puzzle.attempts,
    }


def look_of(puzzle: Puzzle) -> str:
    """The stored state, or what an approved puzzle has become by its date."""
    today = timezone.localdate()
    if puzzle.state != State.APPROVED or puzzle.play_on is None or puzzle.play_on > today:
        return puzzle.state
    return "live" if puzzle.play_on == today else "past"


def studio_context(puzzle: Puzzle) -> dict[str, Any]:
    candidates = list(puzzle.candidates.order_by("rank"))
    is_chosen = any(candidate.position for candidate in candidates)
    is_open = not review.is_public(puzzle) and puzzle.state not in BUSY
    has_pictures = bool(candidates)
    return {
        "puzzle": puzzle,
        "status": status_of(puzzle),
        "places": [
            # Without a choice yet, the model's own ranking is the one on offer.
            (each, each.position if is_chosen or each.rank > CHOSEN else each.rank)
            for each in candidates
        ],
        "chosen_count": CHOSEN,
        "is_public": review.is_public(puzzle),
        "can_want": is_open and not has_pictures,
        "can_redraw": is_open and has_pictures,
        "can_choose": is_open and has_pictures,
        "can_approve": is_open and has_pictures and puzzle.state != State.APPROVED,
    }
