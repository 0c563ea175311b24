"""A puzzle's forecast as its page shows it, and beside it what happened."""

from dataclasses import dataclass
from datetime import datetime

from game.admin.insight.numbers import percent
from game.models import Figures, Puzzle


@dataclass(frozen=True, slots=True)
class Word:
    text: str
    # In percent; None where a picture can't show the word, and before anybody has played.
    visible: int | None
    found: int | None


@dataclass(frozen=True, slots=True)
class Outlook:
    """All shares in percent. `puzzles` is how many past ones the forecast is fitted to."""

    words: list[Word]
    solvers: int
    puzzles: int
    model: str
    made_at: datetime
    plays: int
    solved: int | None


def outlook_of(puzzle: Puzzle) -> Outlook | None:
    """None before a worker has looked at the pictures."""
    forecast = puzzle.forecast
    if not forecast:
        return None
    figures = Figures.objects.filter(puzzle=puzzle, plays__gt=0).first()
    found = [percent(each, figures.plays) for _word, each in figures.words] if figures else []
    return Outlook(
        words=[
            Word(word, visible, found[place] if place < len(found) else None)
            for place, (word, visible) in enumerate(forecast["words"])
        ],
        solvers=forecast["solvers"],
        puzzles=forecast["puzzles"],
        model=forecast["model"]["name"],
        made_at=datetime.fromisoformat(forecast["made_at"]),
        plays=figures.plays if figures else 0,
        solved=percent(figures.solved, figures.plays) if figures else None,
    )
