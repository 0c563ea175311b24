"""The model card: what a model was made of and what it can be expected to do."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

NAME, GRID = "README.md", "samples.png"


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    name: str
    licence: str
    data: str
    pictures: int
    held_out: int
    broken: int
    parts: dict[str, str]

    def write(self, runs: Path, folder: Path) -> None:
        """Put README.md and the last grid of held-out captions into a model folder."""
        samples = sorted((runs / "bart" / "samples").glob("*.png"))
        if samples:
            (folder / GRID).write_bytes(samples[-1].read_bytes())
        (folder / NAME).write_text(self.text(runs, has_grid=bool(samples)), encoding="utf-8")

    def text(self, runs: Path, *, has_grid: bool) -> str:
        rows = [
            f"| {part} | {what} | {_end_of(runs / part)} |" for part, what in self.parts.items()
        ]
        grid = [
            "## Captions that it did not learn from",
            f"Above: the pictures as the VQGAN keeps them. Below: drawn.\n\n![]({GRID})\n",
        ]
        return "\n".join(
            [
                f"# {self.name}\n",
                f"Licence: {self.licence}\n",
                f"Trained on {self.pictures} captioned pictures of `{self.data}`; {self.held_out} "
                f"more were held out, {self.broken} could not be used.\n",
                "| part | size | end of training |",
                "|---|---|---|",
                *rows,
                "",
                *(grid if has_grid else []),
                "## Limits",
                "It draws what its captions told of, in their words; other words are read letter "
                "by letter and mean little. Nothing was measured but the losses above.\n",
                f"    python -m generator draw PROMPT --model {self.name} --out DIR",
                "",
            ]
        )


def _end_of(folder: Path) -> str:
    """The last figures of a run: what was logged at its last step."""
    file = folder / "log.jsonl"
    if not file.is_file():
        return "given"
    last: dict[str, Any] = {}
    for line in file.read_text(encoding="utf-8").splitlines():
        last |= json.loads(line)
    figures = [f"{n} {last[n]:.3f}" for n in ("loss", "held_out", "psnr") if n in last]
    return ", ".join([f"step {last['step']}", *figures])
