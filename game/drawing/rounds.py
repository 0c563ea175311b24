"""Rounds of drawing: again, and more, where too few of the pictures show a word of the prompt."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from game.drawing import painting
from game.models import Puzzle

if TYPE_CHECKING:
    from generator.drawing.result import Drawing

ROUNDS = 3

# So many pictures of each puzzle, drawn from these seeds.
Draw = Callable[[Sequence[Puzzle], int, Sequence[int]], Sequence["Drawing"]]


@dataclass(frozen=True, slots=True)
class Drawn:
    """A drawing, and the words of its prompt that can't be seen in it."""

    drawing: "Drawing"
    unseen: list[str] = field(default_factory=list)


def draw(puzzles: Sequence[Puzzle], count: int, paint: Draw) -> list[Drawn]:
    """Draw `count` pictures of each puzzle. Where a word can't be seen, twice as many are drawn
    from other seeds, then three times as many; the drawing that hides the fewest words is kept."""
    found: dict[int, Drawn] = {}
    left, used = list(puzzles), 0
    for round_number in range(1, ROUNDS + 1):
        seeds = [(puzzle.seed or 0) + used for puzzle in left]
        drawings = paint(left, round_number * count, seeds)
        used += round_number * count
        for puzzle, drawing in zip(left, drawings, strict=True):
            new = Drawn(drawing, painting.unseen_words(drawing) or [])
            found[puzzle.pk] = min(found.get(puzzle.pk, new), new, key=_hidden)
        left = [puzzle for puzzle in left if found[puzzle.pk].unseen]
        if not left:
            break
    return [found[puzzle.pk] for puzzle in puzzles]


def _hidden(drawn: Drawn) -> int:
    return len(drawn.unseen)
