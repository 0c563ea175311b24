"""Tables of warmth for tests: made up, no encoder needed."""

from django.conf import settings

from game.models import WarmthTable
from game.rules import warmth
from game.words import vocabulary


def store_table(word: str, **warmths: int) -> WarmthTable:
    """A current table in which every word is cold but those that are named."""
    values = bytearray(len(vocabulary.words()))
    for text, warm in warmths.items():
        number = vocabulary.find(text)
        assert number is not None
        values[number] = warm
    return WarmthTable.objects.create(
        word=word,
        version=warmth.version().hex(),
        model=settings.WARMTH_MODEL_SHA256,
        table=warmth.Table(bytes(values)).pack(),
    )
