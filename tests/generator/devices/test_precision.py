"""A loaded BART and VQGAN in other numbers, against themselves in float32."""

import pytest
import torch
from torch import Tensor, nn

from generator.config import PRECISIONS, Sampling
from generator.devices.linear import Int8Linear, PackedLinear
from generator.devices.precision import dtype_of, paint_in, prepare, weight_bytes
from generator.drawing.sampling import sample_codes
from generator.networks.bart import Bart
from tests.generator import tiny

CPU = torch.device("cpu")
SIZE = (3, 9)
# Relative to the spread of the logits; measured on these networks, then doubled.
NEAR = {"float32": 1e-5, "bfloat16": 0.05, "float16": 0.006, "int8": 0.08}


@pytest.fixture
def ids() -> Tensor:
    return torch.randint(3, 200, SIZE, generator=torch.Generator().manual_seed(0))


@pytest.fixture
def mask() -> Tensor:
    return torch.ones(SIZE, dtype=torch.bool)


@torch.inference_mode()
def logits_at(bart: Bart, ids: Tensor, mask: Tensor, position: int) -> Tensor:
    """Logits at `position` after the codes 0, 1, 2, …, by steps."""
    memory = bart.encode(ids, mask)
    caches = bart.new_caches(memory, mask, 2)
    for place in range(position + 1):
        codes = torch.full((len(ids), 2), place)
        logits: Tensor = bart.step(codes, place, caches)
    return logits.float()


@pytest.mark.parametrize("precision", PRECISIONS)
def test_it_comes_near_float32_when_sampling(ids: Tensor, mask: Tensor, precision: str) -> None:
    bart = tiny.bart()
    expected = logits_at(tiny.bart(), ids, mask, 5)
    prepare(bart, precision, CPU)
    error = (logits_at(bart, ids, mask, 5) - expected).std() / expected.std()
    assert float(error) < NEAR[precision]


@pytest.mark.parametrize("precision", PRECISIONS)
def test_it_samples_the_same_image_in_any_batch(ids: Tensor, mask: Tensor, precision: str) -> None:
    bart = tiny.bart()
    prepare(bart, precision, CPU)
    settings = Sampling(condition_scale=2.0, top_k=8)
    many = sample_codes(bart, ids, mask, [[5, 6, 7], [1, 2, 3]], settings)
    alone = sample_codes(bart, ids[[0, 2]], mask[[0, 2]], [[6]], settings)
    assert torch.equal(many[0, 1], alone[0, 0])


def test_it_changes_linears_and_caches_as_the_precision_says(ids: Tensor, mask: Tensor) -> None:
    whole, packed, small = tiny.bart(), tiny.bart(), tiny.bart()
    prepare(packed, "float32", CPU)
    prepare(small, "int8", CPU)
    assert isinstance(packed.head, PackedLinear)
    assert isinstance(small.encoder.layers[0].glu.gate, Int8Linear)
    assert isinstance(small.head, Int8Linear)
    assert weight_bytes(small) < 0.55 * weight_bytes(whole)  # its embeddings stay as they are
    [cache, *_] = small.new_caches(small.encode(ids, mask), mask, 2)
    assert (cache.keys.dtype, cache.cross_keys.dtype) == (torch.bfloat16, torch.bfloat16)


def test_it_leaves_linears_as_they_are_where_they_cannot_be_packed(
    ids: Tensor, mask: Tensor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("generator.devices.precision.can_pack", lambda dtype: False)
    bart = tiny.bart()
    prepare(bart, "bfloat16", CPU)
    assert isinstance(bart.head, nn.Linear)
    codes = sample_codes(bart, ids, mask, [[5], [1]], Sampling(condition_scale=2.0))
    assert codes.shape == (2, 1, 16)


@pytest.mark.parametrize("precision", ["bfloat16", "int8"])
def test_it_paints_nearly_the_same(precision: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("generator.devices.precision.has_fast_bfloat16", lambda: True)
    codes = torch.randint(0, 32, (2, 16), generator=torch.Generator().manual_seed(1))
    vqgan = tiny.vqgan()
    with torch.inference_mode():
        expected = tiny.vqgan().decode(codes)
        paint_in(vqgan, precision)
        painted = vqgan.decode(codes)
    assert painted.dtype == torch.bfloat16
    assert float((painted.float() - expected).std() / expected.std()) < 0.05


def test_it_names_the_choices_when_there_is_no_such_precision() -> None:
    with pytest.raises(ValueError, match="one of float32, bfloat16, float16, int8, not 'fp8'"):
        dtype_of("fp8")


def test_it_refuses_int8_on_a_gpu() -> None:
    with pytest.raises(ValueError, match="int8 is for CPUs; on cuda"):
        prepare(tiny.bart(), "int8", torch.device("cuda"))
