"""What bench.night reckons: seconds counted once each, and the overhead of a night."""

import time

import pytest

from bench.night import PROCESSOR, WALL, Split, overhead


class Work:
    """Spends so many seconds by itself, and those of the inner work."""

    def __init__(self, now: list[float], own: float, inner: "Work | None" = None) -> None:
        self.now, self.own, self.inner = now, own, inner

    def do(self) -> str:
        self.now[0] += self.own
        return self.inner.do() if self.inner else "done"


def test_it_counts_what_is_watched_once_when_one_calls_the_other(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    now = [0.0]
    monkeypatch.setattr(time, "process_time", lambda: now[0])
    split = Split()
    inner = Work(now, 3)
    outer = Work(now, 4, inner)
    split.watch(inner, "do", "storage")
    split.watch(outer, "do", "claims")
    with split.timed("the rest"):
        assert outer.do() == "done"
        assert inner.do() == "done"
        now[0] += 2
    assert split.parts == {"claims": 4, "storage": 6, "the rest": 2}


def test_it_takes_the_middle_of_the_rounds() -> None:
    alone = [
        {WALL: 10.0, PROCESSOR: 9.0},
        {WALL: 20.0, PROCESSOR: 9.0},
        {WALL: 1.0, PROCESSOR: 9.0},
    ]
    nights = [
        {WALL: 11.0, PROCESSOR: 9.9},
        {WALL: 21.0, PROCESSOR: 9.0},
        {WALL: 3.0, PROCESSOR: 18},
    ]
    assert overhead(alone, nights, WALL) == pytest.approx(0.1)
    assert overhead(alone, nights, PROCESSOR) == pytest.approx(0.1)
