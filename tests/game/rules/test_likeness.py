"""Near-duplicates, against comparing every prompt with every other."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from game.rules.likeness import Index, Kind, Match
from game.words import forms

FOX = "a fox riding a bicycle on the moon"
WORDS = ["a", "the", "fox", "foxes", "cat", "ride", "riding", "bicycle", "moon", "red", "big", "on"]
PROMPTS = st.lists(st.sampled_from(WORDS), min_size=1, max_size=7).map(" ".join)


def content(prompt: str) -> set[str]:
    return {forms.base(word) for word in prompt.split() if word not in ("a", "the", "on")}


def find_slowly(known: list[str], prompt: str) -> Match[int] | None:
    """Every known prompt is looked at, and the first of the most alike is taken."""
    if prompt in known:
        return Match(Kind.SAME, known.index(prompt))
    likenesses = [
        len(content(prompt) & content(other)) / max(1, len(content(prompt) | content(other)))
        for other in known
    ]
    most = max(likenesses, default=0)
    if most < 2 / 3:
        return None
    return Match(Kind.REORDERED if most == 1 else Kind.NEAR, likenesses.index(most))


@given(st.lists(PROMPTS, max_size=30), PROMPTS)
def test_it_finds_what_comparing_with_every_prompt_finds(known: list[str], prompt: str) -> None:
    index: Index[int] = Index()
    for number, each in enumerate(known):
        index.add(number, each)
    assert index.find(prompt) == find_slowly(known, prompt)


@pytest.mark.parametrize(
    ("prompt", "kind"),
    [
        (FOX, Kind.SAME),
        ("A Fox, riding a bicycle on the Moon!", Kind.SAME),
        ("the fox rides bicycles on a moon", Kind.REORDERED),
        ("on the moon, a bicycle riding a fox", Kind.REORDERED),
        ("a red fox riding a bicycle on the moon", Kind.NEAR),
        ("a fox riding a bicycle", Kind.NEAR),
        ("a cat riding a bicycle on the moon", None),
        ("a fox on the moon", None),
        ("the of and", None),
    ],
)
def test_it_tells_how_alike_prompts_are(prompt: str, kind: Kind | None) -> None:
    index: Index[str] = Index()
    index.add("fox", FOX)
    match = index.find(prompt)
    assert (match.kind if match else None) == kind


def test_it_names_the_most_alike_when_several_are_near() -> None:
    index: Index[int] = Index()
    for number, prompt in enumerate(["a fox riding a bicycle", "a red fox riding a bicycle", FOX]):
        index.add(number, prompt)
    assert index.find("a red fox riding bicycles") == Match(Kind.REORDERED, 1)
    assert index.find("a big red fox riding a bicycle") == Match(Kind.NEAR, 1)
