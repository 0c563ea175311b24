"""Bars a day for the figures page: where they stand and how tall they are, in per cent."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

# Of the width that a day has.
BAR = 0.8
FULL = 100.0


@dataclass(frozen=True, slots=True)
class Bar:
    """In a box that is as wide as there are days, and 100 high; y grows downwards."""

    day: date
    value: int
    x: float
    y: float
    height: float
    width: float = BAR


@dataclass(frozen=True, slots=True)
class Chart:
    """Days without a value have no bar."""

    first: date
    last: date
    # The value at the top.
    most: int
    width: int
    bars: list[Bar]


def chart(days: Sequence[date], values: Mapping[date, int], most: int | None = None) -> Chart:
    """Draw the values of these days up to `most`, or up to a round number above them all."""
    top = round_up(max(values.values(), default=0)) if most is None else most
    bars = [
        Bar(
            day=day,
            value=values[day],
            x=place + (1 - BAR) / 2,
            y=round(FULL * (1 - values[day] / top), 2),
            height=round(FULL * values[day] / top, 2),
        )
        for place, day in enumerate(days)
        if day in values
    ]
    return Chart(first=days[0], last=days[-1], most=top, width=len(days), bars=bars)


def round_up(value: int) -> int:
    """The next of 10, 20, 30, 50, 100, 200, 300, 500 and so on."""
    unit = 10
    while True:
        for step in (1, 2, 3, 5):
            if value <= step * unit:
                return step * unit
        unit *= 10
