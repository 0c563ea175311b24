"""The world: reproducible scenes, honest splits, known words."""

from __future__ import annotations

import argparse
import itertools
import json
import re
from collections import Counter
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from generator.world import cli
from generator.world.places.backgrounds import PAINTERS, VARIANTS, background
from generator.world.scenes.drawing import Mix
from generator.world.scenes.placing import CELLS
from generator.world.scenes.scene import Scene
from generator.world.scenes.splits import is_held_out
from generator.world.things.hands import HAND_NAMES
from generator.world.things.nouns import with_article
from generator.world.words.grammar import VARIATIONS, caption_words, unknown_words, vocabulary_words
from generator.world.words.reading import read
from generator.world.words.vocabulary import COLOURS, NOUNS, PLACES, RELATIONS
from generator.world.world import World


def test_it_repeats_a_scene_when_seed_and_index_are_the_same() -> None:
    first, second = World(), World()
    scenes = [first.scene(7, index) for index in range(200)]
    assert scenes == [second.scene(7, index) for index in range(200)]
    assert len(set(scenes)) > 190
    assert scenes != [first.scene(8, index) for index in range(200)]


def test_it_never_shows_a_held_out_combination_when_training() -> None:
    train, held_out = World(split="train"), World(split="held_out")
    unseen = [held_out.scene(1, index) for index in range(1000)]
    assert all(is_held_out(scene) for scene in unseen)
    pairs = {(s.subject, s.object) for s in unseen if s.object and _only_pair(s)}
    seen = [train.scene(1, index) for index in range(4000)]
    assert not any(is_held_out(scene) for scene in seen)
    assert len(pairs) > 300
    assert not pairs & {(s.subject, s.object) for s in seen}
    assert not pairs & {(s.object, s.subject) for s in seen}


def _only_pair(scene: Scene) -> bool:
    """Whether the pair of nouns alone makes the scene held out."""
    return is_held_out(Scene(scene.subject, scene.relation, scene.object))


def test_it_holds_out_a_small_share_when_everything_is_drawn() -> None:
    world = World(split="all")
    share = sum(is_held_out(world.scene(3, index)) for index in range(2000)) / 2000
    assert 0.05 < share < 0.18


def test_it_uses_every_noun_place_relation_and_hand_when_many_scenes_are_drawn() -> None:
    world = World()
    scenes = [world.scene(2, index) for index in range(6000)]
    assert {noun for s in scenes for noun in s.nouns} == {noun.name for noun in NOUNS}
    assert {s.place for s in scenes} == {place.key for place in PLACES} | {"none"}
    assert {s.relation for s in scenes} == {relation.key for relation in RELATIONS}
    assert {s.colour for s in scenes} == {colour.name for colour in COLOURS} | {None}
    assert {s.hand for s in scenes} == set(range(len(HAND_NAMES)))
    assert {s.variant for s in scenes} == set(range(VARIANTS))
    assert 0.4 < np.mean([s.mirrored for s in scenes]) < 0.6
    assert 0.25 < np.mean([s.far for s in scenes]) < 0.45
    assert all(s.subject != s.object for s in scenes)


def test_it_has_enough_words_when_counted() -> None:
    names = [noun.name for noun in NOUNS]
    assert len(names) == len(set(names)) >= 200
    assert {"piano", "witch", "knight"} <= set(names)
    assert set(PAINTERS) == {place.key for place in PLACES} | {"none"}


def test_it_uses_only_known_words_when_it_captions() -> None:
    world = World(split="all")
    for index, variation in itertools.product(range(300), range(VARIATIONS)):
        caption = world.caption(world.scene(4, index), variation)
        assert set(re.findall("[a-z]+", caption)) <= caption_words()
        assert caption == caption.lower()


@pytest.mark.parametrize(
    ("scene", "variation", "caption"),
    [
        (Scene("fox", "riding", "bicycle", "moon"), 0, "a fox riding a bicycle on the moon"),
        (Scene("fox", "riding", "bicycle", "moon"), 5, "on the moon, a fox rides a bicycle"),
        (Scene("owl", "eating", "pizza"), 2, "an owl is eating pizza"),
        (Scene("owl", "eating", "pizza"), 3, "a picture of an owl eating pizza"),
        (
            Scene("cat", "wearing", "sunglasses", "sea", "red", "object"),
            0,
            "a cat wearing red sunglasses under the sea",
        ),
        (Scene("pig", "sitting_in", "bucket", "farm"), 1, "a pig sits in a bucket on a farm"),
        (Scene("pig", "under", "rainbow"), 2, "a pig is under a rainbow"),
        (Scene("mouse", "count", count=3), 0, "three mice"),
        (Scene("unicorn"), 0, "a unicorn"),
        (Scene("umbrella", colour="orange", colour_of="subject"), 0, "an orange umbrella"),
    ],
)
def test_it_words_a_caption_naturally_when_given_a_scene(
    scene: Scene, variation: int, caption: str
) -> None:
    assert World().caption(scene, variation) == caption


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("hourglass", "an hourglass"),
        ("unicorn", "a unicorn"),
        ("umbrella", "an umbrella"),
        ("horse", "a horse"),
        ("axe", "an axe"),
    ],
)
def test_it_says_the_article_as_it_is_spoken(words: str, said: str) -> None:
    assert with_article(words) == said


def test_it_names_unknown_words_when_a_prompt_has_them() -> None:
    assert unknown_words("A foxx riding a Bicycle on the moon, foxx!") == ["foxx"]
    assert unknown_words("a fox riding a bicycle") == []


