"""What a writer can do with their own puzzles, and cannot learn of those of others."""

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from game.editing import review
from game.models import Puzzle
from tests import factories
from tests.game.admin.editing import State, coming, fields, url, writer
from tests.roles import make_staff

__all__ = ["writer"]
pytestmark = pytest.mark.django_db
SECRET = "an octopus playing a violin"
OWN = "a cat on the moon"


@pytest.fixture
def secret() -> Puzzle:
    """Somebody else's, with pictures, for a day to come."""
    author = make_staff("writer", "eve")
    return factories.make_puzzle(None, SECRET, play_on=coming(5), created_by=author)


@pytest.fixture
def own(writer: User) -> Puzzle:
    return factories.make_draft(None, OWN, created_by=writer)


def row(puzzle: Puzzle) -> dict[str, Any]:
    return dict(Puzzle.objects.filter(pk=puzzle.pk).values().get())


@pytest.mark.parametrize(
    "query",
    [
        "",
        "?when=all",
        "?q=octopus&when=all",
        "?state__exact=approved&when=all",
        "?prompt__startswith=an+octopus",
        "?prompt__contains=violin&when=all",
        "?prompt__iregex=.*octopus.*&when=all",
        "?created_by__username=eve&when=all",
        "?notes__contains=a&o=2.1",
        "?o=-1",
    ],
)
def test_it_lists_nothing_of_others(
    client: Client, own: Puzzle, secret: Puzzle, query: str
) -> None:
    page = client.get(url("changelist") + query, follow=True).content.decode()
    assert SECRET not in page
    assert url("change", secret) not in page


def test_it_lists_what_is_theirs_and_what_is_public(
    client: Client, own: Puzzle, secret: Puzzle
) -> None:
    live = factories.make_puzzle(None, "a red house", play_on=timezone.localdate())
    page = client.get(url("changelist")).content.decode()
    assert OWN in page
    assert live.prompt in page


@pytest.mark.parametrize("address", ["calendar", "changelist", "add", "import"])
def test_it_keeps_others_prompts_and_pictures_from_every_page(
    client: Client, own: Puzzle, secret: Puzzle, address: str
) -> None:
    page = client.get(url(address)).content.decode()
    assert "octopus" not in page
    for candidate in secret.candidates.all():
        assert reverse("admin:game_candidate_image", args=[candidate.pk]) not in page


def test_it_keeps_others_prompts_from_the_start_page(
    client: Client, own: Puzzle, secret: Puzzle
) -> None:
    Puzzle.objects.filter(pk=secret.pk).update(state=State.REVIEW)
    page = client.get(reverse("admin:index")).content.decode()
    assert OWN in page
    assert "octopus" not in page


def test_it_finds_nothing_of_others_by_lookups(client: Client, own: Puzzle, secret: Puzzle) -> None:
    lookup = reverse("admin:autocomplete")
    query = {"app_label": "game", "model_name": "play", "field_name": "puzzle", "term": "a"}
    found = client.get(lookup, query).json()["results"]
    assert [each["text"] for each in found] == [OWN]


def test_it_tells_nothing_of_others_when_prompts_are_judged(
    client: Client, writer: User, secret: Puzzle
) -> None:
    page = client.post(url("import"), {"text": SECRET}).content.decode()
    assert url("change", secret) not in page
    assert str(secret.play_on) not in page


def test_it_shows_writers_public_puzzles_to_look_at_alone(client: Client, writer: User) -> None:
    live = factories.make_puzzle(None, OWN, play_on=timezone.localdate())
    before = row(live)
    assert OWN in client.get(url("change", live)).content.decode()
    assert client.post(url("change", live), {"notes": "mine"}).status_code == 403
    assert client.post(url("delete", live), {"post": "yes"}).status_code == 403
    assert row(live) == before


def test_it_writes_down_who_wrote_a_draft(client: Client, writer: User) -> None:
    page = client.get(url("add")).content.decode()
    assert 'name="prompt"' in page
    assert 'name="play_on"' not in page
    assert 'name="is_auto_approved"' not in page
    client.post(url("add"), {"prompt": OWN})
    puzzle = Puzzle.objects.get()
    assert (puzzle.prompt, puzzle.created_by, puzzle.state) == (OWN, writer, State.DRAFT)


