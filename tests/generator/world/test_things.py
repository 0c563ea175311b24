"""What the world draws with: sprites in every hand, tints, and what covers what."""

from __future__ import annotations

import io
import itertools
import random
import zipfile
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image, ImageDraw

from generator.world.scenes.drawing import Mix, tell
from generator.world.scenes.layouts import coverage, lay_out
from generator.world.scenes.placing import CELLS, MOST_COVERED, Placed, covered
from generator.world.scenes.relations import RELATIONS, subjects_and_objects
from generator.world.scenes.scene import Scene
from generator.world.things.colours import COLOURS, Colour
from generator.world.things.hands import HAND_NAMES
from generator.world.things.nouns import NOUN, NOUNS, Noun, nouns_with
from generator.world.things.sprites import NOTES, PACK_PATH, hands_of, load, member_name, sprite
from generator.world.things.tinting import tint
from generator.world.world import World


@pytest.mark.parametrize("noun", NOUNS, ids=lambda noun: noun.name)
def test_it_is_drawn_by_hands_that_differ(noun: Noun) -> None:
    name = noun.name
    hands = hands_of(name)
    assert 0 in hands
    assert len(hands) >= 2
    pictures = [
        np.asarray(load(HAND_NAMES[hand], name).resize((48, 48)).convert("RGBa"), dtype=int)
        for hand in hands
    ]
    for first, second in itertools.combinations(pictures, 2):
        drawn = (first[..., 3] > 15) | (second[..., 3] > 15)
        assert np.abs(first - second)[drawn].mean() > 9


def test_it_packs_no_sprite_that_nothing_names() -> None:
    with zipfile.ZipFile(PACK_PATH) as archive:
        names = archive.namelist()
        sides = [max(Image.open(io.BytesIO(archive.read(name))).size) for name in names]
    known = [*NOUN, NOTES]
    assert set(names) <= {member_name(hand, noun) for hand in HAND_NAMES for noun in known}
    assert len(names) == len(set(names)) > 2.9 * len(NOUNS)
    assert set(sides) == {144}
    assert PACK_PATH.stat().st_size < 5_000_000


def test_it_shows_each_noun_differently_when_rendered() -> None:
    world = World(size=96)
    for hand in range(len(HAND_NAMES)):
        drawn = [noun.name for noun in NOUNS if hand in hands_of(noun.name)]
        pictures = {world.render(Scene(name, hand=hand)).tobytes() for name in drawn}
        assert len(pictures) == len(drawn)


def test_it_knows_the_hands_that_draw_all_of_some_nouns() -> None:
    assert hands_of("fox", "bicycle") == (0, 1, 2)
    assert hands_of("fox", "sheep") == (0, 1)
    with pytest.raises(KeyError, match="griffin"):
        hands_of("griffin")
    with pytest.raises(KeyError):
        World().render(Scene("sheep", hand=2))


@pytest.mark.parametrize("named", COLOURS, ids=lambda colour: colour.name)
def test_it_is_near_the_named_colour_in_every_hand_when_tinted(named: Colour) -> None:
    for noun, hand in itertools.product(("elephant", "octopus", "car", "apple"), HAND_NAMES):
        pixels = np.asarray(tint(load(hand, noun), named.name), dtype=float)
        solid = pixels[pixels[..., 3] > 200][:, :3]
        # Eyes, wheels and windows stay; of what is coloured most is of the colour.
        bright = solid[np.ptp(solid, axis=1) > 60]
        assert len(bright) > len(solid) / 4
        distances = [np.abs(bright - np.array(c.rgb)).sum(axis=1) for c in COLOURS]
        votes = np.bincount(np.argmin(distances, axis=0), minlength=len(COLOURS))
        assert COLOURS[int(votes.argmax())] == named, (noun, hand)


def test_it_leaves_eyes_and_outlines_when_tinted() -> None:
    image = Image.new("RGBA", (60, 60), "#ff8a3c")
    draw = ImageDraw.Draw(image)
    draw.ellipse((5, 5, 25, 25), fill="#ffffff")
    draw.ellipse((10, 10, 20, 20), fill="#101010")
    draw.rectangle((40, 40, 59, 59), fill="#3c9a3c")
    draw.rectangle((0, 40, 19, 59), fill="#c05a1c")
    before, tinted = np.asarray(image, dtype=int), np.asarray(tint(image, "blue"), dtype=int)
    for y, x in ((7, 15), (15, 15), (50, 50)):
        assert np.abs(tinted[y, x] - before[y, x]).max() < 12
    body, shade = tinted[20, 35], tinted[50, 10]
    assert body[2] > body[0] + 80
    assert shade[2] > shade[0] + 60
    assert shade[:3].sum() < body[:3].sum() - 60


