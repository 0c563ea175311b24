"""Forecasts: how visible each word is in a puzzle's pictures, and how many will solve it.

For workers: CLIP looks at the pictures.
"""

import logging
from collections.abc import Callable, Sequence
from functools import cache
from typing import Any

from celery.exceptions import SoftTimeLimitExceeded
from django.db import transaction
from django.utils import timezone
from PIL import Image

from game.drawing import candidates, painting, studio
from game.drawing.candidates import CHOSEN
from game.models import Candidate, Figures, Puzzle
from game.rules import solving

logger = logging.getLogger(__name__)

FormulaOf = Callable[[str], solving.Model]

# Fewer finished plays say little of how many solve a puzzle.
FEWEST_PLAYS = 20


def make(*puzzles: Puzzle, seen: studio.Seen | None = None) -> None:
    """Look at the puzzles' pictures and store what is to be expected of them.

    Pictures that were seen are not looked at again. A puzzle goes without a forecast as well, so
    nothing that goes wrong here stops anything.
    """
    formula_of = cache(learnt)
    for puzzle in puzzles:
        _make(puzzle, seen or {}, formula_of)


def _make(puzzle: Puzzle, seen: studio.Seen, formula_of: FormulaOf) -> None:
    pictures = candidates.shown(puzzle)
    if len(pictures) < CHOSEN:
        return
    try:
        forecast = look(puzzle, pictures, seen, formula_of)
    except SoftTimeLimitExceeded:
        raise
    except Exception:
        logger.exception("Puzzle %s stays without a forecast", puzzle.pk)
        return
    _store(puzzle, pictures, forecast)


def look(
    puzzle: Puzzle, pictures: Sequence[Candidate], seen: studio.Seen, formula_of: FormulaOf
) -> dict[str, Any]:
    board = puzzle.board()
    prompt = " ".join(word.text for word in board)
    keys = [(each.seed, each.score) for each in pictures]
    new = [_image(each) for each, key in zip(pictures, keys, strict=True) if key not in seen]
    visible, model = painting.visibility(prompt, new, [seen[key] for key in keys if key in seen])
    words = [
        [word.text, None if share is None else round(100 * share)]
        for word, share in zip(board, visible, strict=True)
        if not word.is_given
    ]
    formula = formula_of(model["hash"])
    return {
        "words": words,
        "solvers": round(100 * formula.share(features(words))),
        "puzzles": formula.puzzles,
        "model": model,
        "made_at": timezone.now().isoformat(timespec="seconds"),
    }


def _image(candidate: Candidate) -> Image.Image:
    with candidate.file.open("rb") as file, Image.open(file) as image:
        return image.convert("RGB")


@transaction.atomic
def _store(puzzle: Puzzle, pictures: Sequence[Candidate], forecast: dict[str, Any]) -> None:
    """Only for the pictures it was made of: others may have been chosen or drawn meanwhile."""
    locked = Puzzle.objects.select_for_update(of=("self",)).filter(pk=puzzle.pk).first()
    if locked is None or locked.prompt != puzzle.prompt:
        return
    if {each.pk for each in candidates.shown(locked)} == {each.pk for each in pictures}:
        Puzzle.objects.filter(pk=puzzle.pk).update(forecast=forecast)


def learnt(model_hash: str) -> solving.Model:
    """What past puzzles teach that were seen by the same CLIP; another sees otherwise."""
    past = Figures.objects.filter(
        plays__gte=FEWEST_PLAYS, puzzle__forecast__model__hash=model_hash
    ).values_list("puzzle__forecast__words", "solved", "plays")
    rows = [features(words) for words, _solved, _plays in past]
    return solving.learn(rows, [solved / plays for _words, solved, plays in past])


def features(words: Sequence[Any]) -> solving.Vector:
    """Of a forecast's rows: each a word and, where it can be seen, its visibility in percent."""
    visible = [percent / 100 for _word, percent in words if percent is not None]
    return solving.features(visible, [word for word, _percent in words])
