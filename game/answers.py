"""What guesses are held against: hidden words, tables of warmth, and what editors ruled."""

import logging
from collections import defaultdict
from collections.abc import Iterator, Sequence

from django.db.models import BinaryField, PositiveSmallIntegerField, Value
from django.db.models.functions import Cast

from game.models import Accepted, Correction, Puzzle, WarmthTable
from game.scoring import Answer
from game.warmth import StaleTable, Table

logger = logging.getLogger(__name__)

NO_TEXT = Value("")
# PostgreSQL takes an untyped NULL in a union for text.
NO_WARMTH = Cast(Value(None), PositiveSmallIntegerField())
NO_TABLE = Cast(Value(None), BinaryField())

Row = tuple[str, str, int | None, bytes | None]


def load(puzzle: Puzzle, words: Sequence[str], *, is_hard: bool) -> list[Answer]:
    """An answer for each open word, in one query. In hard mode no warmth is told."""
    accepted: dict[str, set[str]] = defaultdict(set)
    corrected: dict[str, dict[str, int]] = defaultdict(dict)
    tables: dict[str, Table | None] = {}
    for word, text, warm, packed in _rows(puzzle, words, is_hard):
        if packed is not None:
            tables[word] = _unpack(word, packed)
        elif warm is not None:
            corrected[word][text] = warm
        else:
            accepted[word].add(text)
    return [
        Answer(word, frozenset(accepted[word]), tables.get(word), corrected[word]) for word in words
    ]


def _rows(puzzle: Puzzle, words: Sequence[str], is_hard: bool) -> Iterator[Row]:
    accepted = Accepted.objects.filter(puzzle=puzzle).values_list(
        "word", "text", NO_WARMTH, NO_TABLE
    )
    if is_hard:
        return iter(accepted)
    corrected = Correction.objects.filter(puzzle=puzzle)
    tables = WarmthTable.objects.current().filter(word__in=set(words))
    return iter(
        accepted.union(
            corrected.values_list("word", "text", "warmth", NO_TABLE),
            tables.values_list("word", NO_TEXT, NO_WARMTH, "table"),
            all=True,
        )
    )


def _unpack(word: str, packed: bytes | memoryview) -> Table | None:
    try:
        return Table.unpack(packed)
    except StaleTable as error:
        logger.warning("No warmth for “%s”: %s", word, error)
        return None
