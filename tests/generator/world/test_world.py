"""The world: reproducible scenes, honest splits, complete sprites, known words."""

from __future__ import annotations

import argparse
import itertools
import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from generator.world import (
    Mix,
    Scene,
    World,
    cli,
    is_held_out,
    read,
    suggest,
    unknown_words,
    vocabulary_words,
)
from generator.world.grammar import VARIATIONS
from generator.world.places import PAINTERS, background
from generator.world.sprites import has_sprite, load, tint
from generator.world.vocabulary import COLOURS, NOUNS, PLACES, RELATIONS, SETS, STYLES, Colour


def test_it_repeats_a_scene_when_seed_and_index_are_the_same() -> None:
    first, second = World(), World()
    scenes = [first.scene(7, index) for index in range(200)]
    assert scenes == [second.scene(7, index) for index in range(200)]
    assert len(set(scenes)) > 190
    assert scenes != [first.scene(8, index) for index in range(200)]


def test_it_never_shows_a_held_out_combination_when_training() -> None:
    train, held_out = World(split="train"), World(split="held_out")
    unseen = [held_out.scene(1, index) for index in range(3000)]
    assert all(is_held_out(scene) for scene in unseen)
    pairs = {(s.subject, s.object) for s in unseen if s.object and _only_pair(s)}
    seen = [train.scene(1, index) for index in range(20000)]
    assert not any(is_held_out(scene) for scene in seen)
    assert len(pairs) > 300
    assert not pairs & {(s.subject, s.object) for s in seen}
    assert not pairs & {(s.object, s.subject) for s in seen}


def _only_pair(scene: Scene) -> bool:
    """Whether the pair of nouns alone makes the scene held out."""
    return is_held_out(Scene(scene.subject, scene.relation, scene.object))


def test_it_holds_out_a_small_share_when_everything_is_drawn() -> None:
    world = World(split="all")
    share = sum(is_held_out(world.scene(3, index)) for index in range(4000)) / 4000
    assert 0.05 < share < 0.18


def test_it_uses_every_noun_place_relation_and_style_when_many_scenes_are_drawn() -> None:
    world = World()
    scenes = [world.scene(2, index) for index in range(20000)]
    assert {s.subject for s in scenes} == {noun.name for noun in NOUNS}
    assert {s.place for s in scenes} == {place.key for place in PLACES} | {"none"}
    assert {s.relation for s in scenes} == {relation.key for relation in RELATIONS}
    assert {s.style for s in scenes} == {style.key for style in STYLES}
    assert {s.colour for s in scenes} == {colour.name for colour in COLOURS} | {None}
    assert all(s.subject != s.object for s in scenes)


@pytest.mark.parametrize("set_name", SETS)
def test_it_has_a_picture_when_a_noun_is_named(set_name: str) -> None:
    assert [noun.name for noun in NOUNS if not has_sprite(set_name, noun.name)] == []


def test_it_has_enough_words_when_counted() -> None:
    names = [noun.name for noun in NOUNS]
    assert len(names) == len(set(names)) >= 130
    assert set(PAINTERS) == {place.key for place in PLACES} | {"none"}


def test_it_uses_only_known_words_when_it_captions() -> None:
    world = World(split="all")
    for index, variation in itertools.product(range(400), range(VARIATIONS)):
        caption = world.caption(world.scene(4, index), variation)
        assert unknown_words(caption) == []
        assert caption == caption.lower()


@pytest.mark.parametrize(
    ("scene", "variation", "caption"),
    [
        (Scene("fox", "riding", "bicycle", "moon"), 0, "a fox riding a bicycle on the moon"),
        (Scene("fox", "riding", "bicycle", "moon"), 5, "on the moon, a fox rides a bicycle"),
        (Scene("owl", "eating", "pizza"), 2, "an owl is eating pizza"),
        (
            Scene("cat", "wearing", "sunglasses", "sea", "red", "object"),
            0,
            "a cat wearing red sunglasses under the sea",
        ),
        (Scene("mouse", "count", count=3), 0, "three mice"),
        (Scene("unicorn"), 0, "a unicorn"),
        (Scene("umbrella", colour="orange", colour_of="subject"), 0, "an orange umbrella"),
        (Scene("fox", style="pixel_art", place="beach"), 0, "pixel art of a fox on the beach"),
        (Scene("fox", style="cartoon"), 0, "a cartoon of a fox"),
        (Scene("fox", style="black_and_white"), 0, "a black and white picture of a fox"),
    ],
)
def test_it_words_a_caption_naturally_when_given_a_scene(
    scene: Scene, variation: int, caption: str
) -> None:
    assert World().caption(scene, variation) == caption


