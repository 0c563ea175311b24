"""The filter's precision and recall on a small part of what `generator.filtering.measure` uses."""

import pytest

from generator.filtering.measure import Score, measure, table


def test_it_counts_as_the_words_mean() -> None:
    pairs = [(True, True), (True, False), (False, True), (False, False), (True, True)]
    score = Score.of(pairs)
    assert score == Score(judged=5, right=2, dropped=3, wanted=3)
    assert score.precision == pytest.approx(2 / 3)
    assert score.recall == pytest.approx(2 / 3)


def test_it_drops_what_it_should_and_little_else_when_the_bundled_clip_judges() -> None:
    scores = measure(pictures=12)
    assert (scores["unsafe caption"].precision, scores["unsafe caption"].recall) == (1, 1)
    for name in ("unsafe picture", "unfit caption", "duplicate"):
        assert scores[name].precision >= 0.75, table(scores)
        assert scores[name].recall >= 0.75, table(scores)
    assert table(scores).count("\n") == 4
