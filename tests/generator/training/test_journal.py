"""What a run writes down: lines of figures, sample pictures, TensorBoard where there is one."""

import json
import sys
import types
from pathlib import Path
from typing import Any

import pytest
import torch

from generator.training.loop.journal import Journal


def lines_of(folder: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (folder / "log.jsonl").read_text().splitlines()]


class Board:
    """A TensorBoard that remembers."""

    def __init__(self, folder: str) -> None:
        self.said: list[tuple[Any, ...]] = [("folder", folder)]

    def add_scalar(self, *said: Any) -> None:
        self.said.append(said)

    def add_image(self, name: str, pixels: Any, step: int, dataformats: str) -> None:
        self.said.append((name, pixels.shape, step, dataformats))


@pytest.mark.parametrize("is_installed", [True, False])
def test_it_writes_to_tensorboard_as_well_when_there_is_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, is_installed: bool
) -> None:
    module = types.ModuleType("torch.utils.tensorboard")
    module.SummaryWriter = Board  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "torch.utils.tensorboard", module if is_installed else None)
    journal = Journal(tmp_path)
    journal.scalars(5, {"loss": 0.5})
    journal.grid(5, [torch.rand(3, 3, 8, 8), torch.rand(3, 3, 8, 8)])
    assert lines_of(tmp_path) == [{"step": 5, "loss": 0.5}]
    assert (tmp_path / "samples" / "0000005.png").is_file()
    if is_installed:
        assert journal._board.said == [
            ("folder", str(tmp_path / "tensorboard")),
            ("loss", 0.5, 5),
            ("samples", (16, 24, 3), 5, "HWC"),
        ]


def test_it_writes_nothing_when_another_process_does(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "run", is_writing=False)
    journal.scalars(1, {"loss": 1.0})
    journal.grid(1, [torch.rand(1, 3, 8, 8)])
    journal.rewind(0)
    assert list(tmp_path.iterdir()) == []
