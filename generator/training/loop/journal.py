"""What a run writes down: figures in log.jsonl, sample pictures as PNG, and both in TensorBoard
where the package `tensorboard` is installed."""

import json
import logging
from pathlib import Path
from typing import Any

import torch
from PIL import Image
from torch import Tensor

from generator.networks.vqgan import to_uint8

logger = logging.getLogger(__name__)


class Journal:
    """The records of one run folder; only one of several processes writes."""

    def __init__(self, folder: Path, *, is_writing: bool = True) -> None:
        self.folder, self.is_writing = folder, is_writing
        self.file = folder / "log.jsonl"
        self._board: Any = None

    def scalars(self, step: int, values: dict[str, float]) -> None:
        if not self.is_writing:
            return
        self.folder.mkdir(parents=True, exist_ok=True)
        with self.file.open("a", encoding="utf-8") as file:
            file.write(json.dumps({"step": step, **values}) + "\n")
        if board := self._tensorboard():
            for name, value in values.items():
                board.add_scalar(name, value, step)

    def grid(self, step: int, rows: list[Tensor]) -> None:
        """Record pictures, each row (N, 3, H, W) in [0, 1], as `samples/STEP.png`."""
        if not self.is_writing:
            return
        picture = torch.cat([torch.cat(list(row), dim=2) for row in rows], dim=1)
        pixels = to_uint8(picture[None])[0].cpu().numpy()
        target = self.folder / "samples" / f"{step:07}.png"
        target.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(pixels).save(target)
        if board := self._tensorboard():
            board.add_image("samples", pixels, step, dataformats="HWC")

    def rewind(self, step: int) -> None:
        """Forget what was written after `step`: it is about to happen again."""
        if not self.is_writing or not self.file.exists():
            return
        lines = self.file.read_text(encoding="utf-8").splitlines(keepends=True)
        kept = [line for line in lines if _step_of(line) <= step]
        if kept != lines:
            staging = self.file.with_suffix(".new")
            staging.write_text("".join(kept), encoding="utf-8")
            staging.replace(self.file)

    def _tensorboard(self) -> Any:
        if self._board is None:
            try:
                from torch.utils.tensorboard import SummaryWriter
            except ImportError:
                self._board = False
                logger.info("figures go to %s; install tensorboard to see curves", self.file)
            else:
                self._board = SummaryWriter(str(self.folder / "tensorboard"))
        return self._board


def _step_of(line: str) -> float:
    """The step of a line; a line cut short by a kill counts as never written."""
    try:
        return float(json.loads(line)["step"])
    except (ValueError, KeyError, TypeError):
        return float("inf")