def test_it_lets_writers_change_their_drafts(client: Client, own: Puzzle) -> None:
    posted = fields(own, prompt="a dog on the moon", notes="better")
    del posted["play_on"]
    client.post(url("change", own), posted)
    own.refresh_from_db()
    assert (own.prompt, own.notes) == ("a dog on the moon", "better")


@pytest.mark.parametrize("field", ["play_on", "is_auto_approved"])
@pytest.mark.parametrize("is_new", [False, True])
def test_it_lets_writers_neither_plan_nor_approve(
    client: Client, own: Puzzle, field: str, is_new: bool
) -> None:
    posted = fields(own, prompt="a dog on the moon")
    del posted["play_on"]
    posted[field] = {"play_on": coming(), "is_auto_approved": "on"}[field]
    before = list(Puzzle.objects.values())
    address = url("add") if is_new else url("change", own)
    assert client.post(address, posted).status_code == 403
    assert list(Puzzle.objects.values()) == before


@pytest.mark.parametrize("state", [State.WANTED, State.REVIEW, State.APPROVED, State.FAILED])
def test_it_lets_writers_change_nothing_once_a_draft_is_taken_up(
    client: Client, own: Puzzle, state: str
) -> None:
    Puzzle.objects.filter(pk=own.pk).update(state=state, play_on=coming())
    before = row(own)
    assert client.get(url("change", own)).status_code == 200
    posted = {"prompt": "a dog on the moon", "notes": ""}
    assert client.post(url("change", own), posted).status_code == 403
    assert row(own) == before


def test_it_lets_writers_rule_on_no_guess(client: Client, own: Puzzle) -> None:
    ruling = {
        "accepted-TOTAL_FORMS": "1",
        "accepted-INITIAL_FORMS": "0",
        "accepted-0-word": "cat",
        "accepted-0-text": "dog",
    }
    posted = fields(own) | ruling
    del posted["play_on"]
    client.post(url("change", own), posted)
    assert not own.accepted.exists()


@pytest.mark.parametrize("days", [0, -1, -400], ids=["live", "past", "long past"])
@pytest.mark.parametrize("who", ["editor", "superuser"])
def test_it_lets_nobody_change_a_public_prompt(client: Client, who: str, days: int) -> None:
    user = User.objects.create_superuser("root") if who == "superuser" else make_staff(who)
    client.force_login(user)
    puzzle = factories.make_puzzle(None, OWN, play_on=coming(days))
    before = row(puzzle)
    crafted = {
        "prompt": "a dog on the moon",
        "play_on": coming(90),
        "hides_given_words": "on",
        "state": "draft",
        "salt": "0" * 64,
        "frozen_board": "[]",
        "notes": "It was easy.",
    }
    client.post(url("change", puzzle), fields(puzzle, **crafted))
    for verb in ("want", "redraw", "choose", "approve", "send_back"):
        client.post(url(verb, puzzle), {"note": "no"})
    client.post(url("delete", puzzle), {"post": "yes"})
    client.post(
        url("changelist") + "?when=all",
        {"action": "delete_selected", "_selected_action": puzzle.pk, "post": "yes"},
    )
    client.post(url("move"), {"puzzle": puzzle.pk, "seen": puzzle.play_on, "day": coming(90)})
    client.post(url("unplan"), {"puzzle": puzzle.pk, "seen": puzzle.play_on})
    assert row(puzzle) == before | {"notes": "It was easy."}
    assert puzzle.candidates.count() == 9


def test_it_refuses_to_rewrite_a_public_prompt_below_the_pages() -> None:
    puzzle = factories.make_puzzle(None, OWN, play_on=coming(0))
    with pytest.raises(review.NotNow, match="live or past"):
        review.rewrite(puzzle, "a dog on the moon")
    assert row(puzzle)["prompt"] == OWN