def test_it_knows_the_words_of_nouns_places_verbs_and_numbers() -> None:
    assert {"fox", "moon", "riding", "two", "picture"} <= vocabulary_words()


def test_it_renders_a_different_picture_when_any_part_of_the_scene_changes() -> None:
    world = World()
    base = Scene("cat", "riding", "car", "moon")
    others = [
        replace(base, subject="dog"),
        replace(base, object="bus"),
        replace(base, relation="next_to"),
        replace(base, place="beach"),
        replace(base, colour="green", colour_of="object"),
        replace(base, colour="green", colour_of="subject"),
        *(replace(base, variant=variant) for variant in range(1, VARIANTS)),
        *(replace(base, hand=hand) for hand in range(1, len(HAND_NAMES))),
        replace(base, mirrored=True),
        replace(base, far=True),
        replace(base, shift=1),
    ]
    pictures = [world.render(scene) for scene in (base, *others)]
    for picture in pictures:
        assert picture.shape == (192, 192, 3)
        assert picture.dtype == np.uint8
    for first, second in itertools.combinations(pictures, 2):
        assert np.abs(first.astype(int) - second).mean() > 2


@pytest.mark.parametrize("key", PAINTERS)
def test_it_draws_each_place_in_ways_that_differ(key: str) -> None:
    drawings = [background(key, variant, 96).astype(int) for variant in range(VARIANTS)]
    assert VARIANTS >= 4
    for first, second in itertools.combinations(drawings, 2):
        # By more than a twentieth of what lies between black and white, also when mirrored.
        least = 5 if key == "none" else 12
        assert np.abs(first - second).mean() > least
        assert np.abs(first - second[:, ::-1]).mean() > least


def test_it_leaves_the_cached_background_alone_when_rendering() -> None:
    before = background("moon", 0, 192).copy()
    World().render(Scene("fox", "count", None, "moon", count=3))
    assert np.array_equal(before, background("moon", 0, 192))


def test_it_refuses_when_the_arguments_make_no_sense() -> None:
    with pytest.raises(ValueError, match=f"multiple of {CELLS}"):
        World(size=100)
    with pytest.raises(ValueError, match="split"):
        World(split="test")
    with pytest.raises(ValueError, match="unknown relation"):
        Mix(relations={"flying": 1.0})
    with pytest.raises(ValueError, match="between 0 and 1"):
        Mix(far=1.5)
    with pytest.raises(ValueError, match="needs an object"):
        World().render(Scene("fox", "riding"))


def test_it_follows_the_mix_when_one_is_given() -> None:
    mix = Mix(relations={"riding": 1.0}, place=0.0, far=1.0, mirrored=0.0, colour=0.0)
    scenes = [World(mix=mix).scene(0, index) for index in range(50)]
    told = {(s.relation, s.place, s.far, s.mirrored, s.colour) for s in scenes}
    assert told == {("riding", "none", True, False, None)}


def test_it_takes_all_relations_in_turn_when_it_draws_as_puzzles_are() -> None:
    world = World(split="held_out")
    rounds = 8
    scenes = [world.game_scene(5, index) for index in range(rounds * len(RELATIONS))]
    assert scenes[:20] == [world.game_scene(5, index) for index in range(20)]
    assert all(is_held_out(scene) for scene in scenes)
    assert {scene.relation: rounds for scene in scenes} == Counter(s.relation for s in scenes)
    coloured = Counter(scene.relation for scene in scenes if scene.colour)
    assert coloured == {relation.key: rounds // 4 for relation in RELATIONS}
    assert all(scene.place != "none" for scene in scenes)
    assert len({scene.place for scene in scenes}) > 15
    assert {scene.count for scene in scenes if scene.relation == "count"} == {2, 3}
    others = [world.game_scene(6, index) for index in range(20)]
    assert others != scenes[:20]


def test_it_writes_pictures_captions_and_a_sheet_when_run(tmp_path: Path) -> None:
    parser = argparse.ArgumentParser()
    cli.add_arguments(parser)
    assert cli.main(parser.parse_args(["--count", "3", "--out", str(tmp_path)])) == 0
    names = sorted(path.name for path in tmp_path.iterdir())
    assert names == ["0001.png", "0002.png", "0003.png", "captions.jsonl", "sheet.png"]
    lines = (tmp_path / "captions.jsonl").read_text(encoding="utf-8").splitlines()
    world = World()
    assert [json.loads(line)["caption"] for line in lines] == [
        world.caption(world.scene(0, index)) for index in range(3)
    ]


def test_it_reads_every_canonical_prompt_back_into_a_scene_of_the_same_picture() -> None:
    world = World(split="all", mix=Mix(colour=0.4))
    for index in range(300):
        scene = world.scene(21, index)
        found = read(world.caption(scene))
        assert found is not None, world.caption(scene)
        assert (world.render(found) == world.render(scene.as_told())).all()


@pytest.mark.parametrize(
    "prompt",
    [
        "",
        "a",
        "a fox riding",
        "a fox riding a banana",  # a banana is not ridden
        "a rabbit wearing a crown",  # its ears are where a hat would be
        "a fox next to a fox",
        "two foxes riding a bicycle",
        "the fox on the moon",
        "a unicorn reading a newspaper",
    ],
)
def test_it_reads_nothing_when_the_world_has_no_such_picture(prompt: str) -> None:
    assert read(prompt) is None
