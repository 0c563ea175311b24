import gzip
from itertools import pairwise

import pytest

from game.editing import starters
from game.rules import difficulty
from game.words import frequency, vocabulary


@pytest.mark.parametrize(
    ("word", "zipf"),
    [("the", 7.7), ("fox", 4.7), ("foxes", 4.7), ("accordion", 3.1), ("qwxzv", 1.6)],
)
def test_it_knows_how_frequent_a_word_is(word: str, zipf: float) -> None:
    assert frequency.zipf(word) == zipf


def test_it_keeps_a_frequency_for_each_word_of_the_vocabulary() -> None:
    kept = gzip.decompress(frequency.FREQUENCIES.read_bytes())
    assert len(kept) == len(vocabulary.words())


@pytest.mark.parametrize(
    ("prompt", "level"),
    [
        ("a dog on the beach", 1),
        ("a dog eating cake on the beach", 2),
        ("a fox riding a bicycle on the moon", 3),
        ("a snowman eating popcorn in the living room", 4),
        ("a flamingo playing an accordion near a volcano", 5),
    ],
)
def test_it_estimates_a_level(prompt: str, level: int) -> None:
    assert difficulty.estimate(prompt) == level


def test_it_gets_harder_with_more_and_with_rarer_words() -> None:
    prompts = [
        "a cat on the moon",
        "a big cat on the moon",
        "a big cat riding on the moon",
        "a big flamingo riding on the moon",
        "a big flamingo playing an accordion on the moon",
    ]
    efforts = [difficulty.effort(prompt) for prompt in prompts]
    assert all(easier < harder for easier, harder in pairwise(efforts))
    levels = [difficulty.estimate(prompt) for prompt in prompts]
    assert levels == sorted(levels)


def test_it_gives_no_effort_to_connecting_words() -> None:
    assert difficulty.effort("a cat on the moon") == difficulty.effort("cat moon")


def test_it_spreads_the_starter_prompts_over_all_levels() -> None:
    assert {difficulty.estimate(prompt) for prompt in starters.pool()} == set(difficulty.LEVELS)
