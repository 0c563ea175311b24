"""Sampling: every filter against a loop, and chance that hangs on each image's seed alone."""

import math
from dataclasses import replace

import numpy as np
import pytest
import torch
from torch import Tensor

from generator.config import TINY_BART, Sampling
from generator.drawing.sampling import (
    filter_logits,
    keep_top_k,
    keep_top_p,
    likeliest,
    pick,
    sample_codes,
    sample_ids,
    uniforms_for,
)
from generator.networks.bart import Bart
from tests.generator import tiny

T, V = TINY_BART.image_length, TINY_BART.codes
GUIDED = Sampling(condition_scale=3.0, temperature=0.8, top_k=12, top_p=0.9)


@pytest.fixture(scope="module")
def bart() -> Bart:
    return tiny.bart()


def captions(count: int) -> tuple[Tensor, Tensor]:
    """`count` rows of different lengths, then the empty caption."""
    generator = torch.Generator().manual_seed(5)
    ids = torch.randint(5, TINY_BART.text_vocab_size, (4, 8), generator=generator)
    ids[3, :2] = torch.tensor([0, 2])
    mask = torch.arange(8) < torch.tensor([[8], [5], [7], [2]])
    rows = [*range(count), 3]
    return ids[rows], mask[rows]


def kept(logits: Tensor) -> list[int]:
    return torch.isfinite(logits).nonzero().flatten().tolist()


def slow_top_k(values: list[float], k: int) -> list[float]:
    best = sorted(range(len(values)), key=lambda i: (-values[i], i))[:k]
    return [v if i in best else -math.inf for i, v in enumerate(values)]


def slow_top_p(values: list[float], p: float) -> list[float]:
    weights = [math.exp(v) for v in values]
    total, best = 0.0, []
    for i in sorted(range(len(values)), key=lambda i: (-values[i], i)):
        if total >= p:
            break
        best.append(i)
        total += weights[i] / sum(weights)
    return [v if i in best else -math.inf for i, v in enumerate(values)]


def slow_pick(values: list[float], uniform: float) -> int:
    weights = [math.exp(v) for v in values]
    height = 0.0
    for i, weight in enumerate(weights):
        height += weight / sum(weights)
        if height > uniform:
            return i
    return max(i for i, weight in enumerate(weights) if weight)


def rows(count: int = 30, width: int = 17) -> Tensor:
    """Rows of logits with many ties."""
    generator = torch.Generator().manual_seed(3)
    return (2 * torch.randn(count, width, generator=generator)).round() / 2


@pytest.mark.parametrize("k", [1, 2, 5, 16, 17, 40])
def test_it_keeps_exactly_k_when_values_tie(k: int) -> None:
    logits = rows()
    expected = torch.tensor([slow_top_k(row, k) for row in logits.tolist()])
    torch.testing.assert_close(keep_top_k(logits, k), expected)
    assert kept(keep_top_k(torch.zeros(6), 3)) == [0, 1, 2]
    assert kept(keep_top_k(torch.tensor([1.0, 3.0, 1.0, 1.0, 2.0]), 3)) == [0, 1, 4]


@pytest.mark.parametrize("p", [0.01, 0.3, 0.62, 0.9, 0.999])
def test_it_keeps_the_entry_that_crosses_p_when_filtering(p: float) -> None:
    logits = rows()
    expected = torch.tensor([slow_top_p(row, p) for row in logits.tolist()])
    torch.testing.assert_close(keep_top_p(logits, p), expected)
    halves = torch.tensor([0.1, 0.5, 0.3, 0.1]).log()
    assert kept(keep_top_p(halves, 0.49)) == [1]
    assert kept(keep_top_p(halves, 0.51)) == [1, 2]
    assert kept(keep_top_p(halves, 0.81)) == [0, 1, 2]


def test_it_cools_before_it_filters_when_both_are_asked() -> None:
    logits = torch.tensor([0.55, 0.25, 0.15, 0.05]).log()
    cold, hot = Sampling(temperature=0.25, top_p=0.6), Sampling(temperature=4.0, top_p=0.6)
    assert kept(filter_logits(logits, cold)) == [0]
    assert kept(filter_logits(logits, hot)) == [0, 1, 2]
    # 0.55 is not 0.65 of all, but it is of the 0.8 that top-k leaves.
    both = Sampling(top_k=2, top_p=0.65)
    assert kept(filter_logits(logits, replace(both, top_k=None))) == [0, 1]
    assert kept(filter_logits(logits, both)) == [0]


def test_it_changes_nothing_when_no_filter_is_asked() -> None:
    logits = rows()
    settings = Sampling(temperature=2.0, top_k=None, top_p=None)
    torch.testing.assert_close(filter_logits(logits, settings), logits / 2)
    torch.testing.assert_close(filter_logits(logits, replace(settings, top_p=1.0)), logits / 2)


