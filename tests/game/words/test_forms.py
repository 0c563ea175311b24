"""When a guess is another form of the hidden word, and when it is another word."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from game.words import forms
from game.words.forms import Form, other_form

SHORT = st.text("abc", max_size=5)


def distance(one: str, other: str) -> int:
    """Damerau-Levenshtein, by its recurrence: slow and obvious."""
    if not one or not other:
        return len(one) + len(other)
    ways = [
        distance(one[1:], other) + 1,
        distance(one, other[1:]) + 1,
        distance(one[1:], other[1:]) + (one[0] != other[0]),
    ]
    if len(one) > 1 and one[:2] == other[1::-1]:
        ways.append(distance(one[2:], other[2:]) + 1)
    return min(ways)


@pytest.mark.parametrize(
    ("guess", "hidden", "form"),
    [
        ("penguins", "penguin", Form.PLURAL),
        ("fox", "foxes", Form.PLURAL),
        ("snowman", "snowmen", Form.PLURAL),
        ("mice", "mouse", Form.PLURAL),
        ("colours", "color", Form.PLURAL),
        ("play", "playing", Form.INFLECTION),
        ("rode", "riding", Form.INFLECTION),
        ("bigger", "big", Form.INFLECTION),
        ("sat", "sitting", Form.INFLECTION),
        ("grey", "gray", Form.SPELLING),
        ("color", "colour", Form.SPELLING),
        ("pyjamas", "pajamas", Form.SPELLING),
        ("doughnuts", "donuts", Form.SPELLING),
        ("ice cream", "icecream", Form.SPELLING),
        ("bicylce", "bicycle", Form.TYPO),
        ("peguin", "penguin", Form.TYPO),
        ("guittar", "guitar", Form.TYPO),
        ("gaitar", "guitar", Form.TYPO),
    ],
)
def test_it_tells_the_form_when_a_guess_is_another_form(
    guess: str, hidden: str, form: Form
) -> None:
    assert other_form(guess, hidden) is form


@pytest.mark.parametrize(
    ("guess", "hidden"),
    [
        ("penguin", "penguin"),
        ("cattle", "castle"),  # one letter apart, but a word of its own
        ("plane", "planet"),
        ("beech", "beach"),
        ("beuch", "beach"),  # too short to be sure that it is a slip
        ("gutiarr", "guitar"),  # two slips
        ("sandcastle", "castle"),
        ("player", "playing"),
    ],
)
def test_it_tells_no_form_when_a_guess_is_the_same_or_another_word(guess: str, hidden: str) -> None:
    assert other_form(guess, hidden) is None


@given(SHORT, SHORT)
def test_it_sees_a_slip_when_the_distance_is_one(one: str, other: str) -> None:
    assert forms.is_slip(one, other) == (distance(one, other) == 1)


@given(st.sampled_from(["penguin", "penguins", "grey", "gray", "rode", "colours", "7up", "xyzzy"]))
def test_it_keeps_a_base_form_when_it_is_reduced_again(word: str) -> None:
    assert forms.base(forms.base(word)) == forms.base(word)
