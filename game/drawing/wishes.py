"""What editors want of a drawing other than the model's own way."""

from dataclasses import dataclass, field
from typing import Any

Settings = dict[str, Any]
SAMPLING = ("condition_scale", "temperature", "top_k", "top_p")


@dataclass(frozen=True, slots=True)
class Wishes:
    # Those of SAMPLING that differ from the model's own; a filter that is None is off.
    sampling: Settings = field(default_factory=dict)
    seed: int | None = None
    keeps_chosen: bool = False


def of(sampling: dict[str, Any]) -> Settings:
    """The settings among what is stored with a puzzle."""
    return {name: sampling[name] for name in SAMPLING if name in sampling}
