"""How a puzzle stands, in the words and numbers that the admin's pages show."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from game.admin.looks import BUSY, status_of
from game.admin.puzzle.notes import open_note, text_of
from game.admin.puzzle.outlook import outlook_of
from game.admin.puzzle.wishes import describe, form_of
from game.drawing.candidates import CHOSEN, shown
from game.drawing.origins import UNSEEN, made_with
from game.editing import review
from game.models import Candidate, Puzzle

State = Puzzle.State
# Enough of a model's hash to tell it from another.
HASH_SHOWN = 12


def studio_context(puzzle: Puzzle) -> dict[str, Any]:
    candidates = list(puzzle.candidates.order_by("rank"))
    places = {each.pk: place for place, each in enumerate(shown(puzzle), start=1)}
    is_open = not review.is_public(puzzle) and puzzle.state not in BUSY
    has_pictures = bool(candidates)
    note = open_note(puzzle)
    return {
        "puzzle": puzzle,
        "status": status_of(puzzle),
        "places": [(each, places.get(each.pk)) for each in candidates],
        "chosen_count": CHOSEN,
        "drawings": drawings(puzzle, candidates),
        "drawing_form": form_of(puzzle),
        "outlook": outlook_of(puzzle),
        "unseen": puzzle.manifest.get(UNSEEN, []),
        "note": note,
        "note_text": text_of(note) if note else "",
        "is_public": review.is_public(puzzle),
        "can_want": is_open and not has_pictures,
        "can_redraw": is_open and has_pictures,
        "can_choose": is_open and has_pictures,
        "can_approve": is_open and has_pictures and puzzle.state != State.APPROVED,
        "can_send_back": is_open and puzzle.state in (State.REVIEW, State.APPROVED),
        "can_preview": len(candidates) >= CHOSEN,
    }


@dataclass(frozen=True, slots=True)
class Drawn:
    """Pictures that were drawn in one way, by their ranks."""

    ranks: str
    model: str
    settings: str
    seeds: str


def drawings(puzzle: Puzzle, candidates: Sequence[Candidate]) -> list[Drawn]:
    """How the candidates were drawn: in one way, or in several when some were kept."""
    ways: dict[str, list[Candidate]] = {}
    for each in candidates:
        ways.setdefault(json.dumps(made_with(puzzle, each), sort_keys=True), []).append(each)
    return [_drawn(json.loads(way), alike) for way, alike in ways.items()]


def _drawn(way: dict[str, Any], alike: Sequence[Candidate]) -> Drawn:
    model = way.get("model", {})
    return Drawn(
        ranks=", ".join(str(each.rank) for each in alike),
        model=f"{model.get('name', '')} {model.get('hash', '')[:HASH_SHOWN]}".strip(),
        settings=describe(way.get("settings", {})),
        seeds=", ".join(str(each.seed) for each in alike),
    )
