"""Choosing what is frozen of WordNet: each word's meanings, their kinds, parts and names."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import wordfreq

from game.words import vocabulary
from game.words.dictionary import Dictionary, Entry, Meaning
from game.words.forms import base
from game.words.freezing.wordnet import KIND_OF, PART_OF, SEEN, WordNet
from game.words.freezing.wordnet import Meaning as Synset
from generator.world.words.vocabulary import NOUNS, PLACES, RELATIONS

CUES = Path(__file__).with_name("senses.txt")
# Where the world's nouns and places are looked for first, by the roles that they play in it.
RIDERS = ("noun.animal", "noun.person")
FOODS = ("noun.food", "noun.plant")
THINGS = ("noun.artifact", "noun.plant", "noun.object", "noun.phenomenon", "noun.animal")
GROUNDS = ("noun.object", "noun.location", "noun.artifact", "noun.phenomenon")
# How many meanings are kept: as usual ones, and as those that a picture can show.
USUAL, SHOWN, MEANT = 2, 1, 2
# What a name that people use for a kind is made of, Zipf; and how many of all words it may hold.
KNOWN, WIDEST = 2.6, 0.12
LETTERS = re.compile(r"[a-z]+(_[a-z]+)*")
# Names that say nothing to a player, or nothing that they didn't see.
_UNTOLD = """
abstraction act action activity adult amorphous_shape amount aquatic_vertebrate area artifact
attribute
auditory_communication be being bovid carnivore causal_agent cause cavity change chordate
cognition communication condition content covering crack craniate device do entity equid eutherian
event extremity feeling female formation group happening have hollow hoofed_mammal instrumentality
instrumentation line living_thing location look make male matter measure message natural_object
object opening organism part phenomenon physical_entity physical_object piece placental point
portion process property psychological_feature quality quantity region relation relative ruminant
set shape space state structure substance surface system thing ungulate unit vertebrate way whole
"""
UNTOLD = frozenset(_UNTOLD.split())
# The first words of an explanation say most.
EXPLAINED = 16
# Words of an explanation that explain nothing: more common than this, Zipf.
EXPLAINING = 5.6
IRREGULAR = {"person": "people", "man": "men", "woman": "women", "child": "children"}
IRREGULAR |= {"mouse": "mice", "goose": "geese", "fish": "fish", "sheep": "sheep"}
IRREGULAR |= {"clothing": "clothing", "furniture": "furniture", "food": "food"}


def many(name: str) -> str:
    """The plural of a name in English."""
    *before, last = name.split(" ")
    return " ".join([*before, IRREGULAR.get(last) or _many(last)])


def _many(word: str) -> str:
    if word.endswith(("man", "woman")):
        return word[:-2] + "en"
    if re.search("[^aeiou]y$", word):
        return word[:-1] + "ies"
    if re.search("(s|x|z|ch|sh)$", word):
        return word + "es"
    return word if word.endswith("wear") else word + "s"


@dataclass(frozen=True)
class Chooser:
    wordnet: WordNet

    def build(self) -> Dictionary:
        words = vocabulary.words()
        own = {word: self._own(word) for word in words}
        kept = {word: own[word] + self._others(word, own[word]) for word in words}
        needed = {each.id: each for chosen in kept.values() for each in self._closed(chosen)}
        numbers = {key: number for number, key in enumerate(sorted(needed))}
        names = self._names(kept)
        explained = {each.id for chosen in kept.values() for each in chosen}
        meanings = [
            self._meaning(needed[key], numbers, names.get(key, ""), is_told=key in explained)
            for key in numbers
        ]
        entries = [
            Entry(
                tuple(numbers[each.id] for each in own[word]),
                tuple(numbers[each.id] for each in kept[word][len(own[word]) :]),
            )
            for word in words
        ]
        return Dictionary(meanings, entries)

    def explanations(self, built: Dictionary) -> Iterator[str]:
        """What is embedded for each row of the meanings: the word, and what it means."""
        for word, entry in zip(vocabulary.words(), built.entries, strict=True):
            chosen = self._own(word) + self._others(word, self._own(word))
            if not entry.meanings:
                yield word
            for each in chosen:
                yield f"{word}: {' '.join(each.gloss.split()[:EXPLAINED])}"

    # Which meanings.

    @cached_property
    def _world(self) -> Mapping[str, tuple[str, ...]]:
        """The kinds of meanings that the world's words have in it, by their stems."""
        found: dict[str, tuple[str, ...]] = {}
        for noun in NOUNS:
            kinds = FOODS if "food" in noun.roles else THINGS
            kinds = RIDERS if "rider" in noun.roles else kinds
            found.setdefault(_stem(noun.name.split()[-1]), kinds)
        for place in PLACES:
            for word in place.phrase.split():
                found.setdefault(_stem(word), GROUNDS)
        return found

    @cached_property
    def _related(self) -> frozenset[str]:
        return frozenset(_stem(each.verb.split()[0]) for each in RELATIONS if each.verb)

    @cached_property
    def _cues(self) -> Mapping[str, str]:
        lines = CUES.read_text(encoding="ascii").splitlines()
        cues = dict(line.split() for line in lines if not line.startswith("#"))
        return {_stem(word): cue for word, cue in cues.items()}

    def _senses(self, word: str) -> list[Synset]:
        """What is done comes first (“holding” is a noun too), and names last (Turkey)."""
        known = self.wordnet.senses
        found = known.get(word) or known.get(base(word)) or known.get(word + "s") or []
        if word.endswith("ing") and base(word) != word:
            done = known.get(base(word), [])
            found = [*(each for each in done if each.file.startswith("verb.")), *found]
        return sorted(found, key=lambda each: each.is_name(word))

    def _own(self, word: str) -> list[Synset]:
        """What it means when it is hidden in a prompt."""
        senses = self._senses(word)
        if cue := self._cues.get(word):
            cued = [each for each in senses if cue in f"{each.gloss} {each.words}".lower()]
            return cued[:1]
        for kind in self._world.get(word, ()):
            if found := [each for each in senses if each.file == kind]:
                return found[:1]
        if word in self._related:
            return [each for each in senses if each.file.startswith("verb.")][:MEANT]
        seen = [each for each in senses if each.file in SEEN and not each.is_name(word)]
        return (seen or senses)[:MEANT]

    def _others(self, word: str, own: list[Synset]) -> list[Synset]:
        senses = self._senses(word)
        shown = [each for each in senses if each.file in SEEN and not each.is_name(word)]
        chosen = [*senses[:USUAL], *shown[:SHOWN]]
        return list({each.id: each for each in chosen if each not in own}.values())

    # What is kept of them.

    def _closed(self, chosen: list[Synset]) -> Iterator[Synset]:
        for each in chosen:
            yield each
            parents = [self.wordnet.meanings[key] for key in each.pointed(*KIND_OF)]
            yield from self._closed(parents)

    def _meaning(
        self, synset: Synset, numbers: Mapping[str, int], name: str, *, is_told: bool
    ) -> Meaning:
        parents = [numbers[key] for key in synset.pointed(*KIND_OF) if key in numbers]
        wholes = [numbers[key] for key in synset.pointed(*PART_OF) if key in numbers]
        told = self._told(synset) if is_told else ()
        is_verb = synset.file.startswith("verb.")
        return Meaning(name, is_verb, tuple(sorted(parents)), tuple(sorted(wholes)), told)

    def _told(self, synset: Synset) -> tuple[int, ...]:
        words = re.findall("[a-z]{3,}", synset.gloss)
        found = {
            vocabulary.find(word)
            for word in words
            if wordfreq.zipf_frequency(word, "en") < EXPLAINING
        }
        return tuple(sorted(number for number in found if number is not None))

    def _names(self, kept: Mapping[str, list[Synset]]) -> dict[str, str]:
        """The names of kinds that are no wider than a name is worth."""
        held: dict[str, set[str]] = {}
        for word, chosen in kept.items():
            for each in self._closed(chosen):
                held.setdefault(each.id, set()).add(word)
        widest = WIDEST * len(kept)
        narrow = [key for key, words in held.items() if len(words) <= widest]
        return {key: name for key in narrow if (name := self._name(self.wordnet.meanings[key]))}

    def _name(self, synset: Synset) -> str:
        if not synset.file.startswith(("noun.", "verb.")) or set(synset.words) & UNTOLD:
            return ""
        for word in synset.words:
            if LETTERS.fullmatch(word) and all(map(_is_known, word.split("_"))):
                name = word.replace("_", " ")
                return name if synset.file.startswith("verb.") else many(name)
        return ""


def _stem(word: str) -> str:
    """The word of the vocabulary that stands for it."""
    number = vocabulary.find(word)
    return word if number is None else vocabulary.words()[number]


def _is_known(word: str) -> bool:
    return wordfreq.zipf_frequency(word, "en") >= KNOWN and vocabulary.find(word) is not None