def test_it_leaves_its_input_alone_when_filtering() -> None:
    logits = rows()
    before = logits.clone()
    filter_logits(logits, GUIDED)
    torch.testing.assert_close(logits, before, atol=0, rtol=0)


def test_it_follows_the_probabilities_when_picking_often() -> None:
    count = 20_000
    logits = torch.tensor([0.0, 1.5, -torch.inf, 0.3, -1.0, 1.5])
    uniforms = (torch.arange(count) + 0.5) / count
    picks = pick(logits.expand(count, -1), uniforms)
    torch.testing.assert_close(
        picks.bincount(minlength=6) / count, logits.softmax(-1), atol=2 / count, rtol=0
    )
    assert picks.tolist() == sorted(picks.tolist())


def test_it_picks_as_a_loop_does_when_rows_differ() -> None:
    logits = keep_top_k(rows(60), 6)
    uniforms = uniforms_for([8], 60)[0]
    expected = [slow_pick(*pair) for pair in zip(logits.tolist(), uniforms.tolist(), strict=True)]
    assert pick(logits, uniforms).tolist() == expected
    assert pick(logits.view(3, 20, -1), uniforms.view(3, 20)).flatten().tolist() == expected


def test_it_never_picks_an_id_when_its_probability_is_zero() -> None:
    possible = torch.rand(500, 40, generator=torch.Generator().manual_seed(1)) < 0.2
    possible[:, 17] = True
    logits = torch.zeros(500, 40).masked_fill(~possible, -torch.inf)
    for uniform in (0.0, 0.5, 1 - 2**-24):
        picks = pick(logits, torch.full((500,), uniform))
        assert bool(possible.gather(1, picks[:, None]).all()), uniform


def test_it_picks_a_possible_id_when_rounding_makes_the_total_less_than_one() -> None:
    logits = 3 * torch.randn(200, 4096, generator=torch.Generator().manual_seed(2))
    logits[:, 4000:] = -torch.inf
    assert float(logits.softmax(-1).cumsum(-1)[:, -1].min()) < 1 - 2**-24
    picks = pick(logits, torch.full((200,), 1 - 2**-24))
    assert int(picks.max()) < 4000


@pytest.mark.parametrize("has_ties", [True, False])
@pytest.mark.parametrize("wanted", [GUIDED, Sampling(top_k=5), Sampling(top_k=1, temperature=2.0)])
def test_it_samples_the_same_id_when_few_are_summed_over(wanted: Sampling, has_ties: bool) -> None:
    generator = torch.Generator().manual_seed(6)
    logits = torch.randn(400, 17, generator=generator)
    logits = (2 * logits).round() / 2 if has_ties else logits
    uniforms = torch.rand(400, generator=generator)
    expected = pick(filter_logits(logits, wanted), uniforms)
    assert torch.equal(sample_ids(logits, wanted, uniforms), expected)
    assert (likeliest(logits, wanted.top_k) is None) == has_ties


def test_it_keeps_ids_in_order_when_gathering_the_likeliest() -> None:
    found = likeliest(torch.tensor([[1.0, 5.0, 2.0, 4.0]]), 3)
    assert found is not None
    assert (found[0].tolist(), found[1].tolist()) == ([[5.0, 2.0, 4.0]], [[1, 2, 3]])
    assert likeliest(torch.zeros(1, 4), 4) is None
    assert likeliest(torch.zeros(1, 4), None) is None


def test_it_draws_each_row_from_its_seed_alone_when_rows_are_added() -> None:
    uniforms = uniforms_for([7, 8, 7], 50)
    torch.testing.assert_close(uniforms[0], uniforms[2], atol=0, rtol=0)
    torch.testing.assert_close(uniforms_for([8], 50)[0], uniforms[1], atol=0, rtol=0)
    assert not torch.allclose(uniforms[0], uniforms[1])
    assert 0 <= float(uniforms.min()) < float(uniforms.max()) < 1


@torch.no_grad()
def naive_codes(
    bart: Bart, ids: Tensor, mask: Tensor, empty: tuple[Tensor, Tensor], seed: int, s: Sampling
) -> list[int]:
    """One picture, no cache, no batch: the whole prefix is read again for every code."""
    uniforms = np.random.Generator(np.random.Philox(seed)).random(T, dtype=np.float32).tolist()
    prefix = [TINY_BART.start_id]
    for uniform in uniforms:
        logits = []
        for row, row_mask in ((ids, mask), empty):
            memory = bart.encode(row[None], row_mask[None])
            decoded = bart.decode(torch.tensor([prefix]), memory, row_mask[None])
            logits.append(decoded[0, -1, :V])
        mixed = logits[1] + s.condition_scale * (logits[0] - logits[1])
        values = (mixed / s.temperature).tolist()
        values = slow_top_k(values, s.top_k) if s.top_k else values
        values = slow_top_p(values, s.top_p) if s.top_p else values
        prefix.append(slow_pick(values, uniform))
    return prefix[1:]


