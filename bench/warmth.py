"""How well warmth tells words that people expect from absurd ones: python -m bench.warmth.

`tests/game/warmth_pairs.json` has words for each answer that a player would type near it, and words
that would be an insult to see hot; a third of those were seen hot when warmth came from the bare
word. The figure is the area under the ROC curve: how often an expected word is nearer than an
absurd one. Weights were chosen by the half “tune” alone.
"""

import argparse
import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from statistics import mean

import numpy as np

from game.words import vocabulary
from game.words.encoder import Encoder
from game.words.nearness import Nearness
from game.words.points import Points

PAIRS = Path("tests/game/warmth_pairs.json")
HALVES = ("tune", "held")
WORST = 5

Areas = dict[str, float]


def read(file: Path = PAIRS) -> dict[str, dict[str, list[str]]]:
    pairs: dict[str, dict[str, list[str]]] = json.loads(file.read_text(encoding="ascii"))
    return pairs


def half(answer: str) -> str:
    return HALVES[hashlib.sha256(answer.encode("ascii")).digest()[0] & 1]


def area(expected: Sequence[float], absurd: Sequence[float]) -> float:
    """Of all pairs, how many are in the right order; equal ones count half."""
    return mean((one > other) + (one == other) / 2 for one in expected for other in absurd)


def areas(which: str, near: Callable[[str, Sequence[str]], Sequence[float]]) -> Areas:
    """Of each answer of a half."""
    found = {}
    for answer, words in read().items():
        if half(answer) == which:
            nearness = near(answer, [*words["expected"], *words["absurd"]])
            size = len(words["expected"])
            found[answer] = area(nearness[:size], nearness[size:])
    return found


def as_frozen(nearness: Nearness) -> Callable[[str, Sequence[str]], list[float]]:
    def near(answer: str, words: Sequence[str]) -> list[float]:
        values = nearness.of_word(_number(answer))
        return [float(values[_number(word)]) for word in words]

    return near


def bare(encoder: Encoder) -> Callable[[str, Sequence[str]], list[float]]:
    """By the encoder's points of the words alone, in their base forms."""
    pairs: Mapping[str, dict[str, list[str]]] = read()
    known = {
        vocabulary.words()[_number(word)]
        for answer, words in pairs.items()
        for word in (answer, *words["expected"], *words["absurd"])
    }
    points = dict(zip(sorted(known), encoder.embed(sorted(known)), strict=True))

    def point(word: str) -> Points:
        return points[vocabulary.words()[_number(word)]]

    return lambda answer, words: [float(np.dot(point(answer), point(word))) for word in words]


def _number(word: str) -> int:
    number = vocabulary.find(word)
    if number is None:
        raise ValueError(f"the vocabulary lacks “{word}”")
    return number


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.warmth")
    parser.add_argument("--bare", action="store_true", help="the bare words beside it: loads torch")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    ways = {"frozen": as_frozen(Nearness.load())}
    if options.bare:
        ways["bare"] = bare(Encoder.load())
    rows = {f"{way} {which}": areas(which, near) for way, near in ways.items() for which in HALVES}
    if options.json:
        print(json.dumps(rows))
        return
    for name, found in rows.items():
        worst = sorted(found.items(), key=lambda each: each[1])[:WORST]
        told = ", ".join(f"{answer} {value:.2f}" for answer, value in worst)
        print(f"{name:12} {len(found):3} answers  mean {mean(found.values()):.3f}  worst {told}")


if __name__ == "__main__":
    main()
