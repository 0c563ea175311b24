"""What measurements of the model need: clocks, memory, and what the machine can do."""

import os
import platform
import statistics
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import torch
from torch import Tensor

STATUS, CLEAR = Path("/proc/self/status"), Path("/proc/self/clear_refs")
CPU_INFO = Path("/proc/cpuinfo")
CALLS = 20  # of one short piece of work between two looks at the clock


def synchronise(device: torch.device) -> None:
    if device.type == "cuda":
        torch.cuda.synchronize(device)


def seconds_of(
    work: Callable[[], object], device: torch.device, *, repeats: int = 3, warm_up: int = 1
) -> list[float]:
    """Seconds of each of `repeats` runs, after `warm_up` runs that are not timed."""
    times = []
    for run in range(warm_up + repeats):
        synchronise(device)
        started = time.perf_counter()
        work()
        synchronise(device)
        if run >= warm_up:
            times.append(time.perf_counter() - started)
    return times


class Stopwatch:
    """Seconds between marks, by the name of what has just ended."""

    def __init__(self, device: torch.device) -> None:
        self.device = device
        self.parts: dict[str, float] = {}
        synchronise(device)
        self._last = time.perf_counter()

    def mark(self, name: str) -> None:
        synchronise(self.device)
        now = time.perf_counter()
        self.parts[name] = now - self._last
        self._last = now


class Memory:
    """Bytes held beyond those when this was made: make it after the imports.

    On a GPU these are torch's own counts; else the resident set, which only Linux tells.
    """

    def __init__(self, device: torch.device) -> None:
        if device.type != "cuda" and not STATUS.is_file():
            raise OSError(f"peak memory is read from {STATUS}, which this system lacks")
        self.device = device
        self._start = 0 if device.type == "cuda" else _resident("VmRSS")

    def restart(self) -> None:
        """Forget the peak up to now."""
        if self.device.type == "cuda":
            torch.cuda.reset_peak_memory_stats(self.device)
        else:
            CLEAR.write_text("5")

    def peak(self) -> int:
        if self.device.type == "cuda":
            return torch.cuda.max_memory_allocated(self.device)
        return _resident("VmHWM") - self._start


def _resident(key: str) -> int:
    for line in STATUS.read_text().splitlines():
        name, _, value = line.partition(":")
        if name == key:
            return int(value.split()[0]) * 1024
    raise OSError(f"{STATUS} has no {key}")


def read_bandwidth(device: torch.device) -> float:
    """Bytes a second that torch reads from memory, far beyond what the caches hold."""
    rows = 2**16 if device.type == "cuda" else 2**13
    matrix = torch.ones(rows, 2**13, device=device)
    vector = torch.ones(2**13, device=device)
    ways: tuple[Callable[[], Tensor], ...] = (lambda: matrix @ vector, matrix.sum)
    return matrix.nbytes / min(min(seconds_of(way, device, repeats=5)) for way in ways)


@torch.inference_mode()
def linear_rate(linear: Callable[[Tensor], Tensor], rows: Tensor, outward: int) -> float:
    """Multiplications and additions a second of one linear map, its weights warm in the caches."""

    def work() -> None:
        for _ in range(CALLS):
            linear(rows)

    fastest = min(seconds_of(work, rows.device, repeats=5)) / CALLS
    return 2 * rows.numel() * outward / fastest


def machine(device: torch.device) -> str:
    """The machine that the figures come from, in one line."""
    if device.type == "cuda":
        return f"{torch.cuda.get_device_name(device)}, torch {torch.__version__}"
    lines = CPU_INFO.read_text().splitlines() if CPU_INFO.is_file() else []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    cores = os.cpu_count()
    return (
        f"{names[0] if names else platform.processor()}, {cores} cores, torch {torch.__version__}"
    )


def median(times: Sequence[float]) -> float:
    return statistics.median(times)
