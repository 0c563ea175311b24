"""An approval is of what somebody saw: a change by whoever may not approve takes it back."""

from typing import Any

import pytest
from django.contrib.auth.models import Permission, User
from django.test import Client

from game.drawing import studio
from game.editing import review
from game.models import Puzzle
from tests import factories
from tests.game.admin.editing import (
    State,
    actions,
    coming,
    drawn,
    fields,
    places,
    queued,
    sent,
    told,
    url,
    writer,
)
from tests.painter import Painter, painter
from tests.roles import make_staff

__all__ = ["painter", "queued", "sent", "writer"]
pytestmark = pytest.mark.django_db
OWN, OTHER = "a cat on the moon", "a dog on the moon"


@pytest.fixture
def changer(client: Client) -> User:
    """Staff who may change and draw any puzzle, and approve none."""
    user = User.objects.create_user("cho", is_staff=True)
    names = ("view_puzzle", "change_puzzle", "draw_puzzle")
    user.user_permissions.set(Permission.objects.filter(codename__in=names))
    client.force_login(user)
    return user


def ticked(**made: Any) -> Puzzle:
    puzzle = factories.make_draft(None, OWN, **made)
    client = Client()
    client.force_login(make_staff("editor"))
    client.post(url("change", puzzle), fields(puzzle, is_auto_approved="on"))
    puzzle.refresh_from_db()
    assert puzzle.is_auto_approved
    return puzzle


def of_writer(puzzle: Puzzle, **changes: Any) -> dict[str, Any]:
    posted = fields(puzzle, **changes)
    return {name: value for name, value in posted.items() if "play_on" not in name}


def now(puzzle: Puzzle) -> tuple[str, bool, Any, Any]:
    puzzle.refresh_from_db()
    return puzzle.state, puzzle.is_auto_approved, puzzle.approved_at, puzzle.approved_by


@pytest.mark.parametrize("changes", [{"prompt": OTHER}, {"hides_given_words": "on"}])
def test_it_takes_the_tick_back_when_the_writer_changes_what_is_shown(
    client: Client, writer: User, changes: dict[str, str]
) -> None:
    puzzle = ticked(created_by=writer)
    response = client.post(url("change", puzzle), of_writer(puzzle, **changes), follow=True)
    assert "take another look" in told(response)
    assert now(puzzle) == (State.DRAFT, False, None, None)
    assert "Changed by somebody who may not approve: taken back." in actions()
    if "prompt" in changes:
        assert puzzle.prompt == OTHER


def test_it_leaves_the_tick_when_the_writer_changes_nothing_that_is_shown(
    client: Client, writer: User
) -> None:
    puzzle = ticked(created_by=writer)
    client.post(url("change", puzzle), of_writer(puzzle, notes="For a Sunday."))
    assert now(puzzle)[1]
    assert puzzle.notes == "For a Sunday."


def test_it_leaves_the_tick_when_somebody_who_may_approve_rewrites(client: Client) -> None:
    puzzle = ticked()
    client.force_login(make_staff("editor", "eve"))
    client.post(url("change", puzzle), fields(puzzle, prompt=OTHER, is_auto_approved="on"))
    assert now(puzzle)[1]


