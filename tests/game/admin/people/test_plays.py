"""What players did, as staff read it."""

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from game.models import Play, Player, Puzzle
from game.playing import play
from tests import factories

pytestmark = pytest.mark.django_db
NEARLY = ["red", "cat", "", "dog"]


@pytest.fixture
def player(client: Client) -> Player:
    client.force_login(User.objects.create_superuser("root"))
    return factories.make_player()


@pytest.fixture
def played(player: Player) -> Play:
    puzzle = factories.make_puzzle()
    factories.take_guesses(player, puzzle, NEARLY)
    play.give_hint(player, puzzle, 1)
    return Play.objects.get()


def page_of(client: Client, row: object) -> str:
    name = row._meta.model_name  # type: ignore[attr-defined]
    address = reverse(f"admin:game_{name}_change", args=[row.pk])  # type: ignore[attr-defined]
    return client.get(address).content.decode()


def test_it_tells_a_play_try_by_try(client: Client, player: Player, played: Play) -> None:
    page = page_of(client, played)
    assert f"{factories.PROMPT}, {str(player.key)[:8]}</" in page
    assert '<div class="readonly">fox</div>' in page
    assert "<p>Try 1, " in page
    assert "Word 2, red: Right. Word 3, cat: Right word, wrong place. " in page
    assert "Word 7, dog: Another word" in page


def test_it_shows_a_try_in_words(client: Client, played: Play) -> None:
    page = page_of(client, played.tries.get())
    assert "<p>red: Right.</p><p>cat: Right word, wrong place.</p><p>–: Left empty.</p>" in page
    assert "red cat – dog" in page
    assert "verdict" not in page


@pytest.mark.parametrize("name", ["play", "try"])
@pytest.mark.usefixtures("played")
def test_it_lists_who_played_until_they_are_forgotten(
    client: Client, player: Player, name: str
) -> None:
    address, who = reverse(f"admin:game_{name}_changelist"), '<td class="field-who">{}</td>'
    assert who.format(str(player.key)[:8]) in client.get(address).content.decode()
    player.delete()
    assert who.format("–") in client.get(address).content.decode()


def test_it_tells_nothing_of_a_forgotten_player(
    client: Client, player: Player, played: Play
) -> None:
    key = str(player.key)[:8]
    player.delete()
    played.refresh_from_db()
    lists = [reverse(f"admin:game_{name}_changelist") for name in ("play", "try")]
    pages = [page_of(client, played), page_of(client, played.tries.get())]
    pages += [client.get(address).content.decode() for address in lists]
    assert all(factories.PROMPT in page and key not in page for page in pages)


def test_it_shows_a_player_by_key(client: Client, player: Player) -> None:
    page = page_of(client, player)
    assert f'<div class="readonly">{player.key}</div>' in page
    assert not Puzzle.objects.exists()
