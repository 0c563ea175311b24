"""What is refused however it is spelt, and what is not refused by mistake."""

import random
import re
from collections.abc import Callable

import pytest

from game.easel import disguises, prompts
from game.words import vocabulary
from generator.safety.lists import FOLDED, read_listed
from generator.safety.rules import unsafe_words
from generator.world.words import suggestions

LEET = str.maketrans("oieastbg", "013@$789")
CYRILLIC = str.maketrans("aceopxyi", "асеорхуі")
TRICKS: dict[str, Callable[[str], str]] = {
    "spaced": " ".join,
    "dotted": ".".join,
    "mirrored": lambda word: word[::-1],
    "leet": lambda word: word.translate(LEET),
    "look-alike": lambda word: word.translate(CYRILLIC),
    "loud": str.upper,
    "zero width": "\u200b".join,
}
MOST_THROUGH, MOST_REFUSED = 0.01, 0.005


def bad_words() -> list[str]:
    """Of our own lists and the library's, in letters of a to z, long enough to be disguised."""
    listed = [entry for entry in read_listed() if re.fullmatch("[a-z]{4,}", entry)]
    return sorted({*FOLDED, *listed} - {word for word in FOLDED if len(word) < 4})


def is_refused(prompt: str) -> bool:
    try:
        prompts.read(prompt)
    except prompts.Refused:
        return True
    return False


def test_it_refuses_two_thousand_bad_prompts_however_they_are_spelt() -> None:
    chance = random.Random(16)
    made = [
        (f"a {trick(word)} on the moon", word, name)
        for word in bad_words()
        for name, trick in chance.sample(sorted(TRICKS.items()), 3)
    ]
    assert len(made) >= 2_000
    # A word that says something else the other way round, or that has no such letters, is itself.
    through = [each for each in made if not is_refused(each[0])]
    assert len(through) <= MOST_THROUGH * len(made), through


def test_it_refuses_nothing_ordinary() -> None:
    """Ten thousand prompts that the lists let through: of the world, and with every third word."""
    words = [word for word in vocabulary.words()[::3] if not unsafe_words(word)]
    ordinary = [
        f"a {word} next to a {other}" for word, other in zip(words, words[7:], strict=False)
    ]
    ordinary += suggestions.suggest(16, 1_500)
    assert len(ordinary) >= 10_000
    refused = [prompt for prompt in ordinary if is_refused(prompt)]
    assert len(refused) <= MOST_REFUSED * len(ordinary), refused[:40]


@pytest.mark.parametrize(
    "prompt",
    [
        "a 4x4 car on mars", "an mp3 player", "a c u l8r sign", "the number 1337",
        "u f o over a town",
        "a b c d e f g", "a boy riding a bicycle", "two kids playing football", "a baby owl",
        "a girl eating a banana", "the 90s!", "R2-D2 and C-3PO", "a kiss on the moon", "$100 bill",
    ],
)  # fmt: skip
def test_it_lets_through_what_only_looks_odd(prompt: str) -> None:
    assert prompts.read(prompt) == prompt


@pytest.mark.parametrize(
    "prompt",
    ["a n4ked fox", "a n a k e d fox", "a d.e.k.a.n fox", "a nаkеd fox", "a naaaaked fox", "n@k3d"],
)
def test_it_names_the_word_that_was_meant(prompt: str) -> None:
    with pytest.raises(prompts.Refused, match="naked"):
        prompts.read(prompt)


def test_it_refuses_two_words_that_are_harmless_apart() -> None:
    with pytest.raises(prompts.Refused, match="“girl” and “bikini”"):
        prompts.read("a girl in a bikini")
    for prompt in ("a girl on a beach", "a woman in a bikini"):
        assert prompts.read(prompt) == prompt


def test_it_takes_no_time_over_long_nonsense() -> None:
    assert len(list(disguises.readings("1!1!1!a " * 25))) < 5_000
