"""Prompts near to one that the world cannot draw, and a prompt cut into its parts."""

from itertools import pairwise

import pytest

from generator.world.scenes import splits
from generator.world.words import reading, suggestions
from generator.world.words.parts import contrasts, parts, spread
from generator.world.world import World


@pytest.mark.parametrize(
    ("prompt", "nearest"),
    [
        ("a rabbit wearing a scarf", "a rabbit next to a scarf"),
        ("a fox rides a bicycle on the moon", "a fox riding a bicycle on the moon"),
        ("a small fox on the moon", "a fox on the moon"),
        ("A fox, riding a BICYCLE in space near a volcano!", "a fox riding a bicycle in space"),
    ],
)
def test_it_finds_the_nearest_prompt(prompt: str, nearest: str) -> None:
    assert reading.read(prompt) is None
    assert suggestions.nearest_prompts(prompt)[0] == nearest


@pytest.mark.parametrize("prompt", ["a zeppelin over a lake", "on the moon", ""])
def test_it_finds_none_for_a_prompt_without_things(prompt: str) -> None:
    assert suggestions.nearest_prompts(prompt) == []


def test_it_finds_only_prompts_that_can_be_drawn() -> None:
    scenes = World(split="all")
    for index in range(100):
        words = scenes.caption(scenes.scene(1, index)).split()
        backwards = " ".join(reversed(words))
        for near in suggestions.nearest_prompts(backwards, count=3):
            assert reading.read(near)


def test_it_cuts_a_caption_into_parts() -> None:
    scenes = World(split="all")
    for index in range(500):
        scene = scenes.scene(2, index)
        assert " ".join(words for _name, words in parts(scene)) == scenes.caption(scene)
    fox = reading.read("a red fox eating ice cream on mars")
    assert fox
    assert parts(fox) == [
        ("article", "a"),
        ("colour", "red"),
        ("subject", "fox"),
        ("relation", "eating"),
        ("object", "ice cream"),
        ("place", "on mars"),
    ]


def test_it_exchanges_one_part_at_a_time() -> None:
    prompt = "two red foxes in the snow"
    against = contrasts(prompt, 50)
    assert against is not None
    by_word = dict(zip(prompt.split(), against, strict=True))
    assert by_word["two"] == ["three red foxes in the snow", "a red fox in the snow"]
    assert len(by_word["red"]) == 6
    assert all(each.startswith("two ") and " foxes " in each for each in by_word["red"])
    assert by_word["in"] == by_word["snow"]
    assert "two red foxes on mars" in by_word["snow"]


@pytest.mark.parametrize(("count", "most"), [(0, 5), (4, 5), (5, 5), (6, 5), (99, 15)])
def test_it_spreads_a_choice_evenly(count: int, most: int) -> None:
    items = list(range(count))
    chosen = spread(items, most)
    assert len(chosen) <= most
    assert chosen == items[:: items.index(chosen[1]) if len(chosen) > 1 else 1]
    assert bool(chosen) == bool(items)


def test_it_suggests_different_prompts_when_asked() -> None:
    prompts = suggestions.suggest(0, 30)
    assert len(set(prompts)) == 30
    assert prompts == suggestions.suggest(0, 30)
    assert prompts[:10] == suggestions.suggest(0, 10)
    assert prompts != suggestions.suggest(1, 30)


def test_it_suggests_by_a_secret_that_nobody_can_guess() -> None:
    mine, theirs = suggestions.suggest(b"one site's", 200), suggestions.suggest(b"another's", 200)
    assert len(set(mine) & set(theirs)) < 3
    assert mine == suggestions.suggest(b"one site's", 200)
    scenes = [reading.read(prompt) for prompt in mine]
    assert all(scenes)


def test_it_changes_relation_and_place_from_one_suggestion_to_the_next() -> None:
    scenes = [reading.read(prompt) for prompt in suggestions.suggest(b"secret", 300)]
    for one, other in pairwise(scenes):
        assert one
        assert other
        assert one.relation != other.relation
        assert one.place != other.place
    told = [scene for scene in scenes if scene]
    assert len({scene.relation for scene in told}) > 7
    assert len({scene.place for scene in told}) > 18
    assert 0.1 < sum(scene.colour is not None for scene in told) / 300 < 0.3


@pytest.mark.parametrize("split", ["train", "held_out"])
def test_it_suggests_of_one_split_alone_when_asked(split: str) -> None:
    scenes = [reading.read(prompt) for prompt in suggestions.suggest(3, 100, split)]
    assert {splits.is_held_out(scene) for scene in scenes if scene} == {split == "held_out"}
    with pytest.raises(ValueError, match="split must be one of"):
        suggestions.suggest(3, 1, "test")
