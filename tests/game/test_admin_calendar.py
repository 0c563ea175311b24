"""The editors' calendar: what it shows, and what its forms do."""

import re
from datetime import date, datetime, timedelta
from itertools import product
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.contrib.auth.models import Permission, User
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries, Settings

from game import claims, planning
from game.admin import looks, month
from game.drawable import StudioError
from game.models import Puzzle, StandIn
from tests import factories
from tests.game.editing import PROMPT, State, actions, coming, drawn, looker, told, url

__all__ = ["looker"]
pytestmark = pytest.mark.django_db
CALENDAR, MOVE, UNPLAN = url("calendar"), url("move"), url("unplan")


@pytest.fixture
def planner(looker: User) -> User:
    looker.user_permissions.add(Permission.objects.get(codename="plan_puzzle"))
    return looker


@pytest.fixture
def writer(client: Client) -> User:
    user = User.objects.create_user("wim", is_staff=True)
    user.user_permissions.add(Permission.objects.get(codename="add_puzzle"))
    client.force_login(user)
    return user


def page(client: Client, day: date | None = None) -> str:
    query = {"month": f"{day:%Y-%m}"} if day else {}
    return client.get(CALENDAR, query).content.decode()


def cell(text: str, day: date) -> str:
    """The part of the page that shows the day."""
    found = re.search(rf'<td id="day-{day}".*?</td>', text, re.DOTALL)
    assert found is not None
    return found[0]


def posted(puzzle: Puzzle, day: date | None, **fields: Any) -> dict[str, Any]:
    values = {"puzzle": puzzle.pk, "seen": puzzle.play_on or "", "day": day or ""}
    return values | fields


def day_of(puzzle: Puzzle) -> date | None:
    return Puzzle.objects.get(pk=puzzle.pk).play_on


# How a day looks

TODAY = date(2026, 12, 14)
DAYS = [None, *(TODAY + timedelta(days=n) for n in (-40, -1, 0, 1, 2, 40))]


@pytest.mark.parametrize("begun", [0, 1])
@pytest.mark.parametrize(("state", "day"), list(product([None, *State.values], DAYS)))
def test_it_says_how_every_day_looks(state: str | None, day: date | None, begun: int) -> None:
    """`begun`: whether tomorrow has begun somewhere on earth."""
    ahead = None if day is None else (day - TODAY).days
    if state is None:
        wanted = "empty"
    elif state == "draft":
        wanted = "draft" if day is None else "planned"
    elif state != "approved" or ahead is None or ahead > begun:
        wanted = state
    else:
        wanted = "live" if ahead >= 0 else "past"
    got = looks.look(state, day, TODAY, TODAY + timedelta(days=begun))
    assert got == wanted
    assert looks.LABELS[got]


def test_it_calls_live_or_past_what_nobody_can_move() -> None:
    for days in (-3, -1, 0, 1, 2, 3):
        puzzle = factories.make_draft(None, play_on=coming(days), state=State.APPROVED)
        try:
            planning.check([(puzzle, coming(30))])
            is_fixed = False
        except StudioError:
            is_fixed = True
        assert (looks.look_of(puzzle) in ("live", "past")) is is_fixed


# What the month shows


def test_it_shows_each_day_as_it_stands(client: Client, planner: User, settings: Settings) -> None:
    settings.FIRST_DAY = date(2026, 1, 1)
    shown = (timezone.localdate().replace(day=1) + timedelta(days=70)).replace(day=1)
    days = {state: shown + timedelta(days=n) for n, state in enumerate(State.values)}
    for state, day in days.items():
        if state == State.DRAWING:
            draft = factories.make_draft(None, PROMPT, play_on=day, state=State.WANTED)
            claims.claim(draft.pk)
            Puzzle.objects.filter(pk=draft.pk).update(progress=42)
        else:
            count = 9 if state in (State.REVIEW, State.APPROVED) else 0
            factories.make_puzzle(None, PROMPT, play_on=day, state=state, candidates=count)
    text = page(client, shown)
    for state, day in days.items():
        label = {"draft": "planned", "review": "in review"}.get(state, state)
        puzzle = Puzzle.objects.get(play_on=day)
        part = cell(text, day)
        assert f">{label}<" in part
        assert f"#{puzzle.number}<" in part
        assert url("change", puzzle) in part
        assert part.count("<img") == puzzle.candidates.filter(position__isnull=False).count()
    assert 'value="42"' in cell(text, days[State.DRAWING])
    assert ">empty<" in cell(text, shown + timedelta(days=20))


def test_it_shows_the_six_best_before_a_choice_and_the_chosen_after(
    client: Client, planner: User
) -> None:
    unchosen = drawn()
    text = cell(page(client, coming()), coming())
    best = unchosen.candidates.filter(rank__lte=6).order_by("rank")
    images = re.findall(r"candidates/(\d+)\.webp", text)
    assert images == [str(each.pk) for each in best]
    chosen = unchosen.candidates.order_by("-rank")[:6]
    for position, candidate in enumerate(chosen, start=1):
        unchosen.candidates.filter(pk=candidate.pk).update(position=position)
    images = re.findall(r"candidates/(\d+)\.webp", cell(page(client, coming()), coming()))
    assert images == [str(each.pk) for each in chosen]


def test_it_marks_live_past_and_stand_ins(client: Client, planner: User) -> None:
    today, yesterday = coming(0), coming(-1)
    for day in (today, yesterday):
        puzzle = factories.make_draft(None, play_on=day, state=State.APPROVED)
        StandIn.objects.create(day=yesterday, puzzle=puzzle)
    live, past = cell(page(client, today), today), cell(page(client, yesterday), yesterday)
    assert ">live<" in live
    assert ">past<" in past
    assert "Stands in" in past
    assert "Stands in" not in live
    assert MOVE not in live + past


