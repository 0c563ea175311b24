"""Everything the original JAX code gave for small random checkpoints.

GOLDEN_DIR names the folder of vectors; its README says what they are. Every checkpoint goes
through the converter, every size is read from the files.
"""

import json
import os
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor

from generator.convert.folder import Options, convert
from tests.generator.checkpoints import smallest_clip, write_clip

GOLDEN = Path(os.environ.get("GOLDEN_DIR", "/nowhere"))
needs_golden = pytest.mark.skipif("GOLDEN_DIR" not in os.environ, reason="GOLDEN_DIR is not set")
STATES, SUPER, PIXELS = 5e-5, 5e-4, 1e-4
WHOLE = ("dallebart-mini", "dallebart-mega")
ALL = (*WHOLE, "dallebart-mega-fp16")
ELSEWHERE = {"sharded": "dallebart-mini", "chunked": "dallebart-mini"}
Vectors = dict[str, Tensor]
Open = Callable[[str], Path]


@cache
def vectors(folder: str) -> Vectors:
    with np.load(GOLDEN / folder / "expected.npz") as arrays:
        return {name: torch.from_numpy(np.asarray(array)) for name, array in arrays.items()}


def json_of(*parts: str) -> Any:
    return json.loads(GOLDEN.joinpath(*parts).read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Open:
    """Converts a BART of the golden set, once, together with the golden VQGAN."""
    clip = write_clip(tmp_path_factory.mktemp("clip"), smallest_clip())

    @cache
    def converted(name: str) -> Path:
        source = GOLDEN / ELSEWHERE.get(name, "") / name
        out = tmp_path_factory.mktemp("model") / "out"
        options = Options(
            tokenizer=GOLDEN / "tokenizer",
            word_frequency=GOLDEN / "text/enwiki-words-frequency.txt",
        )
        convert(source, GOLDEN / "vqgan", clip, out, options)
        return out

    return converted


def near(ours: Tensor, theirs: Tensor, tolerance: float) -> None:
    torch.testing.assert_close(ours, theirs.to(ours.dtype), rtol=0, atol=tolerance)
