"""New players: how many an address may bring, and which are let go."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any

import pytest
import redis
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.utils import timezone
from pytest_django.fixtures import Settings

from game.guarding import limits
from game.guarding.limits import Limit
from game.models import Play, Player, Puzzle, Try
from game.players import newcomers
from game.playing import play
from tests import factories
from tests.game.pages.visits import error_of, noon_of_day_three, puzzle, send, send_form

__all__ = ["noon_of_day_three", "puzzle"]
pytestmark = pytest.mark.django_db
HERE, THERE = "192.0.2.1", "192.0.2.2"


@pytest.fixture(autouse=True)
def _counts(redis_url: str, settings: Settings) -> None:
    settings.REDIS_URL = redis_url
    settings.NEW_PLAYERS_AN_HOUR = 20
    with redis.Redis.from_url(redis_url) as server:
        server.flushall()
    limits._redis.cache_clear()


def first_try(puzzle: Puzzle, address: str = HERE, **headers: str) -> Any:
    return send(Client(REMOTE_ADDR=address), numbered(puzzle), **headers)


def numbered(puzzle: Puzzle, number: int = 1) -> dict[str, Any]:
    """Numbers are as good as words, and no try may be the same as another."""
    words = [str(number) * len(word.text) for word in puzzle.board() if not word.is_given]
    return {"try": number, "words": words}


def test_it_lets_an_address_bring_so_many_in_a_minute_and_an_hour(
    puzzle: Puzzle, monkeypatch: pytest.MonkeyPatch
) -> None:
    noon = timezone.now()
    taken = []
    for minute in range(7):
        monkeypatch.setattr(timezone, "now", lambda at=noon + minute * timedelta(minutes=1): at)
        taken.append(sum(first_try(puzzle).status_code == 200 for _each in range(5)))
    assert taken == [4, 4, 4, 4, 4, 0, 0]
    assert Player.objects.count() == 20
    # Others are none of it, and the next hour begins with nothing.
    assert first_try(puzzle, THERE).status_code == 200
    monkeypatch.setattr(timezone, "now", lambda: noon + timedelta(hours=1))
    assert first_try(puzzle).status_code == 200


def test_it_says_what_happened_and_when_to_come_again(puzzle: Puzzle) -> None:
    for _each in range(4):
        first_try(puzzle)
    response = first_try(puzzle)
    assert error_of(response) == (429, "too_many_players")
    assert response.json()["error"]["message"].endswith("Send your try again in 1 minute.")
    assert response["Retry-After"] == "60"
    assert "sixpix_player" not in response.cookies
    in_german = first_try(puzzle, **{"Accept-Language": "de"})
    assert "in 1 Minute" in in_german.json()["error"]["message"]
    # The page's form comes back with its letters.
    words = numbered(puzzle)["words"]
    page = send_form(Client(REMOTE_ADDR=HERE), 1, words)
    assert (page.status_code, page["Retry-After"]) == (429, "60")
    assert "Very many new players" in page.content.decode()
    assert f'value="{words[0]}"' in page.content.decode()


def test_it_counts_one_network_of_ipv6_together(puzzle: Puzzle) -> None:
    statuses = [first_try(puzzle, f"2001:db8::{each}").status_code for each in range(1, 6)]
    assert statuses == [200] * 4 + [429]
    assert first_try(puzzle, "2001:db8:0:1::1").status_code == 200


def test_it_counts_no_try_that_made_no_player(puzzle: Puzzle) -> None:
    client = Client(REMOTE_ADDR=HERE)
    for _each in range(30):
        assert send(client, {"try": 1, "words": ["x"]}).status_code == 422
    assert send(client, numbered(puzzle)).status_code == 200
    # Whoever is known plays on.
    for _each in range(5):
        first_try(puzzle)
    assert send(client, numbered(puzzle, 2)).status_code == 200


@pytest.mark.django_db(transaction=True)
def test_it_is_exact_when_all_come_at_once(puzzle: Puzzle, settings: Settings) -> None:
    settings.NEW_PLAYERS_AN_HOUR = 30

    def come(_each: int) -> int:
        status = first_try(puzzle).status_code
        connection.close()
        return int(status)

    with ThreadPoolExecutor(8) as pool:
        statuses = list(pool.map(come, range(24)))
    # A refusal is taken back a moment later, and may turn away one who came in between.
    assert statuses.count(200) == Player.objects.count() <= 6
    assert set(statuses) == {200, 429}


def test_it_lets_all_through_without_redis_and_says_so(
    puzzle: Puzzle, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    settings.REDIS_URL = "unix:///nowhere/redis.sock"
    limits._redis.cache_clear()
    assert [first_try(puzzle).status_code for _each in range(6)] == [200] * 6
    limits._redis.cache_clear()
    assert "new players are not limited" in caplog.text


def test_it_keeps_no_address_in_redis(redis_url: str) -> None:
    limits.take("new players", HERE, [Limit(1, timedelta(hours=1))])
    with redis.Redis.from_url(redis_url) as server:
        keys = server.keys("*")
        assert len(keys) == 1
        assert HERE.encode() not in keys[0]
        assert 0 < server.ttl(keys[0]) <= 3600


def player(made_at: datetime, *plays: tuple[Puzzle, int], **fields: Any) -> Player:
    made = Player.objects.create(**fields)
    for played, tries in plays:
        for number in range(1, tries + 1):
            play.take_guess(made, played, number, numbered(played, number)["words"])
    Player.objects.filter(pk=made.pk).update(created_at=made_at)
    Try.objects.filter(play__player=made).update(created_at=made_at)
    return made


def test_it_lets_go_who_tried_a_little_once_and_long_ago(puzzle: Puzzle) -> None:
    other = factories.make_puzzle(2)
    long_ago = timezone.now() - newcomers.ABSENCE - timedelta(minutes=1)
    gone = [
        player(long_ago, (puzzle, 1)),
        player(long_ago, (puzzle, 2)),
        player(long_ago),
    ]
    came_back = player(long_ago, (puzzle, 1))
    Try.objects.filter(play__player=came_back).update(created_at=timezone.now())
    kept = [
        came_back,
        player(long_ago, (puzzle, 3)),
        player(long_ago, (puzzle, 1), (other, 1)),
        player(long_ago, (puzzle, 6)),
        player(long_ago, (puzzle, 1), user=User.objects.create_user("eve")),
        player(long_ago + timedelta(minutes=2), (puzzle, 1)),
    ]
    nobody = Play.objects.create(puzzle=puzzle)
    assert newcomers.thin() == len(gone)
    assert set(Player.objects.all()) == set(kept)
    assert Play.objects.exclude(player__in=kept).get() == nobody
    assert newcomers.thin() == 0


def test_it_lets_all_of_them_go(puzzle: Puzzle, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(newcomers, "BATCH", 2)
    for _each in range(5):
        player(timezone.now() - 2 * newcomers.ABSENCE)
    assert newcomers.thin() == 5
