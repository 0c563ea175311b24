"""Who may see and do what in the admin."""

import re

import pytest
from django.conf import settings as django_settings
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from game.models import Puzzle
from tests import factories
from tests.game.admin.editing import (
    PROMPT,
    VERBS,
    State,
    actions,
    drawn,
    editor,
    looker,
    places,
    queued,
    url,
)

__all__ = ["editor", "looker", "queued"]
pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("name", ["changelist", "add"])
def test_it_asks_for_a_login(client: Client, name: str) -> None:
    response = client.get(url(name))
    assert response.status_code == 302
    assert response["Location"].startswith(reverse("admin:login"))


def test_it_shows_strangers_nothing(client: Client) -> None:
    puzzle = drawn()
    candidate = puzzle.candidates.get(rank=1)
    for address in (
        url("change", puzzle),
        url("progress", puzzle),
        reverse("admin:game_candidate_image", args=[candidate.pk]),
    ):
        response = client.get(address)
        assert response.status_code == 302
        assert response["Location"].startswith(reverse("admin:login"))
    for verb in VERBS:
        assert client.post(url(verb, puzzle)).status_code == 302
    puzzle.refresh_from_db()
    assert puzzle.state == State.REVIEW


def test_it_shows_players_with_an_account_nothing(client: Client) -> None:
    candidate = drawn().candidates.get(rank=1)
    client.force_login(User.objects.create_user("player"))
    response = client.get(reverse("admin:game_candidate_image", args=[candidate.pk]))
    assert response.status_code == 302


def test_it_hides_pictures_and_progress_from_staff_without_permission(client: Client) -> None:
    puzzle = drawn()
    candidate = puzzle.candidates.get(rank=1)
    client.force_login(User.objects.create_user("staff", is_staff=True))
    image = reverse("admin:game_candidate_image", args=[candidate.pk])
    assert client.get(image).status_code == 403
    assert client.get(url("progress", puzzle)).status_code == 403


@pytest.mark.parametrize("verb", VERBS)
def test_it_forbids_acting_without_permission(
    client: Client, looker: User, queued: list[int], verb: str
) -> None:
    puzzle = drawn() if verb != "want" else factories.make_draft(None, PROMPT)
    before = Puzzle.objects.filter(pk=puzzle.pk).values().get()
    response = client.post(url(verb, puzzle), places(puzzle, 1, 2, 3, 4, 5, 6))
    assert response.status_code == 403
    assert Puzzle.objects.filter(pk=puzzle.pk).values().get() == before
    assert not puzzle.candidates.filter(position__isnull=False).exists()
    assert queued == []
    assert actions() == []


def test_it_shows_lookers_pictures_without_buttons(client: Client, looker: User) -> None:
    puzzle = drawn()
    page = client.get(url("change", puzzle)).content.decode()
    assert page.count('<li class="candidate') == 9
    for verb in VERBS:
        assert url(verb, puzzle) not in page
    assert "place-" not in page


@pytest.mark.parametrize("verb", VERBS)
def test_it_acts_on_post_alone(client: Client, editor: User, verb: str) -> None:
    assert client.get(url(verb, drawn())).status_code == 405


@pytest.mark.parametrize("verb", VERBS)
def test_it_is_guarded_against_forged_posts(editor: User, verb: str) -> None:
    puzzle = drawn()
    client = Client(enforce_csrf_checks=True)
    client.force_login(editor)
    assert client.post(url(verb, puzzle), places(puzzle, 1, 2, 3, 4, 5, 6)).status_code == 403
    puzzle.refresh_from_db()
    assert puzzle.state == State.REVIEW


@pytest.mark.parametrize("name", ["player", "play", "try"])
def test_it_only_shows_what_players_did(admin_client: Client, name: str) -> None:
    play_state = factories.take_guesses(
        factories.make_player(), factories.make_puzzle(1), factories.WRONG
    )
    assert play_state["tries"]
    assert admin_client.get(reverse(f"admin:game_{name}_changelist")).status_code == 200
    assert admin_client.get(reverse(f"admin:game_{name}_add")).status_code == 403


def test_it_keeps_to_the_content_security_policy(client: Client, editor: User) -> None:
    directives = django_settings.CONTENT_SECURITY_POLICY["DIRECTIVES"]
    assert "'unsafe-inline'" not in str(directives)
    waiting = factories.make_draft(None, PROMPT, state=State.WANTED)
    for address in (url("changelist"), url("change", drawn()), url("change", waiting)):
        page = client.get(address).content.decode()
        assert re.findall(r"<script(?![^>]*\bsrc=)(?![^>]*application/json)[^>]*>", page) == []
        assert re.findall(r"<[^>]+\s(?:style|on[a-z]+)=", page) == []
        assert "<style" not in page
