from typing import Any

import pytest
from django.test import Client

from game.editing import descriptions
from game.models import Candidate, Puzzle
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
