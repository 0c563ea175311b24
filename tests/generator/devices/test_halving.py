"""Work in halves where memory is short."""

import re
import sys
from pathlib import Path

import pytest
import torch
from torch import Tensor

from generator.devices.halving import Halving, give_back_memory


class Machine:
    """Has room for `room` images at once, and keeps what it was given."""

    def __init__(self, room: int, error: type[RuntimeError] = torch.OutOfMemoryError) -> None:
        self.room, self.error = room, error
        self.done: list[int] = []
        self.tries = 0

    def __call__(self, rows: slice, columns: slice) -> Tensor:
        self.tries += 1
        table = torch.arange(40).view(5, 8)[rows, columns]
        if table.numel() > self.room:
            raise self.error("CUDA out of memory, or DefaultCPUAllocator: can't allocate memory")
        self.done.append(table.numel())
        return table


@pytest.mark.parametrize("room", [40, 39, 16, 8, 7, 3, 1])
@pytest.mark.parametrize("error", [torch.OutOfMemoryError, RuntimeError])
def test_it_gets_everything_in_order_however_little_fits(
    room: int, error: type[RuntimeError]
) -> None:
    machine, halving = Machine(room, error), Halving(40)
    found = halving.run(machine, 5, 8)
    assert torch.equal(found, torch.arange(40).view(5, 8))
    assert max(machine.done) <= room
    assert sum(machine.done) == 40


def test_it_remembers_what_fits() -> None:
    halving, first, second = Halving(40), Machine(10), Machine(10)
    halving.run(first, 5, 8)
    halving.run(second, 5, 8)
    assert first.tries > second.tries == len(second.done)


def test_it_never_tries_more_than_it_may() -> None:
    machine = Machine(room=1000)
    Halving(6).run(machine, 5, 8)
    assert max(machine.done) <= 6


def test_it_gives_up_when_one_image_does_not_fit() -> None:
    with pytest.raises(torch.OutOfMemoryError):
        Halving(8).run(Machine(room=0), 5, 8)


def test_it_passes_other_errors_on() -> None:
    def work(rows: slice, columns: slice) -> Tensor:
        raise RuntimeError("shapes do not match")

    with pytest.raises(RuntimeError, match="shapes do not match"):
        Halving(8).run(work, 1, 8)


def test_it_refuses_to_do_nothing_at_once() -> None:
    with pytest.raises(ValueError, match="at least one image at once, not 0"):
        Halving(0)


@pytest.mark.skipif(sys.platform != "linux", reason="resident memory is read from /proc")
def test_it_gives_back_what_was_freed() -> None:
    torch.ones(7 * 2**20)  # once so much was freed, glibc keeps smaller ones on its heap
    parts = [torch.ones(2**19) for _ in range(100)]
    held = parts[-1]
    before = resident()
    del parts
    give_back_memory()
    assert resident() < before - 150 * 2**20
    assert held.sum() == 2**19


def resident() -> int:
    status = Path("/proc/self/status").read_text()
    [kilobytes] = re.findall(r"VmRSS:\s+(\d+) kB", status)
    return 1024 * int(kilobytes)
