"""The editors' calendar: who may open it, and what its forms do."""

import re

import pytest
from django.contrib.auth.models import Permission, User
from django.test import Client

from game.editing import planning
from game.models import Puzzle
from tests import factories
from tests.game.admin.calendar.calendars import (
    CALENDAR,
    MOVE,
    UNPLAN,
    cell,
    day_of,
    page,
    planner,
    posted,
)
from tests.game.admin.editing import PROMPT, State, actions, coming, drawn, looker, told, url

__all__ = ["looker", "planner"]
pytestmark = pytest.mark.django_db


@pytest.fixture
def writer(client: Client) -> User:
    user = User.objects.create_user("wim", is_staff=True)
    user.user_permissions.add(Permission.objects.get(codename="add_puzzle"))
    client.force_login(user)
    return user


# Who may


def test_it_shows_the_calendar_to_nobody_without_the_right(client: Client) -> None:
    addresses = (CALENDAR, MOVE, UNPLAN, url("calendar_progress"))
    for address in addresses:
        assert client.get(address).status_code == 302
    client.force_login(User.objects.create_user("staff", is_staff=True))
    for address in addresses:
        assert client.get(address).status_code == 403


def test_it_lets_lookers_look_and_change_nothing(client: Client, looker: User) -> None:
    puzzle = drawn()
    text = page(client, coming())
    assert PROMPT in text
    assert f"{MOVE}?" not in text
    assert "draggable" not in text
    for address in (MOVE, UNPLAN):
        assert client.post(address, posted(puzzle, coming(31))).status_code == 403
    assert day_of(puzzle) == coming()
    assert actions() == []


def test_it_keeps_others_puzzles_from_writers(client: Client, writer: User) -> None:
    theirs, mine = drawn(), drawn(play_on=coming(31), created_by=writer)
    factories.make_draft(None, "a quokka juggling zeppelins")
    drawing = factories.make_draft(None, PROMPT, play_on=coming(32), state=State.WANTED)
    for day in {coming().replace(day=1), coming(31).replace(day=1), coming(32).replace(day=1)}:
        text = page(client, day)
        assert url("change", theirs) not in text
        assert "quokka" not in text
        progress = client.get(url("calendar_progress"), {"month": f"{day:%Y-%m}"})
        assert str(drawing.pk) not in progress.json()
    assert ">taken<" in cell(page(client, coming()), coming())
    assert "<img" not in cell(page(client, coming()), coming())
    assert url("change", mine) in cell(page(client, coming(31)), coming(31))
    assert client.post(MOVE, posted(mine, coming(40))).status_code == 403


def test_it_counts_nothing_for_whoever_may_not_see_it(client: Client, writer: User) -> None:
    drawn()
    assert 'class="runway' not in page(client, coming())


def test_it_shows_no_puzzle_of_others_to_whoever_plans_their_own_alone(
    client: Client, writer: User
) -> None:
    writer.user_permissions.add(Permission.objects.get(codename="plan_puzzle"))
    theirs, mine = drawn(), factories.make_draft(None, "a cat", created_by=writer)
    response = client.post(MOVE, posted(mine, coming()), follow=True)
    assert "has a puzzle already" in told(response)
    assert PROMPT not in response.content.decode()
    assert (day_of(theirs), day_of(mine)) == (coming(), None)


def test_it_is_guarded_against_forged_posts(planner: User) -> None:
    puzzle = drawn()
    client = Client(enforce_csrf_checks=True)
    client.force_login(planner)
    for address in (MOVE, UNPLAN):
        assert client.post(address, posted(puzzle, coming(31))).status_code == 403
    assert day_of(puzzle) == coming()


def test_it_changes_days_on_post_alone(client: Client, planner: User) -> None:
    puzzle = drawn()
    assert client.get(MOVE, posted(puzzle, coming(31))).status_code == 200
    assert client.get(UNPLAN, posted(puzzle, None)).status_code == 405
    assert client.put(MOVE).status_code == 405
    assert day_of(puzzle) == coming()


# Moving


def test_it_moves_a_puzzle_and_notes_who_did(client: Client, planner: User) -> None:
    puzzle = drawn()
    text = client.get(MOVE, {"puzzle": puzzle.pk}).content.decode()
    assert f'name="seen" value="{coming()}"' in text
    response = client.post(MOVE, posted(puzzle, coming(31)))
    assert response["Location"] == f"{CALENDAR}?month={coming(31):%Y-%m}#day-{coming(31)}"
    assert day_of(puzzle) == coming(31)
    assert actions() == [f"Planned for {coming(31)}."]
    assert "is planned for" in told(client.get(response["Location"]))


def test_it_warns_of_a_prompt_that_has_been_when_it_plans_one(
    client: Client, planner: User
) -> None:
    drawn(play_on=coming(-9))
    puzzle = drawn()
    response = client.post(MOVE, posted(puzzle, coming(31)), follow=True)
    assert "The same as that of" in told(response)


