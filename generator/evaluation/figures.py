"""The figures of an exam, as plain data."""

from collections import Counter
from collections.abc import Iterable
from typing import Any

import numpy as np
import torch

from generator.drawing.pipeline import Generator
from generator.evaluation import game, measures
from generator.evaluation.exam import GROUPS, KEEP, Case, Exam, as_tensor, thumbnails
from generator.evaluation.game import readings
from generator.evaluation.reading import Reading, named
from generator.training.judge.recogniser import ATTRIBUTES, Recogniser
from generator.world.words import vocabulary

NOUNS = ("subject", "object")
LISTED = 20
_BATCH = 50


def figures_of(exam: Exam, generator: Generator, recogniser: Recogniser) -> dict[str, Any]:
    """Everything that the report says in numbers; shares lie in [0, 1]."""
    cases = exam.cases
    judged = {
        "reference": exam.reference,
        "reconstruction": readings(cases, "reconstruction"),
        "top6": readings(cases, "top6"),
    }
    return {
        **game.summary(cases),
        "nouns": game.worst_nouns(cases),
        "colours": game.by_colour(cases),
        "guessability": {group: share_right(cases, group) for group in GROUPS},
        "standard_error": {group: standard_error(cases, group) for group in GROUPS},
        "relative_to_real": _relative_to_real(cases),
        "recogniser_on_reference": _share(reading.is_right for reading in exam.reference),
        "attributes": {name: _attribute(exam, name) for name in ATTRIBUTES},
        "relations": _by_relation(exam),
        "ranking": _ranking(cases),
        **_reconstruction(cases, generator.vqgan.config.codebook_size, recogniser),
        "frechet": _frechet(exam),
        "nearest_training": _nearest(exam),
        "confused": {name: confusions(readings) for name, readings in judged.items()},
        "missed": {name: missed_nouns(readings) for name, readings in judged.items()},
    }


def share_right(cases: list[Case], group: str) -> float:
    """Share of a group's pictures with everything right that their prompts name."""
    return _share(reading.is_right for reading in readings(cases, group))


def standard_error(cases: list[Case], group: str) -> float:
    """Of `share_right` for other prompts; pictures of one prompt resemble each other."""
    shares = [share_right([case], group) for case in cases]
    return float(np.std(shares) / np.sqrt(len(shares)))


def confusions(readings: Iterable[Reading]) -> list[tuple[str, str, int]]:
    """The nouns most often taken for another: (meant, seen, times), the worst first."""
    counts = Counter(
        (meant, seen)
        for reading in readings
        for name, meant, seen in reading.mistakes
        if name in NOUNS
    )
    return [(meant, seen, times) for (meant, seen), times in counts.most_common(LISTED)]


def missed_nouns(readings: Iterable[Reading]) -> list[tuple[str, int, int]]:
    """The nouns most often misread: (noun, times misread, times meant), the worst first."""
    meant: Counter[str] = Counter()
    missed: Counter[str] = Counter()
    for reading in readings:
        for name in set(NOUNS) & set(named(reading.scene)):
            noun = getattr(reading.scene, name)
            meant[noun] += 1
            missed[noun] += not reading.has(name)
    worst = sorted(missed, key=lambda noun: (-missed[noun], meant[noun], noun))
    return [(noun, missed[noun], meant[noun]) for noun in worst if missed[noun]][:LISTED]


def _share(results: Iterable[bool]) -> float:
    return float(np.mean(list(results)))


def _relative_to_real(cases: list[Case]) -> dict[str, float | None]:
    real = share_right(cases, "real")
    return {
        group: share_right(cases, group) / real if real else None
        for group in GROUPS
        if group != "real"
    }


def _sets(exam: Exam) -> dict[str, list[Reading]]:
    return {
        **{group: readings(exam.cases, group) for group in GROUPS},
        "reference": exam.reference,
    }


def _attribute(exam: Exam, name: str) -> dict[str, float | int | None]:
    """Share of pictures where it is right, among the prompts that name it."""
    results = {
        group: [r.has(name) for r in readings if name in named(r.scene)]
        for group, readings in _sets(exam).items()
    }
    return _shares(results)


def _by_relation(exam: Exam) -> dict[str, dict[str, float | int | None]]:
    return {
        relation.key: _shares(
            {
                group: [r.is_right for r in readings if r.scene.relation == relation.key]
                for group, readings in _sets(exam).items()
            }
        )
        for relation in vocabulary.RELATIONS
    }


def _shares(results: dict[str, list[bool]]) -> dict[str, float | int | None]:
    shares = {group: _share(right) if right else None for group, right in results.items()}
    return {"prompts": len(results["real"]), **shares}


def _ranking(cases: list[Case]) -> dict[str, float]:
    """What CLIP's order is worth against chance, and how it agrees with the recogniser's."""
    every = share_right(cases, "all")
    return {
        "gain": share_right(cases, "top6") - every,
        "gain_of_best": _share(case.group("all")[0].is_right for case in cases) - every,
        "gain_possible": _share(right for case in cases for right in _best(case.group("all")))
        - every,
        "rank_correlation": game.rank_correlation(cases),
    }


def _best(readings: list[Reading]) -> list[bool]:
    """The best that any ranking could choose."""
    return sorted((reading.is_right for reading in readings), reverse=True)[:KEEP]


def _reconstruction(cases: list[Case], codes: int, recogniser: Recogniser) -> dict[str, Any]:
    decibels, apart = [], []
    for start in range(0, len(cases), _BATCH):
        pairs = np.stack([case.images[:2] for case in cases[start : start + _BATCH]])
        real, painted = as_tensor(pairs[:, 0]), as_tensor(pairs[:, 1])
        decibels.append(measures.psnr(real, painted))
        apart.append(measures.perceptual_distance(recogniser, real, painted))
    used, perplexity = measures.code_usage(torch.stack([case.codes for case in cases]), codes)
    return {
        "psnr": float(torch.cat(decibels).mean()),
        "perceptual": float(torch.cat(apart).mean()),
        "codes": {"used": used, "perplexity": perplexity, "pictures": len(cases)},
    }


def _frechet(exam: Exam) -> dict[str, float]:
    """Of as many pictures each: the real ones say how much is due to there being so few."""
    if len(exam.cases) < 2:
        return {}
    reference = np.stack([reading.features for reading in exam.reference])
    kinds = {"real": 0, "reconstruction": 1, "best": 2}
    return {
        kind: measures.frechet_distance(
            np.stack([case.readings[row].features for case in exam.cases]), reference
        )
        for kind, row in kinds.items()
    }


def _nearest(exam: Exam) -> dict[str, float]:
    """Distance to the nearest training scene: a model that copies comes nearer than real scenes.

    Of pictures that copy nothing, about 5 % lie nearer than the nearest 5 % of real ones.
    """
    shown = (as_tensor(case.images[case.rows("top6")]) for case in exam.cases)
    points = torch.cat([thumbnails(each) for each in shown])
    drawn = measures.nearest(points, exam.training)
    real = measures.nearest(exam.held_out, exam.training)
    return {
        "real": float(real.median()),
        "top6": float(drawn.median()),
        "top6_nearer_than_95_percent_of_real": float((drawn < real.quantile(0.05)).double().mean()),
    }
