"""Choosing the words that the game knows, and writing all that is frozen of them."""

import gzip
import re
from collections.abc import Iterable
from importlib.resources import files
from pathlib import Path

import simplemma
import wordfreq

from game.words import frequency, vocabulary
from game.words.forms import base
from game.words.freezing.dictionary import Chooser
from game.words.freezing.points import freeze_points
from game.words.freezing.wordnet import SEEN, WordNet
from game.words.frequency import FREQUENCIES, STEPS
from game.words.vocabulary import WORDS
from generator.world.words.grammar import caption_words

SIZE = 30_000
# How far down the list of frequencies to look; half of it are names, typos and inflections.
LOOKED_AT = 100_000
LETTERS = re.compile(r"[a-z]{2,16}")
# What a picture can show is known down to this, Zipf.
RAREST_SHOWN = 1.85
# And what else WordNet alone knows, down to this.
RAREST_OTHER = 3.0
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


def shown(wordnet: WordNet, refused: frozenset[str]) -> list[str]:
    """Words whose first meaning is a thing that can be seen, and others if frequent.

    No names, but short forms like UFO.
    """
    return [
        word
        for word, senses in wordnet.senses.items()
        if LETTERS.fullmatch(word)
        and word not in refused
        and base(word) == word
        and (not (first := senses[0]).is_name(word) or word.upper() in first.words)
        and wordfreq.zipf_frequency(word, "en")
        >= (RAREST_SHOWN if first.file in SEEN else RAREST_OTHER)
    ]


def freeze_words(wordnet: WordNet) -> None:
    refused = offensive()
    taught = filter(LETTERS.fullmatch, map(base, caption_words()))
    frequent = chosen(wordfreq.top_n_list("en", LOOKED_AT), refused)
    if len(frequent) < SIZE:
        raise ValueError(f"{SIZE} words are needed, found {len(frequent)}")
    before = vocabulary.words() if WORDS.is_file() else ()
    added = {*taught, *shown(wordnet, refused), *frequent}.difference(before)
    words = [*before, *sorted(added)]
    steps = bytes(round(STEPS * wordfreq.zipf_frequency(word, "en")) for word in words)
    # No time stamp inside, so that the same words make the same file.
    WORDS.write_bytes(gzip.compress("\n".join(words).encode("ascii"), 9, mtime=0))
    FREQUENCIES.write_bytes(gzip.compress(steps, 9, mtime=0))
    for known in (vocabulary.words, vocabulary.sizes, frequency.steps):
        known.cache_clear()


def freeze(folder: Path, *, is_anew: bool = False) -> None:
    wordnet = WordNet.read(folder)
    freeze_words(wordnet)
    chooser = Chooser(wordnet)
    built = chooser.build()
    built.write()
    freeze_points(list(chooser.explanations(built)), is_anew=is_anew).write()
