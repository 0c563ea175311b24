"""What the bundled weights were not taught: read and drawn, but neither known nor proposed."""

import json

import pytest

from generator.evaluation.cli import SHIPPED
from generator.world.words import grammar, parts, reading, spelling, suggestions
from generator.world.words.taught import UNTAUGHT_NOUNS, UNTAUGHT_RELATIONS, is_taught
from generator.world.words.vocabulary import NOUN, RELATION
from generator.world.world import World

UNTAUGHT = [
    "a raccoon riding a bicycle on the moon",
    "a fox holding scissors",
    "two witches in the snow",
    "a fox under an umbrella on the moon",
    "a pig sitting in a bucket",
]


def are_taught(prompts: list[str]) -> bool:
    scenes = [reading.read(prompt) for prompt in prompts]
    assert all(scenes)
    return all(is_taught(scene) for scene in scenes if scene)


def test_it_knows_what_was_added_since_the_weights_were_trained() -> None:
    """Their examiner was trained on the world that they were."""
    classes = json.loads((SHIPPED / "config.json").read_text(encoding="utf-8"))["classes"]
    assert NOUN.keys() - set(classes["subject"]) == UNTAUGHT_NOUNS
    assert RELATION.keys() - set(classes["relation"]) == UNTAUGHT_RELATIONS


@pytest.mark.parametrize("prompt", UNTAUGHT)
def test_it_still_reads_what_is_not_taught(prompt: str) -> None:
    scene = reading.read(prompt)
    assert scene
    assert not is_taught(scene)


def test_it_trains_on_what_is_not_taught_yet() -> None:
    train = World()
    scenes = [train.scene(1, index) for index in range(4000)]
    assert {noun for scene in scenes for noun in scene.nouns} >= UNTAUGHT_NOUNS
    assert {scene.relation for scene in scenes} >= UNTAUGHT_RELATIONS


def test_it_takes_words_for_unknown_that_no_taught_thing_holds() -> None:
    assert grammar.unknown_words("two raccoons next to a police officer") == [
        "raccoons", "police", "officer",
    ]  # fmt: skip
    assert grammar.unknown_words("a fox sits in a box") == ["sits", "box"]
    # "Under the sea" is a place, and a racing car is no shopping cart.
    assert grammar.unknown_words("a fox under a car") == []


def test_it_never_suggests_what_is_not_taught() -> None:
    assert are_taught(suggestions.suggest(b"secret", 1000))


def test_it_offers_no_word_that_is_not_taught() -> None:
    assert "raccoon" not in spelling.nearest_words("racoon", 5)
    assert not {"sitting", "sits"} & set(spelling.nearest_words("sittin", 5))


def test_it_offers_no_prompt_of_what_is_not_taught() -> None:
    scenes = World()
    prompts = [*UNTAUGHT, *(scenes.caption(scenes.scene(5, index)) for index in range(100))]
    near = [suggestions.nearest_prompts(prompt, 5) for prompt in prompts]
    assert all(are_taught(some) for some in near)
    assert sum(map(bool, near)) > 80


def test_it_puts_nothing_untaught_in_another_things_place() -> None:
    for prompt in ("two red foxes in the snow", "a cat riding a horse", "an owl eating pizza"):
        others = parts.contrasts(prompt, 500)
        assert others
        exchanged = {each for some in others for each in some}
        assert not {each for each in exchanged if grammar.unknown_words(each)}
        assert "a cat under a horse" not in exchanged