@pytest.mark.parametrize(
    "wrong", ["2026-13", "x", "0001-01", "9999-12", "2026-12-01", "２０２６-12"]
)
def test_it_knows_no_other_months(client: Client, planner: User, wrong: str) -> None:
    assert client.get(CALENDAR, {"month": wrong}).status_code == 404
    assert client.get(url("calendar_progress"), {"month": wrong}).status_code == 404


def test_it_goes_from_month_to_month(client: Client, planner: User) -> None:
    text = page(client, date(2027, 1, 15))
    assert "January 2027" in text
    assert 'rel="prev" href="?month=2026-12"' in text
    assert 'rel="next" href="?month=2027-02"' in text
    assert '<option value="2027-01" selected>' in text
    for wanted in (date(2024, 2, 1), date(2031, 12, 1)):
        first, last = month.days_shown(wanted)
        assert first <= wanted < last
        assert month.load(wanted, planner).next.day == 1
        assert f'<option value="{wanted:%Y-%m}" selected>' in page(client, wanted)


def test_it_offers_what_has_no_day_the_reserve_first(
    client: Client, planner: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    for prompt, state in (("a draft", State.DRAFT), ("an evergreen", State.APPROVED)):
        factories.make_draft(None, prompt, state=state)
    text = page(client)
    assert 0 < text.index("an evergreen") < text.index("a draft")
    assert "All without a day" not in text
    monkeypatch.setattr(month, "LISTED", 1)
    text = page(client)
    assert "a draft" not in text
    assert "All without a day" in text
    listed = client.get(url("changelist"), {"play_on__isnull": "True"}).content.decode()
    assert "a draft" in listed


def test_it_fills_in_the_day_asked_for_or_the_first_gap(client: Client, planner: User) -> None:
    factories.make_draft(None, "an evergreen", state=State.APPROVED)
    factories.make_draft(None, play_on=coming(0))
    assert f'value="{coming(1)}"' in page(client)
    asked = client.get(CALENDAR, {"day": coming(9).isoformat()}).content.decode()
    assert f'value="{coming(9)}"' in asked


def test_it_opens_with_few_queries(
    client: Client, planner: User, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for offset in range(12):
        drawn(play_on=coming(offset + 30))
        drawn(play_on=None)
    with django_assert_max_num_queries(12):
        text = page(client, coming(35))
    assert text.count("<img") > 6 * 12


def test_it_tells_how_far_drawings_are(client: Client, planner: User) -> None:
    drawing = factories.make_draft(None, PROMPT, play_on=coming(), state=State.WANTED)
    claims.claim(drawing.pk)
    Puzzle.objects.filter(pk=drawing.pk).update(progress=42)
    drawn(play_on=coming(31))
    address = url("calendar_progress")
    answer = client.get(address, {"month": f"{coming():%Y-%m}"}).json()
    assert answer == {str(drawing.pk): {"state": "drawing", "label": "drawing", "now": 42}}


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


# The runway, and times


def test_it_shows_the_runway_where_editors_begin(client: Client, planner: User) -> None:
    factories.make_draft(None, play_on=coming(0), state=State.APPROVED)
    drawn(play_on=coming(1))
    for address in (CALENDAR, url("changelist"), reverse("admin:index")):
        text = client.get(address).content.decode()
        assert "1 approved, 1 in review" in text
        assert f"day={coming(2)}" in text
        assert CALENDAR in text


def test_it_shows_no_runway_to_those_who_see_no_puzzles(client: Client) -> None:
    client.force_login(User.objects.create_user("staff", is_staff=True))
    assert "runway" not in client.get(reverse("admin:index")).content.decode()


def test_it_writes_the_zone_beside_times(client: Client, planner: User, settings: Settings) -> None:
    settings.TIME_ZONE = "Europe/Vienna"
    drawn_at = datetime(2026, 12, 3, 22, 5, tzinfo=timezone.get_default_timezone())
    puzzle = drawn(drawn_at=drawn_at)
    client.post(MOVE, posted(puzzle, coming(31)))
    history = client.get(url("history", puzzle)).content.decode()
    assert re.search(r"\d\d:\d\d CES?T", history)
    assert re.search(r"\d\d:\d\d CES?T", client.get(url("change", puzzle)).content.decode())
    assert re.search(r"CES?T", page(client))


def test_it_keeps_to_the_content_security_policy(client: Client, planner: User) -> None:
    puzzle, other = drawn(), drawn(play_on=coming(31))
    for text in (
        page(client, coming()),
        client.get(MOVE, {"puzzle": puzzle.pk}).content.decode(),
        client.post(MOVE, posted(puzzle, other.play_on)).content.decode(),
    ):
        assert re.findall(r"<script(?![^>]*\bsrc=)[^>]*>", text) == []
        assert re.findall(r"<[^>]+\s(?:style|on[a-z]+)=", text) == []


def test_it_has_no_time_without_a_zone_in_the_admins_templates() -> None:
    folder = django_settings.BASE_DIR / "templates" / "admin"
    lines = [line for path in folder.rglob("*.html") for line in path.read_text().splitlines()]
    times = [line for line in lines if re.search(r'(date|time):(?:_\()?"[^"]*(?::i|P)', line)]
    assert times
    assert [line for line in times if 'date:"e"' not in line] == []
