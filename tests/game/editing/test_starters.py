"""A new site's prompts are its own secret, and what was public once is noticed."""

import hashlib
import logging
from collections.abc import Iterator
from datetime import date, timedelta
from io import StringIO
from itertools import pairwise
from typing import Any

import pytest
from django.contrib.admin.models import CHANGE, DELETION, LogEntry
from django.contrib.auth.models import User
from django.contrib.contenttypes.models import ContentType
from django.core.management import call_command
from django.db.models import F
from django.utils import timezone
from pytest_django import Settings

from game.drawing import claims, drawable
from game.editing import autoplan, starters
from game.models import Chore, LooseFile, Puzzle
from game.nights import doctor, night, report
from game.rules import boards, difficulty
from game.running.places import BASE_DIR
from game.words import text
from tests import factories

State = Puzzle.State
DAY = timedelta(days=1)
# Stood in the source once.
OLD = ["a penguin playing a guitar on the beach", "a fox riding a bicycle on the moon"]


def begin() -> str:
    out = StringIO()
    call_command("starter", stdout=out)
    return out.getvalue()


def test_it_starts_with_other_prompts_where_the_secret_is_another(settings: Settings) -> None:
    settings.SECRET_KEY = "one" * 20
    one = starters.pool(40)
    assert starters.pool(40) == one
    settings.SECRET_KEY = "two" * 20
    other = starters.pool(40)
    assert not set(one) & set(other)
    assert len(set(one)) == len(set(other)) == 40


def test_it_suggests_other_prompts_where_the_secret_is_another(settings: Settings) -> None:
    settings.SECRET_KEY = "one" * 20
    one = drawable.suggest_prompts(20, seed=7)
    settings.SECRET_KEY = "two" * 20
    assert not set(one) & set(drawable.suggest_prompts(20, seed=7))


def test_it_starts_with_prompts_that_the_model_can_paint_and_people_can_guess() -> None:
    prompts = starters.pool()
    assert len(prompts) == starters.POOL
    for prompt in prompts:
        boards.validate_prompt(prompt)
        drawable.check_prompt(prompt)
        drawable.check_prompt(prompt.title() + "!")
        assert 2 <= len(boards.open_words(boards.board(prompt))) <= 6
        assert not starters.is_published(prompt)


def test_it_holds_no_prompt_in_the_source_that_a_site_begins_with() -> None:
    begun = {text.normalise(prompt) for prompt in starters.pool()}
    for path in (BASE_DIR / "game").rglob("*"):
        if path.suffix in (".py", ".txt"):
            lines = {text.normalise(line) for line in path.read_text().splitlines()}
            assert not begun & lines, path
    assert not (BASE_DIR / "game" / "starter_prompts.txt").exists()


@pytest.mark.parametrize("prompt", OLD)
def test_it_knows_what_was_public_once(prompt: str) -> None:
    assert starters.is_published(prompt.upper() + "!")
    assert not starters.is_published(prompt + " at night")
    assert hashlib.sha256(prompt.encode()).hexdigest()[:16] in starters.PUBLISHED.read_text()


def parts_of(prompts: list[str]) -> Iterator[tuple[dict[str, str], dict[str, str]]]:
    yield from pairwise(map(drawable.parts, prompts))


@pytest.mark.django_db
def test_it_plans_ten_weeks_in_which_neighbours_differ() -> None:
    assert "70 starter prompts planned" in begin()
    today = timezone.localdate()
    puzzles = list(Puzzle.objects.order_by("play_on"))
    assert [puzzle.play_on for puzzle in puzzles] == [today + n * DAY for n in range(70)]
    assert all(puzzle.is_auto_approved and puzzle.state == State.DRAFT for puzzle in puzzles)
    assert not {puzzle.prompt for puzzle in puzzles} - set(starters.pool())
    for one, other in parts_of([puzzle.prompt for puzzle in puzzles]):
        assert one["relation"] != other["relation"]
        assert one["place"] != other["place"]
        assert one["subject"] != other["subject"]
    for puzzle in puzzles:
        assert puzzle.play_on is not None
        off = difficulty.estimate(puzzle.prompt) - autoplan.wanted(puzzle.play_on)
        assert abs(off) <= 1, "easy on Mondays, hard on Saturdays"


def test_it_keeps_apart_what_is_alike_and_plans_it_all_the_same() -> None:
    monday = date(2026, 11, 2)
    prompts = ["a cat riding a horse on the moon", "a dog eating pizza on the beach"]
    planned = {monday - DAY: "a fox riding a train in the rain"}
    days = [monday, monday + DAY]
    assert list(starters.arrange(prompts, days, planned).values()) == prompts[::-1]
    planned[monday + DAY] = "a fox eating pizza in the rain"
    assert starters.arrange(prompts, [monday], planned) == {monday: prompts[0]}
    assert starters.arrange([], days, planned) == {}


@pytest.mark.django_db
def test_it_changes_nothing_when_started_again() -> None:
    begin()
    before = list(Puzzle.objects.order_by("pk").values())
    assert "0 starter prompts planned" in begin()
    assert list(Puzzle.objects.order_by("pk").values()) == before


