"""Every word that the bundled model was taught is folded rightly, and known to the vocabulary."""

from itertools import combinations

import pytest

from game.words import vocabulary
from game.words.forms import Form, base, other_form
from generator.world.words.grammar import caption_words
from generator.world.words.vocabulary import NOUNS, PLACES, RELATIONS, Noun

# Not words that a guess stands for.
SMALL = frozenset({"a", "an", "is", "are", "of", "on", "in", "at", "the", "to"})
COUNTED = [noun for noun in NOUNS if noun.number == "count"]


def last(phrase: str) -> str:
    return phrase.split()[-1]


def taught() -> list[str]:
    places = {word for place in PLACES for word in place.phrase.split()}
    return sorted((caption_words() | places) - SMALL)


@pytest.mark.parametrize("noun", COUNTED, ids=lambda noun: str(noun.name))
def test_it_folds_many_of_a_thing_to_one(noun: Noun) -> None:
    one, many = last(noun.name), last(noun.plural)
    assert base(many) == base(one)
    if one != many:
        assert other_form(many, one) is Form.PLURAL
        assert other_form(one, many) is Form.PLURAL


@pytest.mark.parametrize("word", taught())
def test_it_folds_a_word_to_one_that_people_use(word: str) -> None:
    number = vocabulary.find(word)
    assert number is not None
    # What it is folded to is the word or its base form, which stays what it is.
    assert vocabulary.words()[number] in (word, base(word))
    assert base(base(word)) == base(word)


def test_it_folds_no_two_things_to_the_same_word() -> None:
    folded: dict[str, set[str]] = {}
    for noun in NOUNS:
        folded.setdefault(base(last(noun.name)), set()).add(last(noun.name))
    assert {stem: names for stem, names in folded.items() if len(names) > 1} == {}


def test_it_takes_no_relation_for_another() -> None:
    verbs = [relation.verb for relation in RELATIONS if relation.verb]
    assert not any(other_form(one, other) for one, other in combinations(verbs, 2))


@pytest.mark.parametrize(
    ("word", "folded"),
    [
        ("mars", "mars"),
        ("sunglasses", "sunglasses"),
        ("fries", "fries"),
        ("binoculars", "binoculars"),
        ("bare", "bare"),
        ("bares", "bare"),
        ("moped", "moped"),
        ("maria", "maria"),
        ("opera", "opera"),
        ("reed", "reed"),
        ("saw", "saw"),
        ("spade", "spade"),
        ("woods", "woods"),
        ("buses", "bus"),
        ("mules", "mule"),
        ("operas", "opera"),
        ("cacti", "cactus"),
        ("bacteria", "bacterium"),
        ("bacterium", "bacterium"),
    ],
)
def test_it_keeps_a_word_that_only_looks_like_a_form(word: str, folded: str) -> None:
    assert base(word) == folded


@pytest.mark.parametrize(
    ("guess", "hidden"),
    [
        ("bare", "bear"),
        ("mar", "mars"),
        ("sunglass", "sunglasses"),
        ("mare", "maria"),
        ("buss", "bus"),
        ("mope", "moped"),
        ("spay", "spade"),
        ("fry", "fries"),
    ],
)
def test_it_takes_no_word_for_one_that_only_sounds_or_looks_like_it(
    guess: str, hidden: str
) -> None:
    assert other_form(guess, hidden) is None
