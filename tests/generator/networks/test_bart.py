"""BART: cached decoding equals teacher forcing; padding and the future change nothing."""

import pytest
import torch
from torch import Tensor

from generator.config import TINY_BART
from generator.networks.bart import Bart
from tests.generator import tiny

T, V = TINY_BART.image_length, TINY_BART.codes


@pytest.fixture(scope="module")
def bart() -> Bart:
    return tiny.bart()


def some_ids(*shape: int, below: int, seed: int = 1) -> Tensor:
    return torch.randint(below, shape, generator=torch.Generator().manual_seed(seed))


def captions() -> tuple[Tensor, Tensor]:
    """Three rows of 9 columns, of which 9, 6 and 2 count."""
    mask = torch.arange(9) < torch.tensor([[9], [6], [2]])
    return some_ids(3, 9, below=TINY_BART.text_vocab_size), mask


@pytest.mark.parametrize("images", [1, 3])
@torch.no_grad()
def test_it_gives_the_teacher_forced_logits_when_decoding_step_by_step(
    bart: Bart, images: int
) -> None:
    ids, mask = captions()
    memory = bart.encode(ids, mask)
    codes = some_ids(3, images, T, below=V)
    start = torch.full((3, images, 1), TINY_BART.start_id)
    codes_in = torch.cat([start, codes[..., :-1]], -1)
    expected = torch.stack(
        [
            torch.stack(
                [bart.decode(row[None], memory[g : g + 1], mask[g : g + 1])[0] for row in r]
            )
            for g, r in enumerate(codes_in)
        ]
    )
    caches = bart.new_caches(memory, mask, images)
    for cache in caches:  # what was not written yet must not be read
        cache.keys.fill_(torch.nan)
        cache.values.fill_(torch.nan)
    for position in range(T):
        logits = bart.step(codes_in[..., position], position, caches)
        assert logits.shape == (3, images, V)
        torch.testing.assert_close(
            logits, expected[:, :, position, :V], atol=2e-5, rtol=1e-4, msg=f"at {position}"
        )


@torch.no_grad()
def test_it_ignores_columns_when_they_are_padding(bart: Bart) -> None:
    ids, mask = captions()
    codes = some_ids(3, T, below=V)
    logits = bart(ids, mask, codes)
    other = ids.where(mask, (ids + 7) % TINY_BART.text_vocab_size)
    torch.testing.assert_close(bart(other, mask, codes), logits, atol=1e-5, rtol=1e-4)
    wide_ids = torch.cat([ids, torch.ones(3, 5, dtype=torch.int64)], 1)
    wide_mask = torch.cat([mask, torch.zeros(3, 5, dtype=torch.bool)], 1)
    torch.testing.assert_close(bart(wide_ids, wide_mask, codes), logits, atol=1e-5, rtol=1e-4)
    for row, length in enumerate((9, 6, 2)):
        alone = bart(ids[row, None, :length], mask[row, None, :length], codes[row, None])
        torch.testing.assert_close(alone[0], logits[row], atol=1e-5, rtol=1e-4)


@torch.no_grad()
def test_it_reads_every_word_when_it_counts(bart: Bart) -> None:
    ids, mask = captions()
    codes = some_ids(3, T, below=V)
    logits = bart(ids, mask, codes)
    for column in range(6):
        other = ids.clone()
        other[1, column] += 1
        changed = (bart(other, mask, codes) - logits).abs().amax((1, 2))
        assert changed[1] > 1e-3, column
        assert changed[[0, 2]].max() < 1e-5


@torch.no_grad()
def test_it_does_not_see_the_future_when_teacher_forced(bart: Bart) -> None:
    ids, mask = captions()
    codes = some_ids(3, T, below=V)
    logits = bart(ids, mask, codes)
    for position in range(T):
        other = codes.clone()
        other[:, position] = (other[:, position] + 1) % V
        changed = (bart(ids, mask, other) - logits).abs().amax((0, 2))
        assert changed[: position + 1].max() < 1e-5, position
        if position + 1 < T:
            assert changed[position + 1 :].min() > 1e-4, position


@torch.no_grad()
def test_it_predicts_each_code_from_those_before_when_called(bart: Bart) -> None:
    ids, mask = captions()
    codes = some_ids(3, T, below=V)
    shifted = torch.cat([torch.full((3, 1), TINY_BART.start_id), codes[:, :-1]], 1)
    logits = bart(ids, mask, codes)
    assert logits.shape == (3, T, TINY_BART.image_vocab_rows)
    torch.testing.assert_close(logits, bart.decode(shifted, bart.encode(ids, mask), mask))


@torch.no_grad()
def test_it_drops_nothing_when_not_training() -> None:
    model = tiny.bart(dropout=0.5)
    ids, mask = captions()
    codes = some_ids(3, T, below=V)
    torch.testing.assert_close(model(ids, mask, codes), model(ids, mask, codes), atol=0, rtol=0)
    torch.testing.assert_close(model(ids, mask, codes), tiny.bart()(ids, mask, codes))
    model.train()
    assert not torch.allclose(model(ids, mask, codes), model(ids, mask, codes))
