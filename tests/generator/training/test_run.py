"""What every trainer stands on: steps, averages, states, records, and going on after a kill."""

import math
import os
import resource
import subprocess
import sys
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
from accelerate import Accelerator
from accelerate.state import AcceleratorState
from torch import Tensor, nn

from generator.folders.lock import BusyError
from generator.training.loop.checkpointing import checkpoint_layers
from generator.training.loop.errors import TrainingError
from generator.training.loop.plan import Plan
from generator.training.loop.run import Run
from generator.training.loop.saving import save_weights
from generator.training.loop.stream import chance
from tests.generator import tiny
from tests.generator.training import together
from tests.generator.training.test_journal import lines_of

PLAN = Plan(steps=7, batch=4, rate=1e-2, warmup=2, save_every=3, ema=0.9)


def seeded(seed: int) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def small_model(seed: int) -> nn.Sequential:
    norm = nn.BatchNorm1d(3)  # has buffers, and numbers that are no floats
    layers = nn.Linear(3, 3), norm, nn.Dropout(0.5), nn.Linear(3, 2)
    return tiny.shake(nn.Sequential(*layers), seed).train()


def train_small(
    folder: Path, plan: Plan = PLAN, seed: int = 0, stop_at: int | None = None
) -> tuple[Run, list[int]]:
    run, done = Run(folder, small_model(seed), plan), []
    critic = run.beside("critic", small_model(seed + 1), scale=0.5)
    for step in run.steps():
        if step == stop_at:
            break
        batch = torch.randn(plan.batch, 3, generator=chance(step, plan.seed))
        run.update((run.model(batch) - batch[:, :2]).square().mean())
        run.improve(critic, critic.model(batch).square().mean())
        done.append(step)
    return run, done


@pytest.mark.parametrize("accumulate", [1, 2])
@pytest.mark.parametrize(("stop_at", "goes_on"), [(3, 3), (5, 3), (6, 6), (2, 0)])
def test_it_ends_with_the_same_weights_when_it_was_stopped(
    tmp_path: Path, stop_at: int, goes_on: int, accumulate: int
) -> None:
    plan = replace(PLAN, accumulate=accumulate)
    whole, _ = train_small(tmp_path / "whole", plan)
    train_small(tmp_path / "halves", plan, stop_at=stop_at * accumulate)
    # Another seed: everything must come from the state file, where there is one.
    halves, done = train_small(tmp_path / "halves", plan, seed=9 if goes_on else 0)
    assert done == list(range(goes_on * accumulate, 7 * accumulate))
    for first, second in (
        (halves.model, whole.model),
        (halves.averaged, whole.averaged),
        (halves.others["critic"].model, whole.others["critic"].model),
    ):
        torch.testing.assert_close(first.state_dict(), second.state_dict(), atol=0, rtol=0)
    assert train_small(tmp_path / "halves", plan)[1] == []


def test_it_leaves_the_chance_of_others_alone_when_it_trains(tmp_path: Path) -> None:
    run = Run(tmp_path, small_model(0), PLAN)
    before = torch.get_rng_state()
    drawn = set()
    for _ in run.steps():
        run.update(run.model(torch.ones(4, 3)).square().mean())
        drawn.add(float(torch.rand(())))
    assert len(drawn) == PLAN.steps
    assert torch.equal(torch.get_rng_state(), before)


def test_it_averages_as_written_when_training(tmp_path: Path) -> None:
    run = Run(tmp_path, small_model(0), replace(PLAN, steps=12, ema=0.5))
    slow = {name: p.detach().clone() for name, p in run.model.named_parameters()}
    for step in run.steps():
        run.update(run.model(torch.randn(4, 3, generator=seeded(step))).square().mean())
        decay = min(0.5, (1 + step) / (10 + step))
        for name, fast in run.model.named_parameters():
            slow[name] = decay * slow[name] + (1 - decay) * fast.detach()
    averaged = dict(run.averaged.named_parameters())
    torch.testing.assert_close(averaged, slow)
    live = dict(run.model.named_parameters())
    assert any(not torch.allclose(averaged[name], live[name]) for name in live)


