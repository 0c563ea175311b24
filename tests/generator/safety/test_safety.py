"""What may be drawn: whole words, in all their forms, named in the refusal."""

import subprocess
import sys
import time
from pathlib import Path

import pytest

from generator.safety import build_lists
from generator.safety.lists import FOLDED, UNDIVIDED, read_listed, read_ordinary
from generator.safety.rules import UnsafePrompt, check_prompt, unsafe_words
from generator.world.words import grammar, suggestions

LISTED = read_listed()


@pytest.mark.parametrize("word", sorted(FOLDED))
def test_it_refuses_a_word_when_it_is_ours(word: str) -> None:
    assert unsafe_words(f"a fox and {word} on the moon") == [word]
    assert unsafe_words(f"A {word.upper()}!") == [word]
    assert unsafe_words(f"q{word}q and q{word}") == []


def test_it_refuses_an_entry_when_it_is_listed() -> None:
    for entry in LISTED:
        assert unsafe_words(f"a fox, {entry}!"), entry


def test_it_allows_a_listed_entry_when_it_is_inside_a_word() -> None:
    for entry in LISTED:
        if " " not in entry and not UNDIVIDED.search(entry):
            assert unsafe_words(f"q{entry}q") == [], entry


@pytest.mark.parametrize(
    "word",
    [
        "killing", "killed", "kills", "killers", "murderer", "stabbing", "stabbed", "strangling",
        "mutilated", "raped", "bombs", "nazis", "torturing", "kidnapper", "lynched", "guns",
        "nudes", "breasts", "sexually", "pornographic", "pornography", "fucking", "slutty",
        "undressed", "nipples", "lustful orgasms", "penises", "orgies", "pussies", "killings",
        "abused", "gunned", "gunning",
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
        "a fox riding a bicycle on the moon", "bombay", "a bloodhound", "", "!", "a cocktail",
        "dick whittington and his cat", "moby dick", "blue tits on a feeder", "the marine corps",
        "a rap song", "a church erected in 1890", "a red breasted robin", "spicy butter", "a grape",
        "a piña colada", "a hard bite of pot roast", "a fan on a stake", "a maine coon", "peter",
        "a garden hoe", "david lynch", "jelly donut", "lemon party", "a camel and an artichoke",
        "生日你好", "新娘的妈妈的手", "銅版画のエッチング", "白色情人节", "보지 않는 사람",
        "una pistola de agua", "a hammer", "chicken breast with rice", "a water gun fight",
        "a bloody mary on a bar", "cock crowing at dawn", "naked mole rats", "a blood moon",
        "a corpse flower in bloom", "a fóx", "bath bombs", "a glue gun",
    ],
)  # fmt: skip
def test_it_allows_a_prompt_when_it_only_looks_like_a_listed_one(prompt: str) -> None:
    assert unsafe_words(prompt) == []
    check_prompt(prompt)


@pytest.mark.parametrize(
    ("prompt", "found"),
    [
        ("eine nackte Katze, nackt", ["nackt"]),
        ("un hijo de puta", ["puta", "hijo de puta"]),
        ("裸の女性と狐", ["裸の女性"]),
        ("голая блядь", ["блядь"]),
        ("a fox in doggy style", ["doggy style"]),
    ],
)
def test_it_refuses_other_languages_and_phrases_when_they_are_listed(
    prompt: str, found: list[str]
) -> None:
    assert unsafe_words(prompt) == found


def test_it_names_the_words_when_it_refuses() -> None:
    with pytest.raises(UnsafePrompt, match=r"this is not drawn here: naked, guns$"):
        check_prompt("a Naked fox with two GUNS")
    assert issubclass(UnsafePrompt, ValueError)


@pytest.mark.parametrize(
    "disguise", ["ｎａｋｅｄ", "nákéd", "NAKED", "naked.", "(naked)", "naked-fox"]
)
def test_it_sees_a_word_when_it_is_disguised(disguise: str) -> None:
    assert unsafe_words(f"a {disguise}") == ["naked"]


def test_it_allows_all_that_the_world_can_say_when_asked() -> None:
    assert unsafe_words(" ".join(grammar.vocabulary_words())) == []
    prompts = suggestions.suggest(1, count=1000)
    assert [prompt for prompt in prompts if unsafe_words(prompt)] == []


def test_it_answers_in_a_millisecond_when_its_lists_are_read() -> None:
    prompt = "a red fox riding a bicycle next to three owls on the moon, pixel art, 狐と月"
    times = []
    for number in range(100):
        start = time.thread_time()
        check_prompt(f"{prompt} {number}")
        times.append(time.thread_time() - start)
    assert min(times) < 1e-3


def test_it_loads_no_torch_when_imported() -> None:
    script = "import sys, generator.safety.rules; sys.exit('torch' in sys.modules)"
    subprocess.run([sys.executable, "-c", script], check=True, cwd=Path(__file__).parents[3])


def test_it_lists_what_the_library_lists_when_built_anew() -> None:
    assert build_lists.build() == LISTED


def test_it_leaves_out_ordinary_words_when_the_lists_are_built() -> None:
    ordinary = read_ordinary()
    assert set(ordinary) <= {*build_lists.LANGUAGES}
    assert ordinary["english"].isdisjoint(LISTED)
    assert "girl on" in ordinary["english"]
