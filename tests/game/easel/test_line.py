"""Whose turn it is: by examples, and for any sequence of orders, cancels and ends."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from game.easel import line
from game.models import Order, Player
from tests import factories
from tests.game.easel.ordering import State, state_of

pytestmark = pytest.mark.django_db

PEOPLE = 4


def wanted(player: Player, **fields: Any) -> Order:
    return Order.objects.create(player=player, prompt="a fox", seed=1, **fields)


def painted(orders: list[Order]) -> None:
    Order.objects.filter(pk__in=[each.pk for each in orders]).update(
        state=State.PAINTED, claim=None, leased_until=None
    )


def test_it_takes_turns_when_one_person_orders_much() -> None:
    many, one, other = (factories.make_player() for _ in range(3))
    first, second, third = (wanted(many) for _ in range(3))
    late, later = wanted(one), wanted(other)
    assert [each.pk for each in line.waiting()] == [
        first.pk,
        late.pk,
        later.pk,
        second.pk,
        third.pk,
    ]
    assert line.claim(most=1) == [first]
    painted([first])
    # They were served just now; the others have waited longer.
    assert [each.pk for each in line.waiting()] == [late.pk, later.pk, second.pk, third.pk]


def test_it_puts_nobody_behind_newcomers_for_ever() -> None:
    """Who was served before a newcomer came is before them, whoever comes after."""
    many = factories.make_player()
    first, second = wanted(many), wanted(many)
    assert line.claim(most=1) == [first]
    newcomer = wanted(factories.make_player())
    assert line.claim(most=1) == [second]
    assert line.claim(most=1) == [newcomer]


def test_it_paints_orders_of_different_people_in_one_loop() -> None:
    people = [factories.make_player() for _ in range(5)]
    mine = [wanted(person) for person in people]
    wanted(people[0])
    assert line.claim() == mine[:4]
    assert [each.player_id for each in line.claim()] == [people[4].pk, people[0].pk]
    assert line.claim() == []


def test_it_claims_again_what_a_dead_worker_left_but_not_for_ever() -> None:
    order = wanted(factories.make_player())
    for attempt in range(1, line.ATTEMPTS + 1):
        [claimed] = line.claim()
        assert claimed.attempts == attempt
        assert line.claim() == []
        assert line.held(claimed).exists()
        past = timezone.now() - timedelta(seconds=1)
        Order.objects.update(leased_until=past)
    assert line.claim() == []
    order.refresh_from_db()
    assert order.state == State.FAILED
    assert order.failure


def test_it_tells_a_claim_from_the_next_one() -> None:
    wanted(factories.make_player())
    [before] = line.claim()
    Order.objects.update(leased_until=timezone.now() - timedelta(seconds=1))
    [after] = line.claim()
    assert not line.held(before).exists()
    line.end(before, State.FAILED, "too late to say so")
    assert state_of(after) == State.CLAIMED


@pytest.mark.parametrize("is_running", [False, True])
def test_it_cancels_what_waits_or_runs(is_running: bool) -> None:
    order = wanted(factories.make_player())
    claimed = line.claim() if is_running else []
    assert line.cancel(Order.objects.filter(pk=order.pk)) == 1
    assert state_of(order) == State.CANCELLED
    assert not line.held(*claimed).exists()
    assert line.claim() == []
    assert line.cancel(Order.objects.filter(pk=order.pk)) == 0


class Fairness(TestCase):
    """For any sequence: nobody waits while somebody gets two loops that came later."""

    @settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    @given(
        st.lists(
            st.one_of(
                st.tuples(st.just("order"), st.integers(0, PEOPLE - 1)),
                st.tuples(st.just("cancel"), st.integers(0, 30)),
                st.tuples(st.just("paint"), st.integers(1, line.LOOP)),
            ),
            max_size=25,
        )
    )
    def test_it_is_fair_whatever_happens(self, events: list[tuple[str, int]]) -> None:
        people = [factories.make_player() for _ in range(PEOPLE)]
        placed: list[Order] = []
        # The slow, obvious twin: by events, when each order came and each person was served.
        came: dict[int, int] = {}
        served: dict[int, int] = {}
        queue: dict[int, list[int]] = {person.pk: [] for person in people}

        def place(pk: int) -> tuple[int, int]:
            first = queue[pk][0]
            return max(came[first], served.get(pk, -1)), first

        for now, (what, number) in enumerate(events):
            if what == "order":
                person = people[number]
                placed.append(wanted(person))
                came[placed[-1].pk] = now
                queue[person.pk].append(placed[-1].pk)
            elif what == "cancel" and placed:
                chosen = placed[number % len(placed)]
                waits = chosen.pk in queue[chosen.player_id]
                assert line.cancel(Order.objects.filter(pk=chosen.pk)) == int(waits)
                if waits:
                    queue[chosen.player_id].remove(chosen.pk)
            elif what == "paint":
                waiting = sorted((pk for pk in queue if queue[pk]), key=place)
                expected = [queue[pk].pop(0) for pk in waiting[:number]]
                served |= dict.fromkeys(waiting[:number], now)
                claimed = line.claim(most=number)
                assert sorted(each.pk for each in claimed) == sorted(expected)
                painted(claimed)
        left = sum(map(len, queue.values()))
        assert line.claimable().count() == left
        # None is lost, and none is painted twice.
        for _loop in range(left):
            painted(line.claim())
        assert not line.is_anybody_waiting()
        ended = Order.objects.filter(state__in=(State.PAINTED, State.CANCELLED))
        assert ended.count() == len(placed)
