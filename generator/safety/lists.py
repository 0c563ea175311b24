"""The word lists: our own in English, and those of a library in many languages.

`listed.txt` is made by `build_lists` from the lists of the package glin-profanity without what
`ordinary.txt` leaves out, so that the same rules hold where the package is not installed.
"""

import re
from pathlib import Path

from generator.reading.text import plain

HERE = Path(__file__).parent
LISTED_FILE = HERE / "listed.txt"
ORDINARY_FILE = HERE / "ordinary.txt"

# Each stands for all its forms.
_VIOLENT = """
abuse behead blood bloodbath bomb corpse decapitate dismember execution gore gory grenade gun
handgun holocaust kill kidnap lynch massacre murder mutilate nazi noose pistol rape rapist rifle
shotgun slaughter stab strangle suicide terrorism terrorist torture violence violent
"""
_SEXUAL = """
anal anus bdsm boob breast brothel cleavage clitoris cock cum dildo erection erotic erotica fetish
fuck genital genitalia hentai hooker incest lingerie masturbate milf naked nipple nude nudity
orgasm orgy penis porn porno prostitute pussy semen sex sexual sexy slut stripper threesome
tits topless undress upskirt vagina vulva whore xxx
"""
FOLDED = frozenset((_VIOLENT + _SEXUAL).split())
# Harmless things that the lists would catch.
HARMLESS = re.compile(
    r"\b(blood (orange|moon)|(warm|cold) blooded|bloody mary|bath bomb|bomber jacket"
    r"|booby|boobies|cocker spaniel|cocky|crowing cock|cock crowing|corpse flower"
    r"|(chicken|turkey|duck) breast|(water|squirt|glue|nail|radar) gun|naked mole rat"
    r"|cummings|david lynch|killer whale|pussy willow|\w+ breasted"
    r"|(great|blue|coal|marsh|willow|crested|bearded|long tailed) tit"
    r"|(moby|philip k|spotted) dick|dick (whittington|turpin|tracy|cheney|van dyke|bruna))s?\b"
)
# Scripts that don't divide words by spaces, or that hang particles on them: Thai, Chinese,
# Japanese, Korean.
UNDIVIDED = re.compile(r"[\u0e00-\u0e7f\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")


def read_listed(path: Path = LISTED_FILE) -> list[str]:
    return path.read_text(encoding="utf-8").split("\n")[:-1]


def read_ordinary(path: Path = ORDINARY_FILE) -> dict[str, frozenset[str]]:
    """Language → plain forms of the entries that are left out."""
    found: dict[str, frozenset[str]] = {}
    sections = re.split(r"^\[(\w+)\]$", path.read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]
    for language, text in zip(sections[::2], sections[1::2], strict=True):
        found[language] = frozenset(plain(entry) for entry in text.replace("\n", " ").split(","))
    return found