def test_it_names_unknown_words_when_a_prompt_has_them() -> None:
    assert unknown_words("A foxx riding a Bicycle on the moon, foxx!") == ["foxx"]
    assert unknown_words("a fox riding a bicycle") == []


def test_it_knows_the_words_of_nouns_places_verbs_numbers_and_styles() -> None:
    assert {"fox", "moon", "riding", "two", "cartoon"} <= vocabulary_words()


def test_it_suggests_different_prompts_when_asked() -> None:
    prompts = suggest(0, 30)
    assert len(set(prompts)) == 30
    assert prompts == suggest(0, 30)
    assert prompts != suggest(1, 30)


def test_it_renders_a_different_picture_when_any_part_of_the_scene_changes() -> None:
    world = World()
    base = Scene("cat", "riding", "car", "moon")
    others = [
        Scene("dog", "riding", "car", "moon"),
        Scene("cat", "riding", "bus", "moon"),
        Scene("cat", "next_to", "car", "moon"),
        Scene("cat", "riding", "car", "beach"),
        Scene("cat", "riding", "car", "moon", "green", "object"),
        Scene("cat", "riding", "car", "moon", "green", "subject"),
        Scene("cat", "riding", "car", "moon", variant=1),
        Scene("cat", "riding", "car", "moon", mirrored=True),
        Scene("cat", "riding", "car", "moon", jitter=1),
        *(Scene("cat", "riding", "car", "moon", style=s.key) for s in STYLES[1:]),
    ]
    pictures = [world.render(scene) for scene in (base, *others)]
    for picture in pictures:
        assert picture.shape == (192, 192, 3)
        assert picture.dtype == np.uint8
    for first, second in itertools.combinations(pictures, 2):
        assert not np.array_equal(first, second)


def test_it_shows_each_noun_differently_when_rendered() -> None:
    pictures = {World(size=96).render(Scene(noun.name)).tobytes() for noun in NOUNS}
    assert len(pictures) == len(NOUNS)


def test_it_leaves_the_cached_background_alone_when_rendering() -> None:
    before = background("moon", 0, 192).copy()
    World().render(Scene("fox", "count", None, "moon", count=3))
    assert np.array_equal(before, background("moon", 0, 192))


def test_it_has_no_colour_when_black_and_white() -> None:
    picture = World().render(Scene("parrot", place="garden", style="black_and_white"))
    assert np.ptp(picture, axis=2).max() == 0


@pytest.mark.parametrize("named", COLOURS, ids=lambda colour: colour.name)
def test_it_is_near_the_named_colour_when_tinted(named: Colour) -> None:
    pixels = np.asarray(tint(load(SETS[0], "elephant"), named.name), dtype=float)
    mean = pixels[pixels[..., 3] > 200][:, :3].mean(axis=0)
    distances = {c.name: float(np.abs(mean - np.array(c.rgb)).sum()) for c in COLOURS}
    assert min(distances, key=distances.__getitem__) == named.name


def test_it_refuses_when_the_arguments_make_no_sense() -> None:
    with pytest.raises(ValueError, match="multiple of 12"):
        World(size=100)
    with pytest.raises(ValueError, match="split"):
        World(split="test")
    with pytest.raises(ValueError, match="unknown relation"):
        Mix(relations={"flying": 1.0})
    with pytest.raises(ValueError, match="needs an object"):
        World().render(Scene("fox", "riding"))


def test_it_follows_the_mix_when_one_is_given() -> None:
    world = World(mix=Mix(relations={"riding": 1.0}, styles={"cartoon": 1.0}, place=0.0))
    scenes = [world.scene(0, index) for index in range(50)]
    assert {(s.relation, s.style, s.place) for s in scenes} == {("riding", "cartoon", "none")}


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
    for index in range(1500):
        scene = world.scene(21, index)
        found = read(world.caption(scene))
        assert found is not None, world.caption(scene)
        shown = replace(scene, variant=0, jitter=0)
        assert (world.render(found) == world.render(shown)).all()


@pytest.mark.parametrize(
    "prompt",
    [
        "",
        "a",
        "a fox riding",
        "a fox riding a banana",  # a banana is not ridden
        "a rabbit wearing a crown",  # its head is in nobody's table
        "a fox next to a fox",
        "two foxes riding a bicycle",
        "the fox on the moon",
        "a unicorn reading a newspaper",
    ],
)
def test_it_reads_nothing_when_the_world_has_no_such_picture(prompt: str) -> None:
    assert read(prompt) is None