def test_it_tells_how_hard_a_day_is_and_who_will_solve_it(client: Client, planner: User) -> None:
    drawn(difficulty=4)
    text = cell(page(client, coming()), coming())
    assert ("Difficulty 4" in text, "forecast" in text) == (True, False)
    Puzzle.objects.update(forecast={"solvers": 37})
    assert "Difficulty 4, forecast 37 %" in cell(page(client, coming()), coming())


def test_it_plans_what_had_no_day(client: Client, planner: User) -> None:
    puzzle = factories.make_draft(None)
    client.post(MOVE, posted(puzzle, coming(31)))
    assert day_of(puzzle) == coming(31)


def test_it_takes_a_puzzle_off_its_day(client: Client, planner: User) -> None:
    puzzle = drawn()
    response = client.post(UNPLAN, posted(puzzle, None))
    assert response["Location"].startswith(f"{CALENDAR}?month={coming():%Y-%m}")
    assert day_of(puzzle) is None
    assert actions() == ["Unplanned."]


def test_it_asks_before_it_swaps(client: Client, planner: User) -> None:
    one, two = drawn(), factories.make_draft(None, "a cat on mars", play_on=coming(31))
    answer = client.post(MOVE, posted(one, coming(31)))
    text = answer.content.decode()
    assert (day_of(one), day_of(two)) == (coming(), coming(31))
    assert PROMPT in text
    assert "a cat on mars" in text
    agreed = re.findall(r'name="agreed" value="([^"]+)"', text)
    response = client.post(MOVE, posted(one, coming(31), agreed=agreed[0]))
    assert response.status_code == 302
    assert (day_of(one), day_of(two)) == (coming(31), coming())
    assert actions() == [f"Planned for {coming(31)}.", f"Planned for {coming()}."]


def test_it_asks_anew_when_another_has_come_to_the_day(client: Client, planner: User) -> None:
    one, two = drawn(), factories.make_draft(None, "a cat on mars", play_on=coming(31))
    agreed = f"swap-{two.pk}"
    planning.move(two, coming(33))
    three = factories.make_draft(None, "a dog on venus", play_on=coming(31))
    text = client.post(MOVE, posted(one, coming(31), agreed=agreed)).content.decode()
    assert "a dog on venus" in text
    assert f'value="swap-{three.pk}"' in text
    assert (day_of(one), day_of(three)) == (coming(), coming(31))


def test_it_asks_before_it_puts_a_puzzle_live(client: Client, planner: User) -> None:
    puzzle = factories.make_puzzle(None)
    text = client.post(MOVE, posted(puzzle, coming(0))).content.decode()
    assert "goes live at once" in text
    assert day_of(puzzle) is None
    client.post(MOVE, posted(puzzle, coming(0), agreed="live"))
    assert day_of(puzzle) == coming(0)


@pytest.mark.parametrize("days", [0, -1])
def test_it_refuses_to_touch_what_is_live_or_past(client: Client, planner: User, days: int) -> None:
    fixed = factories.make_draft(None, PROMPT, play_on=coming(days), state=State.APPROVED)
    puzzle = drawn()
    for address, fields in (
        (MOVE, posted(fixed, coming(31))),
        (UNPLAN, posted(fixed, None)),
        (MOVE, posted(puzzle, coming(days))),
        (MOVE, posted(puzzle, coming(days), agreed=f"swap-{fixed.pk}")),
    ):
        response = client.post(address, fields, follow=True)
        assert "is live or past" in told(response) or "is over" in told(response)
    assert (day_of(fixed), day_of(puzzle)) == (coming(days), coming())
    assert actions() == []


def test_it_tells_the_second_of_two_editors(client: Client, planner: User) -> None:
    puzzle = drawn()
    seen = posted(puzzle, coming(40))
    planning.move(puzzle, coming(33))
    for address in (MOVE, UNPLAN):
        assert "moved by somebody else" in told(client.post(address, seen, follow=True))
    assert day_of(puzzle) == coming(33)


def test_it_tells_the_editor_who_was_slower_by_an_instant(
    client: Client, planner: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    puzzle, taken = drawn(), factories.make_draft(None, play_on=coming(31))
    monkeypatch.setattr(planning, "on_day", lambda day: None)
    response = client.post(MOVE, posted(puzzle, coming(31)), follow=True)
    assert "has another puzzle by now" in told(response)
    assert (day_of(puzzle), day_of(taken)) == (coming(), coming(31))
    assert actions() == []


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"day": ""}, "Choose a day."),
        ({"day": "someday"}, "Enter a valid date."),
        ({"puzzle": ""}, "Choose a puzzle."),
        ({"puzzle": "0"}, "That puzzle is gone."),
        ({"seen": "x"}, "The form was damaged."),
    ],
)
def test_it_says_what_is_wrong_with_a_form(
    client: Client, planner: User, fields: dict[str, str], message: str
) -> None:
    puzzle = drawn()
    response = client.post(MOVE, posted(puzzle, coming(31)) | fields, follow=True)
    assert message in told(response)
    assert day_of(puzzle) == coming()


def test_it_has_no_form_for_a_puzzle_that_is_gone(client: Client, planner: User) -> None:
    for query in ({}, {"puzzle": "0"}, {"puzzle": "x"}):
        assert client.get(MOVE, query).status_code == 404
