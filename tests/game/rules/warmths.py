"""Tables of warmth for tests: made up, no encoder needed."""

from collections.abc import Mapping

from django.conf import settings

from game.models import WarmthTable
from game.rules import warmth
from game.words import vocabulary
from game.words.reasons import Reason


def store_table(
    word: str, reasons: Mapping[str, Reason] | None = None, **warmths: int
) -> WarmthTable:
    """A current table in which every word is cold but those that are named."""
    values = bytearray(len(vocabulary.words()))
    for text, warm in warmths.items():
        number = vocabulary.find(text)
        assert number is not None
        values[number] = warm
    told = {vocabulary.words().index(text): why for text, why in (reasons or {}).items()}
    return WarmthTable.objects.create(
        word=word,
        version=warmth.version().hex(),
        model=settings.WARMTH_MODEL_SHA256,
        table=warmth.Table.make(bytes(values), told).pack(),
    )
