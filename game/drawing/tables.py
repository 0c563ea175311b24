"""Tables of warmth for the hidden words of puzzles. For workers."""

import logging
from functools import cache
from pathlib import Path

from django.conf import settings

from game.drawing.warming import Warmer
from game.models import Puzzle, WarmthTable
from game.rules import boards, warmth
from game.words.encoder import EncoderError

logger = logging.getLogger(__name__)


@cache
def warmer() -> Warmer:
    folder = Path(settings.WARMTH_MODEL) if settings.WARMTH_MODEL else None
    return Warmer.load(folder, settings.WARMTH_MODEL_SHA256)


def missing_words(*puzzles: Puzzle) -> list[str]:
    """The open words that no current table is there for, in their order."""
    words = dict.fromkeys(word for puzzle in puzzles for word in boards.open_words(puzzle.board()))
    tables = WarmthTable.objects.current().filter(word__in=words)
    known = set(tables.values_list("word", flat=True))
    return [word for word in words if word not in known]


def warm_words(*puzzles: Puzzle) -> None:
    """Make and store the tables that are missing.

    Without them a puzzle is played without warmth, so nothing that goes wrong here stops anything.
    """
    words = missing_words(*puzzles)
    if not words:
        return
    try:
        made = zip(words, warmer().warm(words), strict=True)
    except (EncoderError, OSError) as error:
        names = ", ".join(f"Puzzle {puzzle.pk}" for puzzle in puzzles)
        logger.error("Without warmth: %s: %s", names, error)
        return
    version, model = warmth.version().hex(), settings.WARMTH_MODEL_SHA256
    WarmthTable.objects.bulk_create(
        [
            WarmthTable(word=word, version=version, model=model, table=table.pack())
            for word, table in made
        ],
        # Another worker may have warmed the same word for another puzzle meanwhile.
        ignore_conflicts=True,
    )
