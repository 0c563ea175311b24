"""What guesses are held against: hidden words, tables of warmth, and what editors ruled."""

import logging
from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.db import connection

from game.models import Puzzle
from game.rules import warmth
from game.rules.scoring.marks import Answer
from game.rules.warmth import StaleTable, Table

logger = logging.getLogger(__name__)

# By hand: of every try that is sent, Django would spend a tenth on writing them.
ACCEPTED = """
SELECT word, text, NULL::smallint, NULL::bytea FROM game_accepted WHERE puzzle_id = %(puzzle)s
"""
# Editors' locks of the puzzle wait until the transaction ends. The row has no word; it comes first.
HELD = """
WITH held AS MATERIALIZED (SELECT id FROM game_puzzle WHERE id = %(puzzle)s FOR KEY SHARE)
SELECT NULL, NULL, NULL::smallint, NULL::bytea FROM held UNION ALL
"""
WARMTHS = """
SELECT word, text, warmth, NULL FROM game_correction WHERE puzzle_id = %(puzzle)s
UNION ALL
SELECT word, '', NULL, "table" FROM game_warmthtable
WHERE word = ANY(%(words)s) AND version = ANY(%(versions)s) AND model = %(model)s
"""

Row = tuple[str, str, int | None, bytes | None]


def load(
    puzzle: Puzzle, words: Sequence[str], *, is_hard: bool, is_held: bool = False
) -> list[Answer]:
    """An answer for each open word, in one query. In hard mode no warmth is told.

    With `is_held`, what is accepted later is graded only when this transaction has ended: a play
    that began in it would else be missed.
    """
    accepted: dict[str, set[str]] = defaultdict(set)
    corrected: dict[str, dict[str, int]] = defaultdict(dict)
    packs: dict[str, list[bytes]] = defaultdict(list)
    for word, text, warm, packed in _rows(puzzle, words, is_hard, is_held):
        if packed is not None:
            packs[word].append(bytes(packed))
        elif warm is not None:
            corrected[word][text] = warm
        else:
            accepted[word].add(text)
    return [
        Answer(word, frozenset(accepted[word]), _newest(word, packs[word]), corrected[word])
        for word in words
    ]


def _rows(puzzle: Puzzle, words: Sequence[str], is_hard: bool, is_held: bool) -> list[Row]:
    asked: dict[str, Any] = {
        "puzzle": puzzle.pk,
        "words": list(words),
        "versions": [version.hex() for version in warmth.versions()],
        "model": settings.WARMTH_MODEL_SHA256,
    }
    query = ACCEPTED if is_hard else f"{ACCEPTED} UNION ALL {WARMTHS}"
    with connection.cursor() as cursor:
        cursor.execute(f"{HELD} {query}" if is_held else query, asked)
        return [*cursor.fetchall()][is_held:]


def _newest(word: str, packs: Sequence[bytes]) -> Table | None:
    """The best of the tables that were made with today's words, or with fewer."""
    known = warmth.versions()
    by_version = {packed[: warmth.VERSION_BYTES]: packed for packed in packs}
    if not by_version:
        return None
    newest = next((by_version[each] for each in known if each in by_version), packs[0])
    try:
        return Table.unpack(newest)
    except StaleTable as error:
        logger.warning("No warmth for “%s”: %s", word, error)
        return None
