"""What is said of a picture for those who don't see it, from vague to telling: by editors, or
by the prompt's own scene until they have written something."""

from game.editing import scenes
from game.models import Candidate, Puzzle
from game.rules import boards
from game.words.forms import other_form
from game.words.text import normalise

# The third level may tell everything, and so waits for the end of the play.
BEFORE_THE_END = 2
# From here on a word gives away another that begins with it, and the other way round: “moonlit”.
ROOT = 4


def told(picture: Candidate, puzzle: Puzzle, *, is_finished: bool) -> list[str]:
    """The levels that a player may read now; before the end none that names a hidden word."""
    levels = picture.descriptions or scenes.levels(puzzle.prompt)
    if is_finished:
        return list(levels)
    hidden = set(normalise(puzzle.prompt).split()) - boards.CONNECTING
    return [
        level
        for level in levels[:BEFORE_THE_END]
        if not any(_tells(word, one) for word in normalise(level).split() for one in hidden)
    ]


def _tells(word: str, hidden: str) -> bool:
    if word == hidden or other_form(word, hidden) is not None:
        return True
    short, long = sorted((word, hidden), key=len)
    return len(short) >= ROOT and long.startswith(short)
