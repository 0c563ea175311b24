"""Prompts as the model takes them: which ones it may and can draw, and some that it proposes."""

from collections.abc import Sequence
from functools import lru_cache

from django.conf import settings
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from game.words import text


class StudioError(Exception):
    """Something asked of the studio that it will not do; the text is for editors."""


class Undrawable(StudioError):
    """The model can't or mustn't draw this prompt."""


def unknown_words(prompt: str) -> dict[str, list[str]]:
    """Words that the bundled model was never shown, each with the nearest ones it knows."""
    if settings.GENERATOR_MODEL:
        return {}
    from generator.world.words import grammar

    return {word: _nearest_words(word) for word in grammar.unknown_words(prompt)}


@lru_cache(maxsize=10_000)
def _nearest_words(word: str) -> list[str]:
    """Kept, because a long list of prompts asks for the same ones again and again."""
    from generator.world.words import spelling

    return spelling.nearest_words(word)


def check_prompt(prompt: str) -> None:
    """Undrawable when the model may not or cannot draw the prompt."""
    check_decent(prompt)
    unknown = unknown_words(prompt)
    if unknown:
        raise Undrawable(" ".join(_tell_unknown(word, near) for word, near in unknown.items()))
    if not is_scene(prompt):
        raise Undrawable(_tell_no_scene(prompt))


def check_decent(text: str) -> None:
    """Undrawable, naming the words, when something in the text is sexual or violent."""
    from generator.safety.rules import unsafe_words

    if unsafe := unsafe_words(text):
        raise Undrawable(_("This is not drawn here: %s.") % ", ".join(unsafe))


def is_scene(prompt: str) -> bool:
    """Whether the bundled model's world holds a picture of a prompt in words that it knows, and the
    model was taught what is on it."""
    if settings.GENERATOR_MODEL:
        return True
    from generator.world.words import reading, taught

    scene = reading.read(text.normalise(prompt))
    return scene is not None and taught.is_taught(scene)


def _tell_no_scene(prompt: str) -> str:
    from generator.world.words import suggestions

    refusal = _("The model knows these words, but not as one scene in this wording.")
    near = " / ".join(
        _("“%s”") % each for each in suggestions.nearest_prompts(text.normalise(prompt))
    )
    # Texts inside an f-string are not found for translation.
    offer = _("It can draw %s.") % near
    return f"{refusal} {offer}" if near else refusal


def is_decent(text: str) -> bool:
    """Whether nothing in it is sexual or violent: fit to be shown, and to be drawn."""
    from generator.safety.rules import unsafe_words

    return not unsafe_words(text)


def _tell_unknown(word: str, near: Sequence[str]) -> str:
    if not near:
        return _("The model has never seen “%(word)s”.") % {"word": word}
    return _("The model has never seen “%(word)s”; it knows %(near)s.") % {
        "word": word,
        "near": ", ".join(_("“%s”") % each for each in near),
    }


def suggest_prompts(count: int, seed: int) -> list[str]:
    """Up to so many prompts for the bundled model, the same for the same seed on this site."""
    if settings.GENERATOR_MODEL:
        raise StudioError(_("Suggestions need the bundled model; this site draws with another."))
    return prompts_of_world(count, f"suggestions {seed}")


def prompts_of_world(count: int, stream: str) -> list[str]:
    """Up to so many prompts of the bundled model's world, always the same for a stream: somebody
    doing something somewhere, often in a colour.

    The site's secret goes into them: whoever has the source and some prompts of a stream learns
    nothing of its others.
    """
    from generator.world.words import suggestions

    digest = salted_hmac(
        "game.drawing.drawable.prompts_of_world", stream, algorithm="sha256"
    ).digest()
    return suggestions.suggest(digest, count)


@lru_cache(maxsize=10_000)
def parts(prompt: str) -> dict[str, str]:
    """What the world reads in a prompt: its relation, its place, who and what. Empty for a prompt
    that is none of its scenes."""
    from generator.world.words import reading

    scene = reading.read(text.normalise(prompt))
    if scene is None:
        return {}
    found = {
        "relation": scene.relation,
        "place": scene.place,
        "subject": scene.subject,
        "object": scene.object,
    }
    return {name: value for name, value in found.items() if value is not None}


def form(prompt: str) -> frozenset[str]:
    """The relation and the place that a prompt names: what two days in a row don't share."""
    named = parts(prompt)
    return frozenset(
        f"{name} {named[name]}"
        for name, nothing in (("relation", "alone"), ("place", "none"))
        if named.get(name, nothing) != nothing
    )
