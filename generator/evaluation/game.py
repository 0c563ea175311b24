"""The figures of game prompts: what a player gets to see of them, each as a share."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
from PIL import Image

from generator.drawing.choice import differences
from generator.evaluation import measures
from generator.evaluation.exam import Case
from generator.evaluation.reading import Reading, named
from generator.world.words import vocabulary

NOUNS = ("subject", "object")
# Recognised in fewer of its pictures than this, a noun is weak.
WEAK = 0.7
WORST = 10
# So many hands or layouts make six pictures different.
LOOKS = 4


def summary(cases: list[Case]) -> dict[str, Any]:
    """What counts, in one line; None where nothing was asked that a figure is about."""
    nouns = noun_shares(cases)
    return {
        "game": {
            "real": share(reading.is_right for reading in readings(cases, "real")),
            "top6": of_real(cases, "top6"),
            "worst_relation": worst_relation(cases),
            "weak_nouns": share(right < WEAK for right, _ in nouns.values()),
        },
        "variety": variety(cases),
        "layouts": share(len({r.look for r in case.group("top6")}) >= LOOKS for case in cases),
        "first_right": first_right(cases),
        "rank_correlation": rank_correlation(cases),
        "reconstruction": of_real(cases, "reconstruction"),
    }


def of_real(cases: Sequence[Case], group: str) -> float | None:
    """The share of a group's pictures that are right, over that of real scenes."""
    found, real = (
        share(reading.is_right for reading in readings(cases, name)) for name in (group, "real")
    )
    return found / real if found is not None and real else None


def worst_relation(cases: list[Case]) -> tuple[str, float] | None:
    """The relation whose shown pictures are right least often, and how often, of real scenes."""
    found = {
        relation.key: of_real(
            [case for case in cases if case.readings[0].scene.relation == relation.key], "top6"
        )
        for relation in vocabulary.RELATIONS
    }
    known = {key: value for key, value in found.items() if value is not None}
    return min(known.items(), key=lambda each: each[1]) if known else None


def noun_shares(cases: list[Case]) -> dict[str, tuple[float, int]]:
    """Of each noun that was asked for, the share of shown pictures where it was recognised, and how
    many pictures that are of."""
    results: dict[str, list[bool]] = defaultdict(list)
    for reading in readings(cases, "top6"):
        for name in NOUNS:
            if name in named(reading.scene):
                results[getattr(reading.scene, name)].append(reading.has(name))
    return {noun: (float(np.mean(right)), len(right)) for noun, right in results.items()}


def worst_nouns(cases: list[Case]) -> list[tuple[str, float, int]]:
    """The ten that are recognised least often: (noun, share, pictures)."""
    shares = sorted(noun_shares(cases).items(), key=lambda each: (each[1][0], each[0]))
    return [(noun, right, count) for noun, (right, count) in shares[:WORST]]


def by_colour(cases: list[Case]) -> dict[str, float]:
    """The share of shown pictures in which a colour was recognised, by colour."""
    results: dict[str, list[bool]] = defaultdict(list)
    for reading in readings(cases, "top6"):
        if reading.scene.colour:
            results[reading.scene.colour].append(reading.has("colour"))
    return {colour: float(np.mean(right)) for colour, right in sorted(results.items())}


def variety(cases: list[Case]) -> float | None:
    """How unlike the shown pictures of a prompt are, over how unlike those of different prompts
    are (see generator.drawing.choice)."""
    shown = [[Image.fromarray(case.images[row]) for row in case.rows("top6")] for case in cases]
    if len(shown) < 2:
        return None
    within = np.mean([_mean_apart(differences(each)) for each in shown])
    between = _mean_apart(differences([each[0] for each in shown]))
    return float(within / between) if between else None


def first_right(cases: list[Case]) -> float | None:
    """Where any candidate is right, how often the one that is shown first is."""
    able = [case for case in cases if any(r.is_right for r in case.group("all"))]
    return share(case.group("top6")[0].is_right for case in able)


def rank_correlation(cases: list[Case]) -> float:
    """How CLIP's order agrees with the examiner's certainty, averaged over prompts."""
    found = [
        measures.rank_correlation(case.scores, np.array([r.probability for r in case.group("all")]))
        for case in cases
    ]
    return float(np.mean(found))


def readings(cases: Iterable[Case], group: str) -> list[Reading]:
    return [reading for case in cases for reading in case.group(group)]


def share(results: Iterable[bool]) -> float | None:
    found = list(results)
    return float(np.mean(found)) if found else None


def _mean_apart(apart: Any) -> float:
    """Of all pairs: (N, N) → their mean without the diagonal."""
    return float(apart[np.triu_indices(len(apart), 1)].mean())
