"""Which puzzles somebody may know of, and which they may change."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser, Group, Permission, User
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.http import Http404
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from game.editing import access, review
from game.models import Puzzle
from game.rules import clock
from tests import factories
from tests.roles import ROLES, make_staff, migration

pytestmark = pytest.mark.django_db
State = Puzzle.State


def make(offset: int | None, **fields: Any) -> Puzzle:
    """A puzzle so many days from today."""
    today = timezone.localdate()
    day = None if offset is None else today + timedelta(days=offset)
    return factories.make_puzzle(None, candidates=0, play_on=day, **fields)


@pytest.fixture
def writer() -> User:
    return make_staff("writer", "wil")


@pytest.fixture
def others(writer: User) -> list[Puzzle]:
    """In every state, on every kind of day, written by somebody else or by nobody known."""
    eve = make_staff("writer", "eve")
    offsets = [None, -40, -1, 0, 2, 40]
    return [
        make(offset, state=state, created_by=author)
        for number, state in enumerate(State.values)
        for author, shift in ((eve, 0), (None, 1))
        for each in offsets
        for offset in [None if each is None else each * 100 + 2 * number + shift]
        if state != State.DRAWING
    ]


def test_it_shows_writers_what_is_theirs_and_what_is_public(
    writer: User, others: list[Puzzle]
) -> None:
    own = [make(offset, created_by=writer, state=State.DRAFT) for offset in (None, 5000)]
    public = [puzzle for puzzle in others if review.is_public(puzzle)]
    assert public
    assert set(access.visible(writer)) == {*own, *public}
    for puzzle in (*own, *others):
        assert access.may_see(writer, puzzle) == (puzzle in own or review.is_public(puzzle))


def test_it_shows_a_puzzle_from_the_moment_when_its_day_begins_anywhere(writer: User) -> None:
    last = clock.last_possible_day(timezone.now())
    today = factories.make_puzzle(None, candidates=0, play_on=last)
    tomorrow = factories.make_puzzle(None, candidates=0, play_on=last + timedelta(days=1))
    assert access.may_see(writer, today)
    assert not access.may_see(writer, tomorrow)


@pytest.mark.parametrize("role", ["editor", "operator"])
def test_it_shows_everything_to_those_who_look_after_it(role: str, others: list[Puzzle]) -> None:
    user = make_staff(role)
    assert set(access.visible(user)) == set(others)
    assert all(access.may_see(user, puzzle) for puzzle in others)


def test_it_shows_nothing_to_anybody_else(others: list[Puzzle]) -> None:
    for user in (make_staff(), User.objects.create_user("player"), AnonymousUser()):
        assert not access.visible(user).exists()
        assert not any(access.may_see(user, puzzle) for puzzle in others[:3])


def test_it_asks_the_database_no_second_time_for_those_who_see_all(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    editor, puzzle = make_staff("editor"), make(3)
    access.may_see(editor, puzzle)
    with django_assert_num_queries(0):
        assert access.may_see(editor, puzzle)


@pytest.mark.parametrize("state", State.values)
def test_it_lets_writers_change_their_own_drafts_alone(writer: User, state: str) -> None:
    claim = {"claim": "0" * 32, "leased_until": timezone.now()} if state == State.DRAWING else {}
    own = make(50, state=state, created_by=writer, **claim)
    other = make(51, state=State.DRAFT, created_by=make_staff("writer", "eve"))
    assert access.may_change(writer, own) == (state == State.DRAFT)
    assert not access.may_change(writer, other)


def test_it_lets_former_writers_change_nothing(writer: User) -> None:
    own = make(None, state=State.DRAFT, created_by=writer)
    writer.groups.clear()
    assert not access.may_change(User.objects.get(pk=writer.pk), own)


@pytest.mark.parametrize(
    ("role", "may_change"), [("editor", True), ("operator", False), (None, False)]
)
def test_it_lets_editors_change_everything(role: str | None, may_change: bool) -> None:
    assert access.may_change(make_staff(role), make(7)) == may_change


def test_it_finds_only_what_they_may_see(writer: User) -> None:
    own, other = make(None, created_by=writer), make(None)
    assert access.find(writer, own.pk) == own
    with pytest.raises(PermissionDenied):
        access.find(writer, other.pk)
    with pytest.raises(Http404):
        access.find(writer, other.pk + 1)


@pytest.mark.parametrize(
    ("role", "permissions"),
    [
        ("writer", {access.ADD}),
        (
            "editor",
            {access.ADD, access.APPROVE, access.CHANGE, access.DRAW, access.PLAN, access.VIEW},
        ),
        ("operator", {access.VIEW}),
        (None, set()),
    ],
)
def test_it_requires_what_a_role_has(role: str | None, permissions: set[str]) -> None:
    user = make_staff(role)
    known = {access.ADD, access.APPROVE, access.CHANGE, access.DRAW, access.PLAN, access.VIEW}
    access.require(user, *permissions)
    for other in known - permissions:
        with pytest.raises(PermissionDenied):
            access.require(user, *permissions, other)


def test_it_gives_every_role_its_permissions_on_a_database_without_any() -> None:
    Group.objects.all().delete()
    Permission.objects.all().delete()
    executor = MigrationExecutor(connection)
    apps = executor.loader.project_state(("game", "0009_make_roles")).apps
    editor = connection.schema_editor()
    for _again in range(2):
        migration.make_permissions(apps, editor)
        migration.make_roles(apps, editor)
    for role in ROLES:
        given = Group.objects.get(name=role).permissions.values_list(
            "content_type__app_label", "codename"
        )
        assert {f"{app}.{codename}" for app, codename in given} == set(migration.ROLES[role])


def test_it_leaves_permissions_that_a_site_has_added() -> None:
    group, _is_new = Group.objects.get_or_create(name="writer")
    group.permissions.add(Permission.objects.get(codename="view_batch"))
    executor = MigrationExecutor(connection)
    apps = executor.loader.project_state(("game", "0009_make_roles")).apps
    migration.make_roles(apps, connection.schema_editor())
    assert group.permissions.filter(codename="view_batch").exists()
    assert group.permissions.filter(codename="add_puzzle").exists()


def test_it_knows_no_day_as_public_without_approval(writer: User) -> None:
    waiting = factories.make_puzzle(
        None, candidates=0, play_on=date(2020, 1, 1), state=State.REVIEW
    )
    assert not access.may_see(writer, waiting)
