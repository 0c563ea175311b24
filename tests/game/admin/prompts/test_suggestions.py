"""Suggested prompts, which editors take or drop."""

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from game.admin.prompts.suggestions import DROPPED
from game.models import Puzzle
from tests import factories
from tests.game.admin.editing import actions, editor, told, url

__all__ = ["editor"]
pytestmark = pytest.mark.django_db


def shown(response: Any) -> list[str]:
    return [puzzle.prompt for puzzle, _level in response.context["suggestions"]]


def test_it_makes_drafts_of_ticked_suggestions_and_drops_the_others(
    client: Client, editor: User
) -> None:
    first = shown(client.get(url("suggest"), {"seed": 5}))
    assert len(first) == 12
    posted = {"seed": 5, "shown": first, "prompt": first[:2]}
    response = client.post(url("suggest"), posted, follow=True)
    assert "2 drafts were made." in told(response)
    assert response.redirect_chain == [(url("suggest") + "?seed=6", 302)]
    assert set(Puzzle.objects.values_list("prompt", "created_by")) == {
        (prompt, editor.pk) for prompt in first[:2]
    }
    assert actions() == ["Imported."] * 2
    # Not even when the same ones would come up again.
    again = shown(client.get(url("suggest"), {"seed": 5}))
    assert len(again) == 12
    assert not set(first) & set(again)
    assert client.session[DROPPED] == first[2:]


def test_it_says_so_when_a_suggestion_was_taken_meanwhile(client: Client, editor: User) -> None:
    first = shown(client.get(url("suggest"), {"seed": 5}))
    factories.make_draft(None, first[0])
    response = client.post(url("suggest"), {"seed": 5, "prompt": first[0]}, follow=True)
    assert f"{first[0]}: The same as one without a day" in told(response)
    assert Puzzle.objects.count() == 1


@pytest.mark.parametrize("seed", ["", "x", "²", "9" * 40, "-1"])
def test_it_takes_a_seed_of_its_own_when_it_gets_none(
    client: Client, editor: User, seed: str
) -> None:
    assert len(shown(client.get(url("suggest"), {"seed": seed}))) == 12


def test_it_says_that_suggestions_need_the_bundled_model(
    client: Client, editor: User, settings: Any
) -> None:
    settings.GENERATOR_MODEL = "dalle-mini/dalle-mega"
    response = client.get(url("suggest"))
    assert "Suggestions need the bundled model" in response.content.decode()
    assert "suggestions" not in response.context
