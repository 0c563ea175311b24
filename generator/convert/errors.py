"""What goes wrong when a checkpoint is converted."""

from generator.folders.manifest import WeightsError


class ConvertError(WeightsError):
    """A checkpoint is missing, incomplete, damaged, or of a kind that is not known here."""


def some(names: list[str]) -> str:
    """The first few of many names."""
    rest = f" and {len(names) - 3} more" if len(names) > 3 else ""
    return ", ".join(names[:3]) + rest