def test_it_counts_what_is_hidden_when_things_overlap() -> None:
    """Against painting them pixel by pixel."""
    chance = random.Random(3)
    for _ in range(40):
        things = [
            Placed(part, chance.choice(NOUNS).name, chance.randint(4, 9), chance.randint(1, 15),
                   chance.randint(3, 17))
            for part in (1, 2)
        ]  # fmt: skip
        owner: dict[tuple[int, int], int] = {}
        sizes = []
        for number, thing in enumerate(things):
            solid = sprite(HAND_NAMES[0], thing.noun, thing.box * 8).solid
            left = round(thing.middle * 8) - solid.shape[1] // 2
            top = round(thing.bottom * 8) - solid.shape[0]
            spots = [(left + int(x), top + int(y)) for y, x in np.argwhere(solid)]
            owner |= {at: number for at in spots if all(0 <= part < CELLS * 8 for part in at)}
            sizes.append(len(spots))
        seen = [sum(1 for number in owner.values() if number == i) for i in (0, 1)]
        assert covered(things, 0) == pytest.approx(max(1 - seen[i] / sizes[i] for i in (0, 1)))


@pytest.mark.parametrize("relation", [relation.key for relation in RELATIONS])
def test_it_hides_no_more_than_a_third_of_anything(relation: str) -> None:
    chance = random.Random(relation)
    mix = Mix(relations={relation: 1.0})
    for _ in range(60):
        told = tell(chance, mix)
        for hand, far in itertools.product(hands_of(*told.nouns), (False, True)):
            scene = Scene(
                told.subject, relation, told.object, count=told.count, hand=hand, far=far,
                shift=chance.choice((-1, 0, 1)), depth=chance.randrange(3),
            )  # fmt: skip
            assert coverage(scene) <= MOST_COVERED, scene


@pytest.mark.parametrize("far", [False, True])
def test_it_shows_things_large(far: bool) -> None:
    least = {"alone": 8 if far else 10, "count": 5} | dict.fromkeys(("wearing", "eating"), 4)
    for relation in RELATIONS:
        subjects, objects = subjects_and_objects(relation.key)
        count = 2 if relation.key == "count" else 1
        for subject, thing in itertools.product(subjects[:12], objects[:4] or [None]):
            name = None if thing is None else thing.name
            scene = Scene(subject.name, relation.key, name, count=count, far=far)
            things = [each for each in lay_out(scene) if each.noun != NOTES]
            assert all(each.box >= least.get(relation.key, 5) for each in things), scene


def test_it_marks_where_the_things_are_when_asked_for_a_mask() -> None:
    world = World()
    for index in range(60):
        scene = world.scene(9, index)
        pixels, mask = world.render_with_mask(scene)
        assert np.array_equal(pixels, world.render(scene))
        assert mask.shape == (192, 192)
        assert mask.dtype == np.uint8
        assert set(np.unique(mask)) == {0, 1, 2} if scene.object else {0, 1}
        # Around the things there is nothing but the place, and the things' shadows.
        bare = world.render(Scene("key", place=scene.place, variant=scene.variant))
        bare = bare[:, ::-1] if scene.mirrored else bare
        upper = mask[:60] == 0
        untouched = (pixels[:60] == bare[:60]).all(axis=-1)
        assert untouched[upper].mean() > 0.8


def test_it_moves_things_to_the_other_side_as_they_are_when_mirrored() -> None:
    scene = Scene("fox", "riding", "bicycle", "farm", shift=1)
    world, moved = World(), 2 * scene.shift * 192 // CELLS
    pixels, mask = world.render_with_mask(scene)
    others, other_mask = world.render_with_mask(replace(scene, mirrored=True))
    assert np.array_equal(other_mask[:, :-moved], mask[:, moved:])
    shown = mask[:, moved:] > 0
    assert np.abs(others[:, :-moved].astype(int) - pixels[:, moved:])[shown].mean() < 2
    # The place above them is turned round.
    assert np.array_equal(others[:24], pixels[:24, ::-1])


@pytest.mark.parametrize(
    ("relation", "thing"), [("holding", "balloon"), ("eating", "pizza"), ("playing", "guitar")]
)
def test_it_keeps_before_the_face_what_is_held_when_mirrored(relation: str, thing: str) -> None:
    scene = Scene("fox", relation, thing, "farm")
    placed = lay_out(scene)
    assert lay_out(replace(scene, mirrored=True)) == placed
    middles = {each.noun: each.middle for each in placed}
    assert middles[thing] < middles["fox"]


def test_it_bites_what_is_eaten_and_nothing_else() -> None:
    for noun in nouns_with("food"):
        whole, eaten = sprite("noto", noun.name, 72), sprite("noto", noun.name, 72, None, True)
        lost = 1 - eaten.solid.sum() / whole.solid.sum()
        assert 0.03 < lost < 0.33, noun.name
    assert [t.bites for t in lay_out(Scene("fox", "eating", "pizza"))] == [False, True]
    assert not any(t.bites for t in lay_out(Scene("fox", "on_top_of", "cake")))
