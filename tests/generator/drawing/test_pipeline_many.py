"""Several prompts in one go, and what happens when memory is short."""

from pathlib import Path

import numpy as np
import pytest
import torch

from generator.config import PRECISIONS
from generator.devices.halving import Halving
from generator.drawing.pipeline import Generator
from generator.drawing.result import Drawing

PROMPTS = ["a fox riding a bicycle", "an owl", "three mice next to a red car"]
SEEDS = [40, 7, 900]


def same(first: Drawing, second: Drawing) -> bool:
    """Another batch size may round a value to the next byte, no more."""
    pairs = list(zip(first.pictures, second.pictures, strict=True))
    apart = [
        np.abs(np.asarray(a.image).astype(int) - np.asarray(b.image).astype(int)) for a, b in pairs
    ]
    return all((a.seed, a.rank, a.codes) == (b.seed, b.rank, b.codes) for a, b in pairs) and all(
        gap.max() <= 1 for gap in apart
    )


def test_it_draws_what_one_at_a_time_gives_when_there_are_many(generator: Generator) -> None:
    many = generator.draw_many(PROMPTS, count=4, keep=3, seeds=SEEDS)
    for prompt, seed, drawing in zip(PROMPTS, SEEDS, many, strict=True):
        assert drawing.prompt == drawing.manifest["prompt"] == prompt
        assert drawing.manifest["seed"] == seed
        assert same(drawing, generator.draw(prompt, count=4, keep=3, seed=seed))


def test_it_goes_on_in_halves_when_memory_runs_out(
    generator: Generator, monkeypatch: pytest.MonkeyPatch
) -> None:
    expected = generator.draw_many(PROMPTS, count=4, keep=3, seeds=SEEDS)
    encode, rooms = generator.bart.new_caches, []

    def short_of_memory(memory: torch.Tensor, mask: torch.Tensor, images: int) -> object:
        rooms.append(len(memory) // 2 * images)
        if rooms[-1] > 3:
            raise torch.OutOfMemoryError("CUDA out of memory")
        return encode(memory, mask, images)

    monkeypatch.setattr(generator.bart, "new_caches", short_of_memory)
    monkeypatch.setattr(generator, "sampling", Halving(36))
    seen: list[float] = []
    drawings = generator.draw_many(
        PROMPTS, count=4, keep=3, seeds=SEEDS, on_progress=lambda done, _: seen.append(done)
    )
    assert rooms[0] == 12
    assert generator.sampling.most == 2
    assert seen == sorted(seen)
    assert all(same(a, b) for a, b in zip(drawings, expected, strict=True))


@pytest.mark.parametrize(
    ("prompts", "seeds", "message"),
    [
        ([], [], "no prompt to draw"),
        (PROMPTS, [1, 2], "2 seeds for 3 prompts"),
        (PROMPTS, [1, 2, -3], "seed must be between 0 and"),
        (["an owl", " … "], [1, 2], "the prompt has no words"),
    ],
)
def test_it_refuses_what_it_cannot_draw(
    generator: Generator, prompts: list[str], seeds: list[int], message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        generator.draw_many(prompts, count=2, keep=1, seeds=seeds)


@pytest.mark.parametrize("precision", PRECISIONS)
def test_it_draws_in_every_precision(model_folder: Path, precision: str) -> None:
    loaded = Generator.load(model_folder, precision=precision)
    drawing = loaded.draw("an owl", count=2, keep=1, seed=3)
    assert {p.image.size for p in drawing.pictures} == {(32, 32)}
    assert len(drawing.pictures[0].codes) == 16


def test_it_draws_the_same_when_layers_are_spread(model_folder: Path, generator: Generator) -> None:
    loaded = Generator.load(model_folder, device="auto", memory={"cpu": "1GiB"})
    expected = generator.draw("an owl", count=2, keep=1, seed=3)
    assert same(loaded.draw("an owl", count=2, keep=1, seed=3), expected)


def test_it_traces_a_whole_step_when_compiled(
    generator: Generator, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Without a compiler of C++ at hand, the tracing is what can be tested: no break in the graph.
    bart = generator.bart
    ids, mask = torch.arange(3, 11).view(2, 4), torch.ones(2, 4, dtype=torch.bool)
    traced = torch.compile(bart.step, backend="eager", fullgraph=True, dynamic=False)
    with torch.inference_mode():
        memory = bart.encode(ids, mask)
        ours, theirs = bart.new_caches(memory, mask, 3), bart.new_caches(memory, mask, 3)
        for position in range(4):
            codes = torch.full((2, 3), position)
            place = torch.tensor(position)
            expected = bart.step(codes, position, theirs)
            torch.testing.assert_close(bart.step(codes, place, ours), expected)
            torch.testing.assert_close(traced(codes, place, ours), expected)


def test_it_refuses_to_compile_for_a_cpu(model_folder: Path) -> None:
    with pytest.raises(ValueError, match="compiling is for a whole model on a GPU, not on cpu"):
        Generator.load(model_folder, is_compiled=True)
