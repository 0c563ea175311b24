"""Planning the coming days by the curve."""

import re
from itertools import pairwise
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from game.admin.calendar.autoplan import first_day
from game.drawing import drawable
from game.editing import autoplan
from game.editing.autoplan import DAY
from game.models import Puzzle
from game.rules import clock
from tests import factories
from tests.game.admin.editing import actions, coming, editor, told, url
from tests.game.admin.prompts.lists import CAT, FOX, planned, propose

__all__ = ["editor"]
pytestmark = pytest.mark.django_db


def confirm(client: Client, proposal: Any) -> Any:
    ticked = [each.posted for each in proposal.context["proposal"]]
    return client.post(url("plan"), {"plan": ticked}, follow=True)


def make_week() -> list[Puzzle]:
    """Drafts for a week, that nobody would plan in this order."""
    levels = [5, 4, 3, 3, 2, 2, 1]
    nouns = ["fox", "cat", "dog", "lion", "robot", "panda", "ghost"]
    return [
        factories.make_draft(None, f"a {noun} {level}", difficulty=level)
        for noun, level in zip(nouns, levels, strict=True)
    ]


def test_it_plans_a_week_by_the_curve(client: Client, editor: User) -> None:
    make_week()
    proposal = propose(client)
    assert planned() == {}
    shown = proposal.context["proposal"]
    assert all(each.difficulty == each.wanted for each in shown)
    response = confirm(client, proposal)
    assert "7 days are planned." in told(response)
    assert planned() == {each.day: each.puzzle.prompt for each in shown}
    for puzzle in Puzzle.objects.all():
        assert puzzle.play_on
        assert puzzle.difficulty == autoplan.wanted(puzzle.play_on)
    assert sorted(actions()) == sorted(f"Planned for {each.day}." for each in shown)


def test_it_never_plans_the_same_relation_two_days_in_a_row(client: Client, editor: User) -> None:
    for noun in ("cat", "dog", "lion"):
        factories.make_draft(None, f"a {noun} riding a bicycle on the moon")
    factories.make_draft(None, "a panda eating a pizza on the beach")
    shown = propose(client).context["proposal"]
    riding = [each.day for each in shown if "riding" in each.puzzle.prompt]
    assert len(shown) > len(riding) > 0
    assert all(later - earlier > DAY for earlier, later in pairwise(riding))


def test_it_tells_what_a_proposed_prompt_is_like(client: Client, editor: User) -> None:
    factories.make_puzzle(None, FOX, play_on=coming(-9))
    factories.make_draft(None, FOX)
    assert "The same as that of" in propose(client).content.decode()


def test_it_shows_the_curve_and_says_what_is_estimated(client: Client, editor: User) -> None:
    factories.make_draft(None, FOX)
    page = propose(client).content.decode()
    curve = re.findall(r"<td>(\d)</td>", page)
    assert [int(level) for level in curve] == list(autoplan.CURVE)
    (shown,) = propose(client).context["proposal"]
    assert (shown.difficulty, shown.is_estimate) == (3, True)
    assert "it is estimated" in page


def test_it_never_touches_taken_days(client: Client, editor: User) -> None:
    taken = factories.make_draft(None, FOX, play_on=first_day())
    make_week()
    proposal = propose(client, days=3)
    assert [each.day for each in proposal.context["proposal"]] == [
        first_day() + autoplan.DAY,
        first_day() + 2 * autoplan.DAY,
    ]
    confirm(client, proposal)
    taken.refresh_from_db()
    assert taken.play_on == first_day()


def test_it_plans_only_what_is_asked_for(client: Client, editor: User) -> None:
    factories.make_draft(None, FOX)
    reserve = factories.make_puzzle(None, CAT, candidates=0)
    shown = propose(client, states="approved").context["proposal"]
    assert [each.puzzle for each in shown] == [reserve]
    shown = propose(client, states=["approved", "draft"]).context["proposal"]
    assert len(shown) == 2


def test_it_plans_nothing_that_is_too_far_off(client: Client, editor: User) -> None:
    factories.make_draft(None, FOX)
    shown = propose(client, start="9999-12-31", days=366)
    assert "is too far off." in shown.content.decode()
    assert "proposal" not in shown.context


def test_it_plans_the_ticked_days_alone(client: Client, editor: User) -> None:
    make_week()
    ticked = propose(client).context["proposal"][2]
    client.post(url("plan"), {"plan": [ticked.posted]})
    assert planned() == {ticked.day: ticked.puzzle.prompt}


@pytest.mark.parametrize("meanwhile", ["day", "puzzle", "deleted"])
def test_it_changes_nothing_when_somebody_was_faster(
    client: Client, editor: User, meanwhile: str
) -> None:
    make_week()
    proposal = propose(client)
    first, last = proposal.context["proposal"][0], proposal.context["proposal"][-1]
    if meanwhile == "day":
        factories.make_draft(None, FOX, play_on=first.day)
    elif meanwhile == "puzzle":
        Puzzle.objects.filter(pk=last.puzzle.pk).update(play_on=coming(90))
    else:
        last.puzzle.delete()
    before = planned()
    assert "Nothing was changed." in told(confirm(client, proposal))
    assert (planned(), actions()) == (before, [])


@pytest.mark.parametrize(
    ("posted", "message"),
    [
        ([], "No day is ticked."),
        (["nonsense"], "The form was damaged."),
        (["1 2099-13-01"], "The form was damaged."),
        (["1" * 30 + " 2099-01-01"], "The form was damaged."),
        (["{pk} {today}"], "Some of these days have begun."),
    ],
)
def test_it_refuses_damaged_plans(
    client: Client, editor: User, posted: list[str], message: str
) -> None:
    puzzle = factories.make_puzzle(None, FOX, candidates=0)
    plan = [text.format(pk=puzzle.pk, today=timezone.localdate()) for text in posted]
    assert message in told(client.post(url("plan"), {"plan": plan}, follow=True))
    assert planned() == {}


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ({"start": "2020-01-01"}, "Plans begin on"),
        ({"start": "soon"}, "Enter a valid date"),
        ({"days": 0}, "greater than or equal to 1"),
        ({"days": 367}, "less than or equal to 366"),
        ({"states": []}, "This field is required"),
        ({"states": "drawing"}, "Select a valid choice"),
    ],
)
def test_it_says_what_it_cannot_plan(
    client: Client, editor: User, asked: dict[str, Any], message: str
) -> None:
    factories.make_draft(None, FOX)
    response = propose(client, **asked)
    assert message in response.content.decode()
    assert "proposal" not in response.context


def test_it_says_so_when_there_is_nothing_to_plan(client: Client, editor: User) -> None:
    assert "nothing to plan" in propose(client).content.decode()


def test_it_begins_when_nobody_has_the_day_yet() -> None:
    assert first_day() > clock.last_possible_day(timezone.now())


def test_it_plans_a_year_with_few_queries(
    client: Client, editor: User, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    Puzzle.objects.bulk_create(
        [Puzzle(prompt=prompt) for prompt in drawable.suggest_prompts(400, seed=1)]
    )
    proposal = propose(client, days=365)
    ticked = [each.posted for each in proposal.context["proposal"]]
    assert len(ticked) == 365
    with django_assert_max_num_queries(20):
        client.post(url("plan"), {"plan": ticked})
    assert len(planned()) == 365