def test_it_ticks_nothing_that_was_rewritten_while_the_page_was_saved(
    client: Client, writer: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    puzzle = factories.make_draft(None, OWN, created_by=writer)
    editor = Client()
    editor.force_login(make_staff("editor"))
    save = review.confirm

    def late(*args: Any) -> None:
        monkeypatch.undo()
        review.rewrite(Puzzle.objects.get(pk=puzzle.pk), OTHER)
        save(*args)

    monkeypatch.setattr(review, "confirm", late)
    posted = fields(puzzle, is_auto_approved="on")
    response = editor.post(url("change", puzzle), posted, follow=True)
    assert "changed it meanwhile" in told(response)
    assert now(puzzle)[1] is False


def test_it_rewrites_nothing_of_a_writer_that_was_taken_up_meanwhile(
    client: Client, writer: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    puzzle = factories.make_draft(None, OWN, created_by=writer)
    withdraw = review.withdraw

    def late(*args: Any) -> bool:
        Puzzle.objects.filter(pk=puzzle.pk).update(state=State.REVIEW)
        return withdraw(*args)

    monkeypatch.setattr(review, "withdraw", late)
    response = client.post(
        url("change", puzzle), of_writer(puzzle, prompt=OTHER, hides_given_words="on"), follow=True
    )
    assert "in review" in told(response)
    puzzle.refresh_from_db()
    assert (puzzle.prompt, puzzle.hides_given_words) == (OWN, False)


def test_it_says_who_let_a_puzzle_approve_itself(painter: Painter) -> None:
    puzzle = ticked()
    editor = User.objects.get(username="ada")
    review.want(puzzle)
    studio.draw(puzzle.pk)
    state, _tick, approved_at, approved_by = now(puzzle)
    assert (state, approved_by) == (State.APPROVED, editor)
    assert approved_at is not None


# Pictures


@pytest.mark.parametrize("ranks", [(1, 2, 3, 4, 5, 7), (2, 1, 3, 4, 5, 6)])
def test_it_takes_an_approval_back_when_pictures_are_swapped(
    client: Client, changer: User, ranks: tuple[int, ...]
) -> None:
    puzzle = drawn(chosen=6, state=State.APPROVED, is_auto_approved=True)
    client.post(url("choose", puzzle), places(puzzle, *ranks))
    assert now(puzzle) == (State.REVIEW, False, None, None)


def test_it_leaves_an_approval_when_the_same_pictures_are_chosen(
    client: Client, changer: User
) -> None:
    puzzle = drawn(chosen=6, state=State.APPROVED)
    client.post(url("choose", puzzle), places(puzzle, 1, 2, 3, 4, 5, 6))
    assert now(puzzle)[0] == State.APPROVED


@pytest.mark.parametrize("verb", ["redraw", "redraw_unchosen"])
def test_it_takes_the_tick_back_when_pictures_are_drawn_anew(
    client: Client, changer: User, queued: list[int], verb: str
) -> None:
    puzzle = drawn(chosen=6, state=State.APPROVED, is_auto_approved=True)
    client.post(url(verb, puzzle), places(puzzle, 1, 2, 3, 4, 5, 6))
    assert now(puzzle) == (State.WANTED, False, None, None)


@pytest.mark.parametrize(("wish", "stays"), [({}, True), ({"temperature": "4"}, False)])
def test_it_takes_the_tick_back_when_a_first_drawing_is_wished_for_another_way(
    client: Client, changer: User, queued: list[int], wish: dict[str, str], stays: bool
) -> None:
    puzzle = ticked()
    client.post(url("want", puzzle), wish)
    assert now(puzzle)[:2] == (State.WANTED, stays)


# Words beside the pictures


def described(puzzle: Puzzle) -> dict[str, Any]:
    candidate = puzzle.candidates.get(position=1)
    return fields(puzzle) | {
        "candidates-TOTAL_FORMS": "1",
        "candidates-INITIAL_FORMS": "1",
        "candidates-0-id": candidate.pk,
        "candidates-0-puzzle": puzzle.pk,
        "candidates-0-vague": "Somebody on wheels.",
    }


def ruled(puzzle: Puzzle) -> dict[str, Any]:
    return fields(puzzle) | {
        "accepted-TOTAL_FORMS": "1",
        "accepted-0-word": "bicycle",
        "accepted-0-text": "bike",
    }


def without_tick(posted: dict[str, Any]) -> dict[str, Any]:
    """As of somebody whose page has neither the day nor the tick."""
    return {name: value for name, value in posted.items() if "play_on" not in name}


@pytest.mark.parametrize("change", [described, ruled])
def test_it_takes_an_approval_back_when_words_beside_it_change(
    client: Client, changer: User, sent: list[Any], change: Any
) -> None:
    puzzle = drawn(chosen=6, state=State.APPROVED)
    client.post(url("change", puzzle), without_tick(change(puzzle)))
    assert now(puzzle) == (State.REVIEW, False, None, None)
    assert puzzle.accepted.exists() or puzzle.candidates.get(position=1).descriptions


@pytest.mark.parametrize("change", [described, ruled])
def test_it_lets_only_those_who_approve_change_words_that_players_have(
    client: Client, changer: User, sent: list[Any], change: Any
) -> None:
    puzzle = drawn(chosen=6, state=State.APPROVED, play_on=coming(0))
    client.post(url("change", puzzle), without_tick(change(puzzle)))
    assert now(puzzle)[0] == State.APPROVED
    assert not puzzle.accepted.exists()
    assert puzzle.candidates.get(position=1).descriptions == []
