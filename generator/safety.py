"""What may be drawn: prompts that ask for sexual or violent pictures are refused.

Whole words are compared, so that "Essex", "cockpit" and "assassin bug" are judged by themselves
and not by what they contain. Endings are folded, so that one entry stands for all its forms.
"""

import re

from generator.text import plain

VIOLENT = """
abuse behead blood bloodbath bomb corpse decapitate dismember execution gore gory grenade gun
handgun holocaust kill kidnap lynch massacre murder mutilate nazi noose pistol rape rapist rifle
shotgun slaughter stab strangle suicide terrorism terrorist torture violence violent
"""
SEXUAL = """
anal anus bdsm boob breast brothel cleavage clitoris cock cum dildo erect erotic erotica fetish
fuck genital genitalia hentai hooker incest lingerie masturbate milf naked nipple nude nudity
orgasm orgy penis porn porno prostitute pussy semen sex sexual sexy slut stripper threesome
tits topless undress upskirt vagina vulva whore xxx
"""
LISTED = frozenset((VIOLENT + SEXUAL).split())
# Harmless things that the lists would catch.
HARMLESS = re.compile(
    r"\b(blood orange|bomber jacket|booby|boobies|cocker spaniel|killer whale|pussy willow)s?\b"
)
ENDINGS = (
    "", "s", "es", "ed", "d", "er", "ers", "ing", "ings", "y", "ies", "ful", "graphy", "graphic",
)  # fmt: skip


class UnsafePrompt(ValueError):
    """The prompt asks for something that is not drawn here."""


def unsafe_words(prompt: str) -> list[str]:
    """The words of a prompt that stand on a list, in order."""
    words = HARMLESS.sub(" ", plain(prompt)).split()
    return [word for word in words if _stems(word) & LISTED]


def check_prompt(prompt: str) -> None:
    """Raise UnsafePrompt, naming the words, when a prompt must not be drawn."""
    if words := unsafe_words(prompt):
        raise UnsafePrompt(f"this is not drawn here: {', '.join(words)}")


def _stems(word: str) -> set[str]:
    """The word without each ending it may carry, and with the letter that the ending took."""
    stems = set()
    for ending in ENDINGS:
        if word.endswith(ending):
            stem = word.removesuffix(ending) if ending else word
            stems |= {stem, stem + "e", stem + "y" if ending == "ies" else stem}
            if len(stem) > 2 and stem[-1] == stem[-2]:
                stems.add(stem[:-1])
    return stems
