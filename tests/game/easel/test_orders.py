"""Ordering, painting with a painter that takes no time, and what becomes of orders."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.core.cache import cache
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils import timezone

from game.drawing import painting
from game.drawing.claims import LostClaimError
from game.easel import glimpses, line, orders, prompts, waits, worker
from game.easel.errors import EaselError
from game.models import LooseFile, Order, OrderPicture, Player
from game.players import moving, newcomers, privacy
from tests import factories
from tests.game.easel.ordering import PROMPT, State, order, state_of
from tests.painter import Painter, painter, raising

__all__ = ["painter"]
pytestmark = pytest.mark.django_db

FACTS = {"model": {"name": "noise", "hash": "0" * 64}, "settings": {}}


@pytest.fixture(autouse=True)
def _same_model(painter: Painter, monkeypatch: pytest.MonkeyPatch, redis_url: str) -> None:
    painter.manifest = FACTS
    monkeypatch.setattr(painting, "model_facts", lambda: FACTS)
    cache.clear()


def files() -> list[Path]:
    return [path for path in Path(settings.MEDIA_ROOT).rglob("*.webp") if path.is_file()]


def test_it_paints_nine_pictures_in_order_when_its_turn_comes(painter: Painter) -> None:
    first, second = order(without="blue", seed=7), order(prompt="an owl", seed=100)
    assert worker.paint_next()
    assert painter.batches == [2]
    assert painter.without == ["blue", ""]
    for placed in (first, second):
        placed.refresh_from_db()
        assert (placed.state, placed.progress, placed.loop_size) == (State.PAINTED, 100, 2)
        assert placed.ended_at
        pictures = list(placed.pictures.all())
        assert [each.rank for each in pictures] == list(range(1, 10))
        assert {each.seed for each in pictures} == {placed.seed + i for i in range(9)}
        assert all(default_storage.exists(str(each.file)) for each in pictures)
    assert LooseFile.objects.count() == 0
    assert not worker.paint_next()


def test_it_shows_a_glimpse_while_it_paints(painter: Painter) -> None:
    placed = order()
    seen: list[tuple[int, bytes] | None] = []
    painter.while_drawing = lambda: seen.append(glimpses.latest(placed))
    worker.paint_next()
    [found] = seen
    assert found
    assert found[0] == 1
    assert found[1][8:12] == b"WEBP"
    assert len(found[1]) < 30_000


def test_it_gives_the_same_again_from_the_store(painter: Painter) -> None:
    first = order(seed=7)
    worker.paint_next()
    again = order(seed=7)
    assert again.state == State.PAINTED
    assert again.is_again
    assert painter.seeds == [7]
    pairs = list(zip(first.pictures.all(), again.pictures.all(), strict=True))
    assert all(one.seed == other.seed and one.token != other.token for one, other in pairs)
    assert all(one.file.read() == other.file.read() for one, other in pairs)
    orders.delete(first.player)
    assert all(default_storage.exists(str(other.file)) for _one, other in pairs)


@pytest.mark.parametrize("changes", [{"seed": 8}, {"prompt": "an owl"}, {"without": "blue"}])
def test_it_paints_anew_when_anything_differs(changes: dict[str, object]) -> None:
    order(seed=7)
    worker.paint_next()
    assert order(**{"seed": 7} | changes).state == State.WANTED  # type: ignore[arg-type]


def test_it_paints_anew_when_the_model_is_another(monkeypatch: pytest.MonkeyPatch) -> None:
    order(seed=7)
    worker.paint_next()
    other = FACTS | {"model": {"name": "noise", "hash": "1" * 64}}
    monkeypatch.setattr(painting, "model_facts", lambda: other)
    assert order(seed=7).state == State.WANTED


def test_it_takes_three_waiting_orders_of_one_person_and_no_more() -> None:
    player = Player()
    for _ in range(orders.MOST_WAITING):
        order(player)
    with pytest.raises(orders.TooMany):
        order(player)
    order()  # of somebody else
    worker.paint_next()
    assert order(player).state == State.WANTED


def test_it_is_one_order_when_a_form_is_sent_twice() -> None:
    player = Player()
    key = "ab" * 16
    assert order(player, key=key) == order(player, key=key)
    with pytest.raises(EaselError), transaction.atomic():
        order(key=key)
    assert Order.objects.count() == 1


def test_it_stops_when_all_of_a_loop_are_cancelled(
    painter: Painter, monkeypatch: pytest.MonkeyPatch
) -> None:
    placed = order()
    stays = order()

    def cancel() -> None:
        orders.cancel(placed.player, placed.key)

    painter.while_drawing = cancel
    worker.paint_next()
    assert (state_of(placed), state_of(stays)) == (State.CANCELLED, State.PAINTED)
    assert placed.pictures.count() == 0
    assert len(files()) == 9


def test_it_cancels_nobody_elses_order() -> None:
    placed = order()
    orders.cancel(factories.make_player(), placed.key)
    orders.cancel(None, placed.key)
    assert orders.delete(factories.make_player(), placed.key) == 0
    assert state_of(placed) == State.WANTED


def test_it_loses_nothing_when_the_disk_is_full(
    painter: Painter, monkeypatch: pytest.MonkeyPatch
) -> None:
    placed = order()
    with monkeypatch.context() as full:
        full.setattr(default_storage, "save", raising(OSError("No space left on device")))
        worker.paint_next()
    assert state_of(placed) == State.WANTED
    worker.paint_next()
    assert state_of(placed) == State.PAINTED
    assert len(files()) == 9


def test_it_fails_one_order_alone_when_the_model_dies_of_it(painter: Painter) -> None:
    bad, good = order(prompt="an owl"), order()
    painter.refused = "an owl"
    for _attempt in range(line.ATTEMPTS):
        worker.paint_next()
    assert (state_of(bad), state_of(good)) == (State.FAILED, State.PAINTED)
    assert painter.prompts.count(PROMPT) == 2  # beside the bad one, and alone
    bad.refresh_from_db()
    assert "Order it once more" in bad.failure


def test_it_gives_orders_back_when_the_worker_is_told_to_stop(painter: Painter) -> None:
    placed = order()
    painter.while_drawing = raising(KeyboardInterrupt())
    with pytest.raises(KeyboardInterrupt):
        worker.paint_next()
    assert state_of(placed) == State.WANTED


def test_it_refuses_at_the_worker_what_was_allowed_when_it_was_ordered(painter: Painter) -> None:
    placed = order(prompt="a naked fox")
    worker.paint_next()
    placed.refresh_from_db()
    assert placed.state == State.REFUSED
    assert "naked" in placed.failure
    assert painter.prompts == []


def test_it_stores_nothing_for_somebody_who_was_forgotten_meanwhile(painter: Painter) -> None:
    placed = order()
    painter.while_drawing = lambda: privacy.forget(Player.objects.get())
    worker.paint_next()
    assert Order.objects.count() == Player.objects.count() == OrderPicture.objects.count() == 0
    assert files() == []
    assert placed.pk


def test_it_deletes_orders_with_their_files_when_somebody_is_forgotten(
    django_capture_on_commit_callbacks: object,
) -> None:
    placed = order()
    worker.paint_next()
    assert len(files()) == 9
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]
        privacy.forget(placed.player)
    assert files() == []
    assert LooseFile.objects.count() == 0


def test_it_moves_orders_with_the_player() -> None:
    placed, owner = order(), factories.make_player()
    moving.move(moving.make_code(owner), placed.player)
    assert list(orders.own(owner)) == [placed]


def test_it_lets_nobody_go_who_has_orders_and_deletes_those_after_thirty_days() -> None:
    placed = order()
    long_ago = timezone.now() - timedelta(days=31)
    Player.objects.update(created_at=long_ago)
    assert newcomers.thin() == 0
    assert orders.thin() == 0
    Order.objects.update(created_at=long_ago)
    assert orders.thin() == 1
    assert newcomers.thin() == 1
    assert placed.pk


def test_it_knows_the_time_as_soon_as_it_was_measured() -> None:
    first = order()
    assert waits.wait_of(first) == waits.Wait(0, None)
    worker.paint_next()
    Order.objects.update(loop_seconds=12.0)
    players = [factories.make_player() for _ in range(5)]
    placed = [order(each) for each in players]
    again = order(players[0])
    # Four in one loop, by the time of one; then the fifth; then the first one's next.
    assert waits.loops_until(line.turns(), again.pk) == [4, 1, 1]
    assert [waits.wait_of(each) for each in placed] == [
        *(waits.Wait(ahead, 48) for ahead in range(4)),
        waits.Wait(4, 60),
    ]
    assert waits.wait_of(again) == waits.Wait(5, 72)
    again.refresh_from_db()
    assert again.told_seconds == 72


@pytest.mark.parametrize(
    ("typed", "prompt"),
    [
        ("  a\tred \n fox ", "a red fox"),
        ("a \u202efox\u202c\u0000 \u200bhere", "a fox here"),
        ("a cafe\u0301", "a café"),
        ("<b>a fox</b>", "<b>a fox</b>"),
    ],
)
def test_it_reads_a_prompt_into_one_form(typed: str, prompt: str) -> None:
    assert prompts.read(typed) == prompt


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ("", "Write what is to be painted"),
        (" \u200b\n", "Write what is to be painted"),
        ("🦊🚲", "letters a to z"),
        ("лиса на луне", "letters a to z"),
        ("fox " * 2_500, "10,?000|9999"),
        ("a naked fox", "naked"),
    ],
)
def test_it_says_why_a_prompt_is_refused(typed: str, why: str) -> None:
    with pytest.raises(prompts.Refused, match=why):
        prompts.read(typed)


def test_it_names_unknown_words_with_the_nearest_known_before_painting() -> None:
    prompts.check_known("a fox riding a bicycle")
    with pytest.raises(prompts.UnknownWords) as raised:
        prompts.check_known("a foxx riding a bicycle")
    [unknown] = raised.value.words
    assert unknown.word == "foxx"
    assert "fox" in unknown.near
    assert raised.value.instead == "a fox riding a bicycle"
    with pytest.raises(prompts.UnknownWords) as raised:
        prompts.check_known("a fox zzzzzzzz")
    assert raised.value.instead == ""


def test_it_proposes_what_it_can_paint() -> None:
    proposed = prompts.examples(3, "now")
    assert len(set(proposed)) == 3
    assert proposed == prompts.examples(3, "now") != prompts.examples(3, "then")
    for prompt in proposed:
        prompts.check_known(prompts.read(prompt))


def test_it_stores_nothing_when_the_claim_is_lost() -> None:
    placed = order()
    [claimed] = line.claim()
    orders.cancel(placed.player, placed.key)
    drawing = painting.generator().draw_many(
        [PROMPT], count=9, keep=9, seeds=[1], on_progress=lambda *_: None
    )[0]
    from game.easel import pictures

    with pytest.raises(LostClaimError):
        pictures.store(claimed, drawing, 1, 1.0)
    assert files() == []
