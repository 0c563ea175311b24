"""Prompts as people type them: brought into one form, and judged before anything is painted."""

import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from django.conf import settings
from django.utils.translation import gettext as _

from game.drawing import drawable
from game.easel import disguises
from game.easel.errors import EaselError
from game.rules.boards import PROMPT_LENGTH
from game.words import text

# What has no width or turns the direction of what follows, and what no font has.
UNSEEN = ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")
# As many unknown words are spelt out at most; a prompt of nonsense has many.
MOST_TOLD = 5

_CHILDREN = """
baby babies boy boys child children girl girls infant infants kid kids minor minors preteen preteens
pupil pupils schoolboy schoolboys schoolgirl schoolgirls teen teenager teenagers teens toddler
toddlers underage
"""
# Harmless words, but for these.
_NOT_WITH_CHILDREN = """
alluring bikini bikinis bleeding blood bloody bra bras caress caressing corset dead drowning flirt
flirting hang hanging hanged hurt hurting kiss kissed kisses kissing knickers lap lick licking
naughty panties romantic seducing seductive sensual sultry thong thongs underpants underwear wound
wounded wounds
"""
CHILDREN = frozenset(_CHILDREN.split())
NOT_WITH_CHILDREN = frozenset(_NOT_WITH_CHILDREN.split())


class Refused(EaselError):
    """The prompt is none, too long, or asks for what is not painted here."""


@dataclass(frozen=True, slots=True)
class Unknown:
    word: str
    near: list[str]


class UnknownWords(EaselError):
    """The model was never shown some of the words; it may still be asked to try.

    `instead` is the prompt with the nearest known words, empty where a word has none.
    """

    code = "unknown_words"

    def __init__(self, words: list[Unknown], instead: str) -> None:
        super().__init__(_("The model has never seen some of these words."))
        self.words = words
        self.instead = instead


def clean(typed: str) -> str:
    """Single spaces, composed accents, nothing that can't be seen."""
    composed = unicodedata.normalize("NFC", typed)
    seen = (" " if unicodedata.category(char) in UNSEEN else char for char in composed)
    return " ".join("".join(seen).split())


def read(typed: str) -> str:
    """A prompt that may be painted.

    Raises:
        Refused: with the reason.
    """
    prompt = clean(typed)
    if not prompt:
        raise Refused(_("Write what is to be painted."))
    _check(prompt)
    if not text.normalise(prompt):
        raise Refused(_("The model reads English words, in the letters a to z: there are none."))
    return prompt


def read_without(typed: str) -> str:
    """What a picture is to be led away from; may be nothing."""
    without = clean(typed)
    _check(without)
    return without


def _check(typed: str) -> None:
    if len(typed) > PROMPT_LENGTH:
        message = _("That is %(got)d characters long; the model reads at most %(most)d.")
        raise Refused(message % {"got": len(typed), "most": PROMPT_LENGTH})
    for reading in (typed, *disguises.readings(typed)):
        try:
            drawable.check_decent(reading)
        except drawable.Undrawable as why:
            raise Refused(str(why)) from why
    if pair := together(typed):
        message = _("“%(one)s” and “%(other)s” are not drawn together.")
        raise Refused(message % {"one": pair[0], "other": pair[1]})


def together(typed: str) -> tuple[str, str] | None:
    """A word for a child, and one that is harmless without it."""
    words = text.normalise(typed).split()
    child = next((word for word in words if word in CHILDREN), None)
    other = next((word for word in words if word in NOT_WITH_CHILDREN), None)
    return (child, other) if child and other else None


def check_known(prompt: str) -> None:
    """Raise UnknownWords for those that the model was never shown."""
    unknown = drawable.unknown_words(prompt)
    if not unknown:
        return
    words = [Unknown(word, near) for word, near in unknown.items()]
    nearest = {word: near[0] for word, near in unknown.items() if near}
    instead = ""
    if len(nearest) == len(unknown):
        instead = " ".join(nearest.get(word, word) for word in text.normalise(prompt).split())
    raise UnknownWords(words[:MOST_TOLD], instead if not drawable.unknown_words(instead) else "")


@lru_cache(maxsize=1_000)
def examples(count: int, stream: str) -> tuple[str, ...]:
    """Prompts to try, always the same for a stream; none where the model isn't the bundled one,
    whose world they are made of."""
    if settings.GENERATOR_MODEL:
        return ()
    return tuple(drawable.prompts_of_world(count, f"easel {stream}"))
