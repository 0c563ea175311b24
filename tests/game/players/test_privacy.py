from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from game.models import MoveCode, Play, Player, Puzzle, Try
from game.players import moving, privacy
from game.playing import play, regrading
from tests import factories
from tests.game.pages.visits import noon_of_day_three, puzzle, send

__all__ = ["noon_of_day_three", "puzzle"]
pytestmark = pytest.mark.django_db


@pytest.fixture
def player(client: Client, puzzle: Puzzle) -> Player:
    """Whoever the client's browser is, after two tries of which one was a sentence."""
    send(client, {"try": 1, "words": factories.WRONG})
    send(client, {"try": 2, "sentence": "a dog for ada@example.org"})
    return Player.objects.get()


def test_it_says_that_nothing_is_kept_of_whoever_only_looks(client: Client) -> None:
    page = client.get("/privacy/").content.decode()
    assert "Nothing is kept of you yet" in page
    assert "Forget me…" not in page
    assert not Player.objects.exists()


def test_it_says_what_is_kept(client: Client, player: Player) -> None:
    page = client.get("/privacy/").content.decode()
    assert "1 puzzle," in page
    assert "2 tries with their guesses" in page
    for cookie in ("sixpix_player", "sixpix_tz", "sixpix_theme", "csrftoken", "sessionid"):
        assert f"<code>{cookie}</code>" in page


def test_it_names_every_cookie_that_it_sets(client: Client, player: Player) -> None:
    client.post("/choices/", {"theme": "dark", "palette": "contrast", "help": "seen"})
    page = client.get("/privacy/").content.decode()
    assert len(client.cookies) >= 5
    assert [name for name in client.cookies if f"<code>{name}</code>" not in page] == []


def test_it_leaves_guesses_out_when_asked_and_in_again(client: Client, player: Player) -> None:
    assert client.post("/privacy/sharing/", {"share": "no"}).headers["Location"] == "/privacy/"
    player.refresh_from_db()
    assert not player.shares_guesses
    assert "Let my guesses in" in client.get("/privacy/").content.decode()
    client.post("/privacy/sharing/", {"share": "yes"})
    player.refresh_from_db()
    assert player.shares_guesses


def test_it_asks_before_it_forgets(client: Client, player: Player) -> None:
    page = client.get("/privacy/forget/").content.decode()
    assert "This can’t be undone" in page
    assert Player.objects.filter(pk=player.pk).exists()


def test_it_forgets_a_player(client: Client, player: Player) -> None:
    MoveCode.objects.create(player=player, digest="d", expires_at=timezone.now())
    before = list(Try.objects.order_by("number").values_list("marks", "score"))
    answer = client.post("/privacy/forget/")
    assert answer.headers["Location"] == "/privacy/forgotten/"
    assert answer.cookies["sixpix_player"].value == ""
    assert answer.cookies["sixpix_player"]["max-age"] == 0
    assert not Player.objects.exists()
    assert not MoveCode.objects.exists()
    assert Play.objects.get().player is None
    assert list(Try.objects.order_by("number").values_list("marks", "score")) == before
    typed, sentence = Try.objects.order_by("number")
    assert typed.words == factories.WRONG
    assert (sentence.sentence, sentence.words) == ("", ["", "", "", ""])
    assert "You are forgotten" in client.get("/privacy/forgotten/").content.decode()
    assert 'name="try" value="1"' in client.get("/").content.decode()


def test_it_leaves_other_players_alone_when_it_forgets_one(
    client: Client, player: Player, puzzle: Puzzle
) -> None:
    other = factories.make_player()
    play.take_sentence(other, puzzle, 1, "a dog and a cat")
    mine = Try.objects.filter(play__player=other)
    before = list(mine.values())
    client.post("/privacy/forget/")
    assert Player.objects.get() == other
    assert list(mine.values()) == before


def test_it_forgets_two_who_played_the_same_puzzle(puzzle: Puzzle) -> None:
    for _ in range(2):
        player = factories.make_player()
        factories.take_guesses(player, puzzle, factories.WRONG)
        privacy.forget(player)
    assert Play.objects.filter(player=None, puzzle=puzzle).count() == 2


def test_it_does_no_more_when_a_player_is_forgotten_twice(player: Player) -> None:
    again = Player.objects.get(pk=player.pk)
    privacy.forget(player)
    privacy.forget(again)
    assert Play.objects.count() == 1


def test_it_sets_no_cookie_anew_when_the_old_one_was_due(
    client: Client, player: Player, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("game.players.identity.RENEWAL", timedelta(seconds=-1))
    answer = client.post("/privacy/forget/")
    assert answer.cookies["sixpix_player"].value == ""


def test_it_shows_nothing_to_forget_when_nothing_is_kept(client: Client) -> None:
    assert "Nothing is kept of you." in client.get("/privacy/forget/").content.decode()
    assert client.post("/privacy/forget/").status_code == 302
    assert client.post("/privacy/sharing/", {"share": "no"}).status_code == 302
    assert not Player.objects.exists()


@pytest.mark.parametrize("url", ["/privacy/forget/", "/privacy/sharing/"])
def test_it_is_safe_from_forms_of_other_sites(player: Player, url: str) -> None:
    strict = Client(enforce_csrf_checks=True)
    assert strict.post(url, {"share": "no"}).status_code == 403
    assert Player.objects.filter(shares_guesses=True).exists()


def test_it_grades_nothing_worse_once_the_words_of_a_sentence_are_blank(
    player: Player, puzzle: Puzzle
) -> None:
    privacy.forget(player)
    before = list(Try.objects.order_by("number").values())
    puzzle.accepted.create(word="fox", text="wolf")
    regrading.regrade(puzzle)
    assert list(Try.objects.order_by("number").values()) == before


def test_it_takes_no_offence_at_a_player_who_is_gone(player: Player) -> None:
    gone = Player.objects.get(pk=player.pk)
    privacy.forget(player)
    privacy.share_guesses(gone, is_sharing=False)
    with pytest.raises(moving.WrongCode):
        moving.make_code(gone)
    assert not Player.objects.exists()
    assert not MoveCode.objects.exists()
