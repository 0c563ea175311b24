"""The calendar's month: what it shows of its days, the runway, and times."""

import re
from datetime import date, datetime, timedelta

import pytest
from django.conf import settings as django_settings
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries, Settings

from game.admin.calendar import month
from game.drawing import claims
from game.models import Puzzle, StandIn
from tests import factories
from tests.game.admin.calendar.calendars import CALENDAR, MOVE, cell, page, planner, posted
from tests.game.admin.editing import PROMPT, State, coming, drawn, looker, url

__all__ = ["looker", "planner"]
pytestmark = pytest.mark.django_db


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
