"""Write words.txt.gz and frequencies.gz anew: python -m game.words.freeze.

Tables of warmth that were made with other words have to be made again.

The most frequent English words (wordfreq) that a dictionary knows (simplemma), each reduced to its
base form where that is in use itself (“unpaid” stays), and how often they are used. It needs the
dependency group `words`.
"""

import gzip
import re
from collections.abc import Iterable
from importlib.resources import files

import simplemma
import wordfreq

from game.words.forms import base
from game.words.frequency import FREQUENCIES, STEPS
from game.words.vocabulary import WORDS

SIZE = 30_000
# How far down the list of frequencies to look; half of it are names, typos and inflections.
LOOKED_AT = 100_000
LETTERS = re.compile(r"[a-z]{2,16}")
# Strict filters also list what a picture may well show or a player innocently guess.
HARMLESS = """
bust cowgirl dong drunk dummy erect facial fat fist flange gay god hell hemp heroin hiv homey
hookah hump jerk junkie kill knob leper lesbian loin lust moron murder naked napalm nappy opiate
opium oral organ ovary paddy pasty pawn pee penetrate penetration playboy pot potty racy revue rum
rump screw seaman seduce sex slave slope snatch sniper snuff steamy stoned strip stroke stupid suck
thrust thug toke tramp trashy ugly urinal urine uterus virgin vixen vodka vomit vulgar wad wang
weed weirdo whiz willy womb woody
"""


def is_wanted(word: str) -> bool:
    return LETTERS.fullmatch(word) is not None and simplemma.is_known(word, "en")


def offensive() -> frozenset[str]:
    listed = files("better_profanity").joinpath("profanity_wordlist.txt").read_text("utf-8")
    return frozenset(listed.splitlines()) - set(HARMLESS.split())


def chosen(frequent: Iterable[str], refused: frozenset[str]) -> list[str]:
    usual = dict.fromkeys(filter(is_wanted, frequent))
    found: dict[str, None] = {}
    for word in usual:
        stem = base(word)
        if not {word, stem} & refused:
            found[stem if stem in usual else word] = None
    return list(found)[:SIZE]


def freeze() -> None:
    words = sorted(chosen(wordfreq.top_n_list("en", LOOKED_AT), offensive()))
    if len(words) < SIZE:
        raise ValueError(f"{SIZE} words are needed, found {len(words)}")
    steps = bytes(round(STEPS * wordfreq.zipf_frequency(word, "en")) for word in words)
    # No time stamp inside, so that the same words make the same file.
    WORDS.write_bytes(gzip.compress("\n".join(words).encode("ascii"), 9, mtime=0))
    FREQUENCIES.write_bytes(gzip.compress(steps, 9, mtime=0))


if __name__ == "__main__":
    freeze()
