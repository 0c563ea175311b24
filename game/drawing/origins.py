"""What a puzzle's manifest says: how each candidate was drawn, and which words can't be seen."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from game.models import Candidate, Puzzle

if TYPE_CHECKING:
    from generator.drawing.result import Drawing

# Words that fewer than four of the six on offer show.
UNSEEN = "unseen"


def manifest_of(
    puzzle: Puzzle,
    drawing: "Drawing",
    left: Sequence[Candidate],
    new: Sequence[Candidate],
    unseen: Sequence[str],
) -> dict[str, Any]:
    """Enough to draw every picture again: an older one says itself how it was drawn."""
    manifest = {"seed": puzzle.seed} | drawing.manifest
    if unseen:
        manifest[UNSEEN] = [*unseen]
    if not left:
        return manifest
    pictures = [
        (made_with(puzzle, candidate) if candidate in left else {})
        | {"rank": candidate.rank, "seed": candidate.seed, "score": candidate.score}
        for candidate in sorted([*left, *new], key=lambda each: each.rank)
    ]
    return manifest | {"pictures": pictures}


def made_with(puzzle: Puzzle, candidate: Candidate) -> dict[str, Any]:
    """The model and the settings that a candidate was drawn with, as far as they are known."""
    pictures = puzzle.manifest.get("pictures", [])
    own: dict[str, Any] = next((each for each in pictures if each["seed"] == candidate.seed), {})
    made = puzzle.manifest | own
    return {name: made[name] for name in ("model", "settings") if name in made}