@pytest.mark.parametrize(
    "wanted", [GUIDED, Sampling(condition_scale=1.0, top_k=None), Sampling(condition_scale=0.0)]
)
def test_it_gives_the_codes_of_a_naive_loop_when_sampling(bart: Bart, wanted: Sampling) -> None:
    ids, mask = captions(2)
    seeds = [[0, 11], [5, 2**62]]
    codes = sample_codes(bart, ids, mask, seeds, wanted)
    empty = (ids[-1], mask[-1])
    expected = [
        [naive_codes(bart, ids[g], mask[g], empty, seed, wanted) for seed in row]
        for g, row in enumerate(seeds)
    ]
    assert codes.tolist() == expected


@pytest.mark.parametrize("wanted", [GUIDED, replace(GUIDED, condition_scale=1.0)])
def test_it_draws_the_same_image_when_others_are_drawn_beside_it(
    bart: Bart, wanted: Sampling
) -> None:
    ids, mask = captions(3)
    nine = sample_codes(bart, ids, mask, [list(range(40, 49))] * 3, wanted)
    assert nine.shape == (3, 9, T)
    assert len({tuple(row) for row in nine.flatten(0, 1).tolist()}) == 27
    one_ids, one_mask = captions(1)
    for images in (1, 3, 9):
        alone = sample_codes(bart, one_ids, one_mask, [list(range(40, 40 + images))], wanted)
        assert alone[0].tolist() == nine[0, :images].tolist()
    two = sample_codes(bart, *captions(2), [[48, 41], [42, 40]], wanted)
    assert two[0].tolist() == nine[0, [8, 1]].tolist()
    assert two[1].tolist() == nine[1, [2, 0]].tolist()


def test_it_does_not_read_the_empty_caption_when_the_scale_is_one(bart: Bart) -> None:
    ids, mask = captions(2)
    settings = Sampling(condition_scale=1.0, top_k=None)
    codes = sample_codes(bart, ids, mask, [[1, 2], [3, 4]], settings)
    other = ids.clone()
    other[-1] = 9
    assert sample_codes(bart, other, mask, [[1, 2], [3, 4]], settings).tolist() == codes.tolist()
    guided = replace(settings, condition_scale=4.0)
    assert sample_codes(bart, ids, mask, [[1, 2], [3, 4]], guided).tolist() != codes.tolist()
    nearly = replace(settings, condition_scale=1.0 + 1e-9)
    assert sample_codes(bart, ids, mask, [[1, 2], [3, 4]], nearly).tolist() == codes.tolist()


def test_it_reports_every_code_when_watched(bart: Bart) -> None:
    seen: list[tuple[int, int]] = []
    ids, mask = captions(1)
    codes = sample_codes(bart, ids, mask, [[0]], GUIDED, lambda *done: seen.append(done))
    assert seen == [(i + 1, T) for i in range(T)]
    assert codes.dtype == torch.int64
    assert int(codes.max()) < V


def test_it_leads_each_caption_away_from_a_text_of_its_own(bart: Bart) -> None:
    ids, mask = captions(4)  # five rows; the first two are drawn, the next two led away from
    seeds = [[0, 11], [5, 2**62]]
    codes = sample_codes(bart, ids[:4], mask[:4], seeds, GUIDED)
    expected = [
        [
            naive_codes(bart, ids[g], mask[g], (ids[g + 2], mask[g + 2]), seed, GUIDED)
            for seed in row
        ]
        for g, row in enumerate(seeds)
    ]
    assert codes.tolist() == expected


def test_it_shows_the_codes_so_far_and_draws_the_same(bart: Bart) -> None:
    ids, mask = captions(2)
    seeds, seen = [[1, 2, 3], [4, 5, 6]], []
    codes = sample_codes(
        bart, ids, mask, seeds, GUIDED, on_codes=lambda now: seen.append(now.clone())
    )
    assert codes.tolist() == sample_codes(bart, ids, mask, seeds, GUIDED).tolist()
    assert [now.shape for now in seen] == [(2, 3, t) for t in range(1, T)]
    assert all(now.tolist() == codes[:, :, : now.size(-1)].tolist() for now in seen)


def test_it_ends_when_whoever_watches_raises(bart: Bart) -> None:
    done: list[int] = []

    def stop_after_three(now: int, total: int) -> None:
        done.append(now)
        if now == 3:
            raise InterruptedError

    ids, mask = captions(1)
    with pytest.raises(InterruptedError):
        sample_codes(bart, ids, mask, [[0]], GUIDED, stop_after_three)
    assert done == [1, 2, 3]


def test_it_refuses_when_the_empty_caption_is_missing(bart: Bart) -> None:
    ids, mask = captions(1)
    with pytest.raises(ValueError, match="2 text rows for 2 captions"):
        sample_codes(bart, ids, mask, [[0], [1]], GUIDED)
