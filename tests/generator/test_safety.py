"""What may be drawn: whole words, in all their forms, named in the refusal."""

import pytest

from generator.safety import LISTED, UnsafePrompt, check_prompt, unsafe_words


@pytest.mark.parametrize("word", sorted(LISTED))
def test_it_refuses_a_word_when_it_is_listed(word: str) -> None:
    assert unsafe_words(f"a fox and {word} on the moon") == [word]
    assert unsafe_words(f"A {word.upper()}!") == [word]
    assert unsafe_words(f"q{word}q and q{word}") == []


@pytest.mark.parametrize(
    "word",
    [
        "killing", "killed", "kills", "killers", "murderer", "stabbing", "stabbed", "strangling",
        "mutilated", "raped", "bombs", "nazis", "torturing", "kidnapper", "lynched", "guns",
        "nudes", "breasts", "sexually", "pornographic", "pornography", "fucking", "slutty",
        "undressed", "nipples", "lustful orgasms", "penises", "orgies", "pussies", "killings",
    ],
)  # fmt: skip
def test_it_refuses_a_word_when_it_carries_an_ending(word: str) -> None:
    assert unsafe_words(f"a very {word} thing") == [word.split()[-1]]


@pytest.mark.parametrize(
    "prompt",
    [
        "essex", "a cockpit", "an assassin bug", "a peacock", "grapes and a drape", "a skilled fox",
        "begun", "rapeseed in the field", "the title of a book", "an analyst", "a cucumber",
        "scunthorpe", "sextant", "a document", "shiitake", "a titmouse", "a hen in a tea shop",
        "a fox riding a bicycle on the moon", "bombay", "a bloodhound", "", "!",
    ],
)  # fmt: skip
def test_it_allows_a_word_when_it_only_contains_a_listed_one(prompt: str) -> None:
    assert unsafe_words(prompt) == []
    check_prompt(prompt)


def test_it_names_the_words_when_it_refuses() -> None:
    with pytest.raises(UnsafePrompt, match=r"this is not drawn here: naked, guns$"):
        check_prompt("a Naked fox with two GUNS")
    assert issubclass(UnsafePrompt, ValueError)


@pytest.mark.parametrize(
    "disguise", ["ｎａｋｅｄ", "nákéd", "NAKED", "naked.", "(naked)", "naked-fox"]
)
def test_it_sees_a_word_when_it_is_disguised(disguise: str) -> None:
    assert unsafe_words(f"a {disguise}") == ["naked"]
