"""The line of figures that counts: each worked out by hand on a few cases."""

from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from generator.drawing.choice import differences
from generator.evaluation import game
from generator.evaluation.exam import Case
from generator.evaluation.reading import Reading
from generator.world.scenes.scene import Scene
from tests.generator.evaluation.judges import FOX, case, reading

HEN = Scene("rooster", place="farm")
RED = Scene("car", "alone", None, "city", "red", "subject")


def marked(scene: Scene, marks: str) -> list[Reading]:
    """1 is right; 0 takes the subject for a snail."""
    return [reading(scene, **({} if mark == "1" else {"subject": "snail"})) for mark in marks]


def test_it_compares_with_real_scenes() -> None:
    # Shown 3 of 6 and 6 of 6; of the real scenes one of two is read right.
    cases = [case(FOX, marked(FOX, "11" + "111000111")), case(HEN, marked(HEN, "01" + "1" * 9))]
    found = game.summary(cases)
    assert found["game"]["real"] == 0.5
    assert found["game"]["top6"] == pytest.approx(0.75 / 0.5)
    assert found["reconstruction"] == pytest.approx(1 / 0.5)
    # Of the other relation no real scene was read right, so nothing can be said.
    assert found["game"]["worst_relation"] == ("riding", 0.5)


def test_it_wants_everything_right_that_a_prompt_names() -> None:
    assert reading(RED).is_right
    assert not reading(RED, colour="blue").is_right
    assert not reading(FOX, relation="next_to").is_right
    assert not reading(Scene("owl", "count", None, "sea", count=2), count="3").is_right
    assert reading(HEN, count="2").is_right  # of which the prompt says nothing


def test_it_looks_at_the_pictures_that_are_shown() -> None:
    first = case(FOX, marked(FOX, "11" + "000111111"), chosen=(4, 5, 6, 7, 8, 9))
    assert [r.is_right for r in first.group("top6")] == [True] * 6
    assert game.summary([first])["game"]["top6"] == 1
    assert game.first_right([first]) == 1
    assert game.first_right([replace(first, chosen=(1, 4, 5, 6, 7, 8))]) == 0
    none = case(HEN, marked(HEN, "11" + "0" * 9))
    assert game.first_right([none]) is None
    assert game.first_right([first, none]) == 1


def test_it_names_the_nouns_that_are_not_recognised() -> None:
    cases = [
        case(FOX, marked(FOX, "11" + "110000000")),  # the fox in 2 of 6, the bicycle in all
        case(HEN, marked(HEN, "11" + "111110000")),  # the rooster in 5 of 6
    ]
    assert game.worst_nouns(cases) == [
        ("fox", pytest.approx(2 / 6), 6),
        ("rooster", pytest.approx(5 / 6), 6),
        ("bicycle", 1.0, 6),
    ]
    assert game.summary(cases)["game"]["weak_nouns"] == pytest.approx(1 / 3)


def test_it_tells_shares_by_colour() -> None:
    readings = marked(RED, "1" * 11)
    readings[3] = reading(RED, colour="blue")
    assert game.by_colour([case(RED, readings)]) == {"red": pytest.approx(5 / 6)}


def test_it_counts_puzzles_of_four_hands_or_layouts() -> None:
    def with_looks(count: int) -> Case:
        readings = marked(FOX, "1" * 11)
        looks = [(str(i % 3), str(i > 2)) for i in range(count)] + [("0", "False")] * 9
        for row, (hand, far) in zip(range(2, 11), looks, strict=False):
            readings[row].seen.update(hand=hand, far=far)
        return case(FOX, readings)

    assert game.summary([with_looks(4), with_looks(3)])["layouts"] == 0.5


def test_it_measures_how_unlike_the_six_are() -> None:
    one, other = case(FOX, marked(FOX, "1" * 11)), case(HEN, marked(HEN, "1" * 11))
    other = replace(other, images=np.clip(other.images + 100, 0, 255).astype(np.uint8))
    pictures = [[Image.fromarray(each.images[row]) for row in range(2, 8)] for each in (one, other)]
    within = []
    for six in pictures:
        apart = differences(six)
        within += [apart[i, j] for i in range(6) for j in range(i)]
    between = differences([pictures[0][0], pictures[1][0]])[0, 1]
    assert game.variety([one, other]) == pytest.approx(np.mean(within) / between, rel=1e-5)
    assert game.variety([one]) is None


def test_it_says_nothing_where_nothing_was_asked() -> None:
    wrong = case(HEN, marked(HEN, "0" * 11))
    found = game.summary([wrong])
    assert found["game"]["real"] == 0
    assert (
        found["game"]["top6"] is found["game"]["worst_relation"] is found["reconstruction"] is None
    )