def test_it_hands_out_the_average_when_it_saves(tmp_path: Path) -> None:
    saved: list[int] = []

    def train() -> None:
        run = Run(tmp_path, small_model(0), PLAN, lambda model, step: saved.append(step))
        for step in run.steps():
            run.update(run.model(torch.randn(4, 3, generator=seeded(step))).square().mean())

    train()
    assert saved == [3, 6, 7]
    files = [".lock", "log.jsonl", "state.pt"]
    assert sorted(path.name for path in tmp_path.iterdir()) == files
    train()  # it may have been killed between its last state and what it hands out
    assert saved == [3, 6, 7, 7]


def test_it_equals_one_big_batch_when_it_accumulates(tmp_path: Path) -> None:
    found = []
    for accumulate in (1, 4):
        model = tiny.shake(nn.Sequential(nn.Linear(3, 5), nn.Tanh(), nn.Linear(5, 2)), 0)
        plan = replace(PLAN, batch=8 // accumulate, accumulate=accumulate)
        run = Run(tmp_path / str(accumulate), model, plan)
        for number in run.steps():
            first = number * plan.batch
            rows = [torch.randn(3, generator=seeded(first + i)) for i in range(plan.batch)]
            batch = torch.stack(rows)
            run.update((run.model(batch) - batch[:, :2]).square().mean())
        found.append(run)
    torch.testing.assert_close(found[0].model.state_dict(), found[1].model.state_dict())
    averages = [run.averaged.state_dict() for run in found]
    torch.testing.assert_close(*averages)


@pytest.fixture
def bf16() -> Iterator[None]:
    """Accelerate keeps one precision a process."""
    AcceleratorState._reset_state()
    yield
    AcceleratorState._reset_state()


@pytest.mark.usefixtures("bf16")
def test_it_computes_in_half_and_keeps_whole_weights_when_asked(tmp_path: Path) -> None:
    run = Run(tmp_path, nn.Linear(3, 2), replace(PLAN, precision="bf16"))
    batch = torch.randn(4, 3, generator=seeded(0))
    exact = batch @ run.model.weight.T + run.model.bias  # type: ignore[operator]
    rounded = run.model(batch)
    torch.testing.assert_close(rounded, exact, atol=0.05, rtol=0.05)
    assert not torch.allclose(rounded, exact, atol=1e-6, rtol=0)
    for _ in run.steps():
        run.update(run.model(batch).square().mean())
    assert {p.dtype for p in run.model.parameters()} == {torch.float32}


@pytest.mark.parametrize("data", [b"", b"\x80\x02cos\nsystem\n."])
def test_it_advises_nobody_to_load_a_state_unsafely(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "state.pt").write_bytes(data)
    with pytest.raises(TrainingError, match="is damaged; move it away") as caught:
        Run(tmp_path, small_model(0), PLAN)
    assert "weights_only" not in str(caught.value)


def test_it_does_not_go_on_with_other_data(tmp_path: Path) -> None:
    for data in ("first", "first", None):
        run = Run(tmp_path, small_model(0), PLAN, data=data)
        run.save()
    Run(tmp_path, small_model(0), PLAN, data="of a state that did not say").save()
    with pytest.raises(TrainingError, match="was begun with other data: go on with those"):
        Run(tmp_path, small_model(0), PLAN, data="second")


def test_it_refuses_a_batch_that_processes_cannot_share(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Accelerator, "num_processes", property(lambda self: 2))
    with pytest.raises(ValueError, match="a batch of 5 cannot be shared by 2 processes"):
        Run(tmp_path, small_model(0), replace(PLAN, batch=5))


def test_it_lets_no_second_run_into_its_folder(tmp_path: Path) -> None:
    first = Run(tmp_path, small_model(0), PLAN).steps()
    next(first)
    with pytest.raises(BusyError, match=f"another run is at work in {tmp_path}"):
        next(Run(tmp_path, small_model(0), PLAN).steps())
    assert isinstance(first, Generator)
    first.close()
    next(Run(tmp_path, small_model(0), PLAN).steps())


@pytest.mark.parametrize("name", ["bart", "vqgan"])
def test_it_finds_the_same_gradients_when_activations_are_computed_again(name: str) -> None:
    def gradients(is_checkpointed: bool) -> dict[str, Tensor]:
        model: nn.Module = tiny.bart(dropout=0.3) if name == "bart" else tiny.vqgan()
        inputs = torch.rand(1, 3, 32, 32, generator=seeded(1))
        if is_checkpointed:
            checkpoint_layers(model)
        model.train()
        with torch.random.fork_rng():
            torch.manual_seed(5)
            if name == "bart":
                ids = torch.arange(3).view(1, 3)
                out = model(ids, torch.ones(1, 3, dtype=torch.bool), ids)
            else:
                out = model.paint(model.latents(inputs))  # type: ignore[operator]
            out.square().mean().backward()
        return {n: p.grad for n, p in model.named_parameters() if p.grad is not None}

    expected = gradients(is_checkpointed=False)
    assert len(expected) > 20
    torch.testing.assert_close(gradients(is_checkpointed=True), expected)


def test_it_names_the_last_good_state_when_the_loss_is_no_number(tmp_path: Path) -> None:
    run, _ = train_small(tmp_path, stop_at=5)
    before = run.state_file.read_bytes()
    weights = {name: p.detach().clone() for name, p in run.model.named_parameters()}
    for value in (math.nan, math.inf):
        loss = run.model(torch.ones(2, 3)).sum() * value
        with pytest.raises(TrainingError, match=rf"became (nan|-?inf) at step 5.*{run.state_file}"):
            run.update(loss)
    torch.testing.assert_close(dict(run.model.named_parameters()), weights, atol=0, rtol=0)
    assert run.state_file.read_bytes() == before


def test_it_stops_before_the_weights_are_spoiled_when_a_gradient_is_no_number(
    tmp_path: Path,
) -> None:
    run, _ = train_small(tmp_path, stop_at=5)
    loss = (run.model(torch.ones(2, 3)) * 0).square().sum().sqrt()  # zero, with a gradient of 0/0
    assert math.isfinite(float(loss.detach()))
    with pytest.raises(TrainingError, match=str(run.state_file)):
        run.update(loss)
    assert all(bool(p.isfinite().all()) for p in run.model.parameters())


@contextmanager
def small_disk() -> Iterator[None]:
    """No file can grow beyond a kilobyte, the test runner's own neither: writing fails."""
    old = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1024, old[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, old)


def test_it_leaves_the_state_file_alone_when_the_disk_is_full(tmp_path: Path) -> None:
    run, _ = train_small(tmp_path, stop_at=5)
    before = run.state_file.read_bytes()
    with (
        small_disk(),
        pytest.raises(TrainingError, match=r"state\.pt could not be .*untouched"),
    ):
        run.save()
    assert run.state_file.read_bytes() == before
    assert {path.name for path in tmp_path.iterdir()} == {".lock", "state.pt"}


def test_it_leaves_the_weights_alone_when_the_disk_is_full(tmp_path: Path) -> None:
    target = tmp_path / "model.safetensors"
    save_weights(small_model(0), target)
    before = target.read_bytes()
    with small_disk(), pytest.raises(TrainingError, match=r"model\.safetensors could not be saved"):
        save_weights(nn.Linear(40, 40), target)
    assert target.read_bytes() == before
    assert list(tmp_path.iterdir()) == [target]


@pytest.mark.parametrize("damage", ["cut", "foreign"])
def test_it_says_so_when_the_state_is_not_its_own(tmp_path: Path, damage: str) -> None:
    run, _ = train_small(tmp_path)
    if damage == "cut":
        run.state_file.write_bytes(run.state_file.read_bytes()[:-100])
        model: nn.Module = small_model(0)
    else:
        model = nn.Linear(2, 2)
    with pytest.raises(TrainingError, match=r"state\.pt does not belong .*start anew"):
        Run(tmp_path, model, PLAN)


@pytest.mark.parametrize("name", ["steps", "batch", "accumulate", "save_every"])
def test_it_refuses_when_a_plan_counts_below_one(name: str) -> None:
    wrong: dict[str, Any] = {name: 0}
    with pytest.raises(ValueError, match=f"{name} must be at least 1, not 0"):
        replace(PLAN, **wrong)


def test_it_rises_and_falls_when_asked_for_the_rate() -> None:
    plan = Plan(steps=110, batch=1, rate=2.0, warmup=10)
    assert [plan.rate_at(step) for step in (0, 4, 9)] == pytest.approx([0.2, 1.0, 2.0])
    assert plan.rate_at(10) == pytest.approx(2.0)
    assert plan.rate_at(60) == pytest.approx(1.0)
    assert plan.rate_at(110) == pytest.approx(0.0)
    assert plan.rate_at(500) == pytest.approx(0.0)


def test_it_stays_at_its_peak_until_it_cools_down_along_a_line() -> None:
    plan = replace(PLAN, steps=100, warmup=10, rate=2.0, cooldown=20)
    assert plan.rate_at(4) == pytest.approx(1.0)
    assert [plan.rate_at(step) for step in (10, 50, 80)] == pytest.approx([2.0, 2.0, 2.0])
    assert [plan.rate_at(step) for step in (85, 90, 100, 500)] == pytest.approx([1.5, 1.0, 0, 0])


def test_it_gives_each_step_its_own_chance_when_repeated() -> None:
    draws = {
        (step, seed): float(torch.rand((), generator=chance(step, seed)))
        for step in range(50)
        for seed in range(3)
    }
    assert len(set(draws.values())) == 150
    assert float(torch.rand((), generator=chance(7, 2))) == draws[7, 2]


def test_it_decays_matrices_alone_when_it_trains(tmp_path: Path) -> None:
    run = Run(tmp_path, small_model(0), replace(PLAN, steps=1, weight_decay=0.5, warmup=0))
    before = {name: p.detach().clone() for name, p in run.model.named_parameters()}
    for _ in run.steps():
        run.update(torch.stack([p.sum() * 0 for p in run.model.parameters()]).sum())
    for name, parameter in run.model.named_parameters():
        shrunk = before[name] * (1 - 1e-2 * 0.5) if parameter.dim() >= 2 else before[name]
        torch.testing.assert_close(parameter.detach(), shrunk, msg=name)


def test_it_learns_at_its_own_pace_when_it_stands_beside(tmp_path: Path) -> None:
    run, _ = train_small(tmp_path, replace(PLAN, steps=1, warmup=0))
    [rate] = {group["lr"] for group in run.learner.optimisers[0].param_groups}
    [other] = {group["lr"] for group in run.others["critic"].optimisers[0].param_groups}
    assert (rate, other) == (PLAN.rate, PLAN.rate / 2)


def test_it_records_means_of_what_was_said_when_figures_come_late(tmp_path: Path) -> None:
    run = Run(tmp_path, nn.Linear(1, 1), replace(PLAN, steps=4))
    for step in run.steps():
        run.update(run.model(torch.ones(1, 1)).sum() * 0 + step, always=2.0 * step)
        if step >= 2:
            run.note(late=float(step))
    [line] = lines_of(tmp_path)
    assert (line["step"], line["loss"], line["always"], line["late"]) == (4, 1.5, 3.0, 2.5)
    assert line["samples_per_second"] > 0


def test_it_forgets_what_never_was_when_it_goes_on(tmp_path: Path) -> None:
    train_small(tmp_path, stop_at=4)
    log = tmp_path / "log.jsonl"
    log.write_text('{"step": 2, "loss": 1.0}\n{"step": 4, "loss": 0.5}\n{"step": 5, "lo')
    Run(tmp_path, small_model(0), PLAN)
    assert [line["step"] for line in lines_of(tmp_path)] == [2]


@pytest.mark.long
def test_it_ends_with_the_same_weights_when_two_processes_share_the_work(tmp_path: Path) -> None:
    program = [
        sys.executable,
        "-m",
        "torch.distributed.run",
        "--nproc-per-node",
        "2",
        "--standalone",
    ]
    program += ["--module", "tests.generator.training.together", str(tmp_path / "two"), "2"]
    subprocess.run(program, check=True, timeout=400, env={**os.environ, "OMP_NUM_THREADS": "1"})
    together.train(tmp_path / "one", accumulate=1)
    one, two = (
        torch.load(tmp_path / name / "state.pt", weights_only=True) for name in ("one", "two")
    )
    torch.testing.assert_close(two, one)
    assert [line["step"] for line in lines_of(tmp_path / "two")] == [5]
