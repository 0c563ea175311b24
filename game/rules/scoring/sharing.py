"""What of a play is shared: nothing that gives its prompt away."""

from collections.abc import Sequence
from enum import StrEnum

from game.rules.boards import TRIES, Verdict
from game.rules.scoring.marks import Mark

# From here on a wrong word is of the same kind of thing or the same scene; see `warmth.SCALE`.
NEAR = 50


class Square(StrEnum):
    """A word of a try at a glance."""

    RIGHT = "right"
    NEAR = "near"
    FAR = "far"
    EMPTY = "empty"


_EMOJI = {Square.RIGHT: "🟩", Square.NEAR: "🟪", Square.FAR: "⬛", Square.EMPTY: "⬜"}
# By the name of the choice: what a player's squares look like in place of these.
_PALETTES: dict[str, dict[int, int]] = {"standard": {}, "contrast": str.maketrans("🟩🟪", "🟦🟨")}


def square(mark: Mark) -> Square:
    """Near is a right word in a wrong place, one that is near in meaning, and one that has half of
    its letters: a letter in place counts whole, one elsewhere half."""
    if mark.verdict is Verdict.EXACT:
        return Square.RIGHT
    if mark.verdict is Verdict.EMPTY:
        return Square.EMPTY
    letters = 2 * mark.letters.count("c") + mark.letters.count("p")
    is_near = mark.verdict is Verdict.ELSEWHERE or (mark.warmth or 0) >= NEAR
    return Square.NEAR if is_near or letters >= len(mark.letters) else Square.FAR


def share_text(
    number: int,
    is_solved: bool,
    rows: Sequence[Sequence[Mark]],
    *,
    flags: Sequence[str],
    summary: str,
    url: str,
) -> str:
    """A row a try, a square a word; the flags say what made the play harder or easier."""
    result = f"{len(rows) if is_solved else 'X'}/{TRIES}"
    lines = [" · ".join([f"Sixpix #{number} {result}", *flags])]
    lines += ["".join(_EMOJI[square(mark)] for mark in row) for row in rows]
    return "\n".join([*lines, summary, url])


def in_palette(text: str, palette: str) -> str:
    """The same share text in the colours that a player has chosen."""
    return text.translate(_PALETTES[palette])