@pytest.mark.django_db
def test_it_begins_once_though_the_secret_is_changed(settings: Settings) -> None:
    begin()
    settings.SECRET_KEY = "another" * 10
    assert "0 starter prompts planned" in begin()


@pytest.mark.django_db
def test_it_leaves_an_editors_plan_alone() -> None:
    today = timezone.localdate()
    theirs = factories.make_draft(None, "the moon at night", play_on=today)
    same = factories.make_draft(None, starters.pool()[3].upper() + "!")
    begin()
    theirs.refresh_from_db()
    same.refresh_from_db()
    assert (theirs.play_on, same.play_on) == (today, None)
    assert Puzzle.objects.filter(play_on=today + DAY).exists()
    assert not Puzzle.objects.filter(prompt=starters.pool()[3]).exists()


def log(puzzle: Puzzle, flag: int) -> None:
    LogEntry.objects.create(
        user=User.objects.create_user("editor"),
        content_type=ContentType.objects.get_for_model(Puzzle),
        object_id=str(puzzle.pk),
        object_repr=str(puzzle),
        action_flag=flag,
    )


@pytest.mark.django_db
def test_it_does_not_bring_back_what_an_editor_deleted() -> None:
    unwanted = factories.make_draft(None, starters.pool()[5])
    log(unwanted, DELETION)
    unwanted.delete()
    begin()
    assert not Puzzle.objects.filter(prompt=starters.pool()[5]).exists()


@pytest.mark.django_db
def test_it_plans_starters_again_whose_days_went_by_unseen() -> None:
    begin()
    today = timezone.localdate()
    Puzzle.objects.update(play_on=F("play_on") - 100 * DAY)
    seen, unseen = Puzzle.objects.order_by("play_on")[:2]
    Puzzle.objects.filter(pk=seen.pk).update(state=State.APPROVED)
    assert "0 starter prompts planned, 69 planned again" in begin()
    seen.refresh_from_db()
    assert seen.play_on == today - 100 * DAY
    assert Puzzle.objects.get(play_on=today) == unseen


def old(days: int | None, prompt: str = OLD[1], **fields: Any) -> Puzzle:
    """A puzzle of a site that began with the public list, so many days ahead."""
    day = None if days is None else timezone.localdate() + days * DAY
    fields = {"play_on": day, "is_auto_approved": True} | fields
    return factories.make_draft(None, prompt, **fields)


@pytest.mark.django_db
def test_it_gives_old_sites_no_new_starters() -> None:
    old(-40, state=State.APPROVED)
    assert "0 starter prompts planned" in begin()
    assert not Chore.objects.exists()


@pytest.mark.django_db
def test_it_replaces_what_was_public_and_nobody_has_touched(
    caplog: pytest.LogCaptureFixture,
) -> None:
    draft = old(2)
    drawn = factories.make_puzzle(
        None, OLD[0], is_auto_approved=True, play_on=timezone.localdate() + 9 * DAY
    )
    with caplog.at_level(logging.WARNING):
        night.prepare()
    for puzzle in (draft, drawn):
        puzzle.refresh_from_db()
        assert puzzle.prompt in starters.pool()
        assert (puzzle.state, puzzle.is_auto_approved) == (State.WANTED, True)
        assert f"Puzzle {puzzle.pk} got another prompt" in caplog.text
    assert LooseFile.objects.count() == 9, "its pictures go by the trash"
    assert draft.prompt not in caplog.text
    assert starters.published_ahead() == []


@pytest.mark.django_db
def test_it_tells_of_what_was_public_and_is_a_persons_or_near() -> None:
    editor = User.objects.create_user("rewriter")
    drawn_soon = old(2, state=State.APPROVED)
    written = old(5, OLD[0], created_by=editor)
    noted = old(6, "a lion eating ice cream in the desert", notes="for the birthday")
    changed = old(7, "an astronaut eating pizza on mars")
    log(changed, CHANGE)
    being_drawn = old(8, "a ghost riding a motorcycle in front of a castle", state=State.WANTED)
    claims.claim(being_drawn.pk)
    reserve = old(None, "a wizard holding an umbrella in the rain", is_auto_approved=False)
    past = old(-3, "a pig riding a rocket in space", state=State.APPROVED)
    before = list(Puzzle.objects.order_by("pk").values("prompt", "play_on", "state"))
    assert starters.replace_published() == 0
    assert list(Puzzle.objects.order_by("pk").values("prompt", "play_on", "state")) == before
    found = [drawn_soon, written, noted, changed, being_drawn]
    assert set(starters.published_ahead()) == {*found, reserve}
    days, reserves = doctor.published_prompts()
    for puzzle in found:
        assert str(puzzle.play_on) in days
    assert str(past.play_on) not in days
    assert "1 puzzle without a day" in reserves
    assert report.build().known == [puzzle.play_on for puzzle in found]


@pytest.mark.django_db
def test_it_draws_with_seeds_that_nobody_can_name() -> None:
    seeds = set()
    for n in range(8):
        claimed = claims.claim(factories.make_draft(n + 1, state=State.WANTED).pk)
        assert claimed
        assert claimed.seed
        seeds.add(claimed.seed)
    assert len(seeds) == 8
    assert max(seeds) > 2**50
