"""A line plot with two logarithmic axes, as an SVG of a few lines."""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from html import escape

WIDTH, HEIGHT = 640, 400
LEFT, RIGHT, TOP, BOTTOM = 64, 24, 40, 52
COLOURS = ("#2f6db3", "#c2571a", "#3f8f4f", "#8a4fa3")


@dataclass(frozen=True, slots=True)
class Axis:
    """From values to pixels; `low` and `high` are values, `start` and `end` pixels."""

    low: float
    high: float
    start: float
    end: float

    def __call__(self, value: float) -> float:
        share = math.log(value / self.low) / math.log(self.high / self.low)
        return self.start + share * (self.end - self.start)


def plot(lines: Mapping[str, Mapping[int, float]], across: str, up: str) -> str:
    """`lines`: each name's values, all above 0; `across` and `up` name the axes."""
    xs = sorted({x for points in lines.values() for x in points})
    ys = [y for points in lines.values() for y in points.values()]
    ticks = _ticks(min(ys), max(ys))
    x_axis = Axis(xs[0], max(xs[-1], 2 * xs[0]), LEFT, WIDTH - RIGHT)
    y_axis = Axis(ticks[0], ticks[-1], HEIGHT - BOTTOM, TOP)
    body = [
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="white"/>',
        *(_column(x_axis(x), str(x)) for x in xs),
        *(_row(y_axis(y), f"{y:g}") for y in ticks),
        _text(WIDTH / 2, HEIGHT - 12, across, "middle"),
        _text(12, 20, up, "start"),
    ]
    for colour, (name, points) in zip(COLOURS, lines.items(), strict=False):
        places = [(x_axis(x), y_axis(y)) for x, y in sorted(points.items())]
        body += _line(places, name, colour)
    return _svg(body)


def _ticks(low: float, high: float) -> list[float]:
    """1, 2 and 5 times powers of ten, from one at or below `low` to one at or above `high`."""
    powers = range(math.floor(math.log10(low)) - 1, math.ceil(math.log10(high)) + 2)
    ladder = [step * 10.0**power for power in powers for step in (1, 2, 5)]
    first = max(i for i, tick in enumerate(ladder) if tick <= low)
    last = min(i for i, tick in enumerate(ladder) if tick >= high and i > first)
    return ladder[first : last + 1]


def _column(x: float, label: str) -> str:
    rule = f'<path d="M{x:.1f} {TOP}V{HEIGHT - BOTTOM}" stroke="#ddd"/>'
    return rule + _text(x, HEIGHT - BOTTOM + 18, label, "middle")


def _row(y: float, label: str) -> str:
    rule = f'<path d="M{LEFT} {y:.1f}H{WIDTH - RIGHT}" stroke="#ddd"/>'
    return rule + _text(LEFT - 8, y + 4, label, "end")


def _line(places: list[tuple[float, float]], name: str, colour: str) -> Iterable[str]:
    path = " ".join(f"{x:.1f},{y:.1f}" for x, y in places)
    yield f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2"/>'
    for x, y in places:
        yield f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3.5" fill="{colour}"/>'
    x, y = places[-1]
    yield _text(x, y - 10, name, "end", colour)


def _text(x: float, y: float, text: str, anchor: str, colour: str = "#333") -> str:
    place = f'x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" fill="{colour}"'
    return f"<text {place}>{escape(text)}</text>"


def _svg(body: list[str]) -> str:
    size = f'width="{WIDTH}" height="{HEIGHT}" viewBox="0 0 {WIDTH} {HEIGHT}"'
    style = 'font-family="sans-serif" font-size="13"'
    lines = "\n".join(body)
    return f'<svg xmlns="http://www.w3.org/2000/svg" {size} {style}>\n{lines}\n</svg>\n'
