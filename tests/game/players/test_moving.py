"""Moving a player to another device, and counting wrong codes."""

import re
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from game.models import MoveCode, Play, Player, Try
from game.players import moving
from game.staff import wrong_codes
from tests import factories
from tests.factories import ANSWERS, WRONG

pytestmark = pytest.mark.django_db


@pytest.fixture
def player() -> Player:
    return factories.make_player()


def at(monkeypatch: pytest.MonkeyPatch, later: timedelta) -> None:
    moment = timezone.now() + later
    monkeypatch.setattr(timezone, "now", lambda: moment)


def test_it_makes_codes_that_nobody_misreads(player: Player) -> None:
    codes = {moving.make_code(player) for _ in range(50)}
    assert len(codes) == 50
    assert all(re.fullmatch("[2-9A-HJKMNP-TV-Z]{8}", code) for code in codes)
    # The last one replaced the others.
    assert MoveCode.objects.count() == 1


def test_it_keeps_a_digest_alone(player: Player) -> None:
    code = moving.make_code(player)
    row = str(list(MoveCode.objects.values()))
    assert code not in row
    assert code.lower() not in row


@pytest.mark.parametrize("typing", ["{0}{1}", "{0}-{1}", " {0} {1} ", "{0}–{1}", "{0}.{1}"])
def test_it_reads_codes_however_they_are_typed(player: Player, typing: str) -> None:
    code = moving.make_code(player)
    typed = typing.format(code[:4].lower(), code[4:])
    assert moving.owner(typed) == player
    assert moving.move(typed) == player


def test_it_takes_a_code_once(player: Player) -> None:
    code = moving.make_code(player)
    assert moving.owner(code) == moving.owner(code) == moving.move(code) == player
    for use in (moving.owner, moving.move):
        with pytest.raises(moving.WrongCode):
            use(code)


def test_it_takes_a_code_for_ten_minutes(player: Player, monkeypatch: pytest.MonkeyPatch) -> None:
    code = moving.make_code(player)
    at(monkeypatch, timedelta(minutes=9, seconds=50))
    assert moving.owner(code) == player
    at(monkeypatch, timedelta(seconds=10))
    for use in (moving.owner, moving.move):
        with pytest.raises(moving.WrongCode):
            use(code)


@pytest.mark.parametrize("code", ["", "ABCD", "ABCD-EFGH", "x" * 10_000, "\x00", "🦊" * 8])
def test_it_refuses_what_is_no_code(player: Player, code: str) -> None:
    moving.make_code(player)
    with pytest.raises(moving.WrongCode):
        moving.owner(code)
    with pytest.raises(moving.WrongCode):
        moving.move(code)


def test_it_refuses_a_code_that_another_one_replaced(player: Player) -> None:
    old, new = moving.make_code(player), moving.make_code(player)
    with pytest.raises(moving.WrongCode):
        moving.move(old)
    assert moving.move(new) == player


def test_it_hands_over_what_the_other_device_has_played(player: Player) -> None:
    own, bystander = factories.make_player(), factories.make_player()
    both, mine, theirs = (factories.make_puzzle(n, candidates=0) for n in (1, 2, 3))
    factories.take_guesses(player, both, ANSWERS)
    factories.take_guesses(own, both, *factories.WRONGS[:2])
    factories.take_guesses(own, mine, WRONG, ANSWERS)
    factories.take_guesses(player, theirs, WRONG)
    factories.take_guesses(bystander, both, WRONG)
    before = {play.pk: list(play.tries.values()) for play in Play.objects.exclude(player=own)}
    moved = Play.objects.get(player=own, puzzle=mine)
    before[moved.pk] = list(moved.tries.values())
    assert moving.move(moving.make_code(player), own) == player
    assert set(player.plays.values_list("puzzle", flat=True)) == {both.pk, mine.pk, theirs.pk}
    # Of the puzzle that both played, the play of the code's player stays; all others as they were.
    assert {play.pk: list(play.tries.values()) for play in Play.objects.all()} == before
    assert set(Player.objects.all()) == {player, bystander}
    assert not Play.objects.filter(player=None).exists()
    assert Try.objects.count() == sum(map(len, before.values()))


@pytest.mark.parametrize(("here", "there"), [(True, True), (True, False), (False, True)])
def test_it_keeps_guesses_private_when_either_was(player: Player, here: bool, there: bool) -> None:
    own = factories.make_player(shares_guesses=here)
    Player.objects.filter(pk=player.pk).update(shares_guesses=there)
    moving.move(moving.make_code(player), own)
    player.refresh_from_db()
    assert player.shares_guesses is (here and there)


def test_it_changes_nothing_when_it_is_the_same_player(player: Player) -> None:
    factories.take_guesses(player, factories.make_puzzle(candidates=0), WRONG)
    before = factories.playing_rows()
    assert moving.move(moving.make_code(player), player) == player
    assert factories.playing_rows() == before


@pytest.mark.django_db(transaction=True)
def test_it_takes_a_code_once_when_two_devices_send_it_at_the_same_instant() -> None:
    code = moving.make_code(factories.make_player())

    def move(_: int) -> bool:
        try:
            moving.move(code)
        except moving.WrongCode:
            return False
        finally:
            connection.close()
        return True

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(move, range(8))) == 1


@pytest.fixture
def counter(redis_url: str) -> Iterator[None]:
    cache.clear()
    yield
    cache.clear()


@pytest.mark.usefixtures("counter")
def test_it_keeps_nobody_out_for_what_people_mistype_behind_one_address() -> None:
    # A school, with everybody at it for ten minutes.
    assert wrong_codes.MOST >= 1_000
    found_in_a_year = (
        wrong_codes.MOST * 6 * 24 * 365 * 1_000 / len(moving.ALPHABET) ** moving.LENGTH
    )
    assert found_in_a_year < 0.1


def test_it_counts_wrong_codes_by_address(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wrong_codes, "MOST", 20)
    for _ in range(wrong_codes.MOST):
        assert not wrong_codes.are_too_many("192.0.2.1")
        wrong_codes.count("192.0.2.1")
    assert wrong_codes.are_too_many("192.0.2.1")
    assert not wrong_codes.are_too_many("192.0.2.2")
    assert not wrong_codes.are_too_many(None)


@pytest.mark.usefixtures("counter")
def test_it_counts_a_home_with_many_addresses_as_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wrong_codes, "MOST", 3)

    def try_from(address: str) -> int:
        page = Client(REMOTE_ADDR=address).post("/record/move/", {"code": "23456789"})
        return page.status_code

    assert [try_from(f"2001:db8::{last:x}") for last in range(1, 5)] == [422] * 3 + [429]
    assert try_from("2001:db8:0:1::1") == 422


@pytest.mark.usefixtures("counter")
def test_it_forgets_wrong_codes_after_a_while(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wrong_codes, "PERIOD", timedelta(seconds=1))
    monkeypatch.setattr(wrong_codes, "MOST", 1)
    wrong_codes.count("192.0.2.1")
    assert wrong_codes.are_too_many("192.0.2.1")
    time.sleep(1.2)
    assert not wrong_codes.are_too_many("192.0.2.1")


def test_it_lets_people_move_when_wrong_codes_cant_be_counted(
    settings: Settings, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    nowhere = settings.CACHES["default"] | {"LOCATION": f"unix://{tmp_path}/nobody"}
    settings.CACHES = {"default": nowhere}
    wrong_codes.count("192.0.2.1")
    assert not wrong_codes.are_too_many("192.0.2.1")
    assert "not counted" in caplog.text
