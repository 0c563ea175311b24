"""Which tensor of a checkpoint becomes which of ours, with every one of both accounted for."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from generator.convert.errors import ConvertError, some
from generator.convert.formats.layout import Layout
from generator.convert.formats.safetensors_file import Entry
from generator.convert.formats.stored import Shape, Stored


@dataclass(frozen=True, slots=True)
class Origin:
    """Where one tensor of ours comes from: slice `row` of `rows` stacked ones, or a whole one."""

    name: str
    layout: Layout = Layout.SAME
    row: int | None = None
    rows: int = 0


@dataclass(frozen=True, slots=True)
class Step:
    """One tensor of ours and what it is made from."""

    name: str
    shape: Shape
    stored: Stored
    origin: Origin

    def make(self, dtype: torch.dtype) -> Tensor:
        tensor = self.origin.layout.ours(self.stored.read(self.origin.row))
        made = tensor.to(dtype)
        if dtype is torch.float16 and tensor.dtype is not dtype and made.isinf().any():
            raise ConvertError(f"{self.stored.name} holds numbers too large for float16")
        return made


Plan = list[Step]
Find = Callable[[str, Shape], Origin]


def shapes_of(build: Callable[[], nn.Module], source: object) -> dict[str, Shape]:
    """The tensors a network is made of; it is built without memory for them."""
    try:
        with torch.device("meta"):
            module = build()
    except (RuntimeError, TypeError, ValueError, OverflowError) as error:
        raise ConvertError(f"{source}: no network has these sizes: {error}") from error
    return {name: tuple(tensor.shape) for name, tensor in module.state_dict().items()}


def make_plan(
    wanted: Mapping[str, Shape], find: Find, tensors: Mapping[str, Stored], source: object
) -> Plan:
    """Pair every tensor of ours with its origin.

    Raises:
        ConvertError: one is missing, surplus or misshapen, under its original name.
    """
    origins = {name: find(name, shape) for name, shape in wanted.items()}
    needed = {origin.name for origin in origins.values()}
    if missing := sorted(needed - tensors.keys()):
        raise ConvertError(f"{source} lacks {some(missing)}")
    if surplus := sorted(tensors.keys() - needed):
        raise ConvertError(f"{source} has surplus {some(surplus)}")
    for name, shape in wanted.items():
        _check_shape(tensors[origins[name].name], origins[name], shape, source)
    return [Step(n, wanted[n], tensors[o.name], o) for n, o in origins.items()]


def _check_shape(stored: Stored, origin: Origin, shape: Shape, source: object) -> None:
    stack: Shape = () if origin.row is None else (origin.rows,)
    found = stored.shape
    if found[: len(stack)] != stack or not origin.layout.fits(found[len(stack) :], shape):
        expected = stack + origin.layout.expected(shape)
        raise ConvertError(f"{source}: {origin.name} has shape {found}, expected {expected}")


def dtype_of(plan: Plan) -> torch.dtype:
    """What a network is written in unless told otherwise: float16 if all of it is."""
    is_half = all(step.stored.dtype is torch.float16 for step in plan)
    return torch.float16 if is_half else torch.float32


def entries_of(plan: Plan, dtype: torch.dtype) -> list[Entry]:
    return [_entry(step, dtype) for step in plan]


def _entry(step: Step, dtype: torch.dtype) -> Entry:
    return Entry(step.name, step.shape, dtype, lambda: step.make(dtype))
