from typing import Any

import pytest
from django.test import Client
from django.utils import translation

from game.editing import descriptions, scenes
from game.editing.scenes import WHERE
from game.models import Candidate, Puzzle
from generator.world.scenes.scene import Scene
from generator.world.words.grammar import caption
from generator.world.words.vocabulary import NO_PLACE, NOUNS, PLACES, RELATIONS
from tests import factories
from tests.game.pages.visits import noon_of_day_three, puzzle, send

__all__ = ["noon_of_day_three", "puzzle"]
pytestmark = pytest.mark.django_db

LEVELS = ["Animals in a field.", "Two animals: one is orange.", "A red fox beside a big cat."]


def describe(levels: list[str]) -> None:
    Candidate.objects.filter(position=1).update(descriptions=levels)


def page(client: Client) -> Any:
    return client.get("/").content.decode()


def test_it_shows_nothing_to_describe_when_editors_wrote_nothing(
    client: Client, puzzle: Puzzle
) -> None:
    assert "Describe" not in page(client)


def test_it_keeps_the_most_telling_level_until_the_end(client: Client, puzzle: Puzzle) -> None:
    describe(LEVELS)
    before = page(client)
    assert before.count('class="describe"') == 1
    assert [level in before for level in LEVELS] == [True, True, False]
    send(client, {"try": 1, "words": factories.ANSWERS})
    assert [level in page(client) for level in LEVELS] == [True] * 3


@pytest.mark.parametrize(
    "level", ["A QUOKKA!", "Some quokkas.", "A quoka.", "In the Móonlight.", "On the moon."]
)
def test_it_holds_back_a_level_that_names_a_hidden_word(level: str) -> None:
    puzzle = Puzzle(prompt="a quokka on the moon")
    picture = Candidate(descriptions=[level, "An animal on the ground."])
    told = descriptions.told(picture, puzzle, is_finished=False)
    assert told == ["An animal on the ground."]
    assert descriptions.told(picture, puzzle, is_finished=True) == picture.descriptions


def test_it_describes_by_number_alone_when_no_one_asks(client: Client, puzzle: Puzzle) -> None:
    describe(LEVELS)
    assert 'alt="Picture 1 of 6"' in page(client)


def test_it_tells_of_the_scene_until_an_editor_does(client: Client) -> None:
    factories.make_puzzle(3, "a penguin playing a trumpet on the beach")
    proposed = ["An animal outdoors.", "A bird by the sea, with an instrument."]
    assert [level in page(client) for level in proposed] == [True, True]
    assert page(client).count('class="describe"') == 6
    Candidate.objects.update(descriptions=LEVELS)
    assert [level in page(client) for level in proposed] == [False, False]


def test_it_has_no_more_to_tell_than_the_model_reads() -> None:
    assert scenes.levels("a stranger and her umbrella") == []


@pytest.mark.parametrize("language", ["en", "de"])
def test_it_never_holds_back_what_the_scene_tells(language: str) -> None:
    """Each noun and place of the world, and each relation with each of its objects."""
    found = [Scene(noun.name, place=place) for noun in NOUNS for place in [NO_PLACE, *WHERE]]
    for relation in RELATIONS:
        objects = [noun.name for noun in NOUNS if noun.roles & relation.object_roles]
        found += [Scene("fox", relation.key, name, "beach") for name in objects]
    prompts = {caption(scene) for scene in found}
    assert WHERE.keys() == {place.key for place in PLACES}
    told = 0
    with translation.override(language):
        for prompt in prompts:
            levels = scenes.levels(prompt)
            kept = descriptions.told(Candidate(), Puzzle(prompt=prompt), is_finished=False)
            assert kept == levels, prompt
            told += len(levels)
    assert told > len(prompts)
