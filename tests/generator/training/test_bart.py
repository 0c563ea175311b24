"""Training BART: captions that drop, codes that wait on disk, losses that fall."""

import math
from collections.abc import Iterator
from dataclasses import replace
from itertools import islice
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor
from torch.nn import functional as F

from generator.config import TINY_BART
from generator.folders.weights import load_tensors
from generator.networks.bart import Bart
from generator.reading.tokenizer import CaptionTokenizer
from generator.sources.in_order import InOrder, Placed
from generator.training import bart
from generator.training.codes.encoded import CodeFile, write_codes
from generator.training.codes.rows import Rows
from generator.training.loop.errors import TrainingError
from generator.training.loop.plan import Plan
from generator.training.loop.run import Run
from generator.training.loop.stream import WorldStream, bundled_world
from tests.generator import tiny
from tests.generator.training.test_run import seeded

PLAN = Plan(steps=40, batch=6, rate=1e-2, warmup=5, ema=0.5)
CODES = torch.randint(TINY_BART.codes, (6, 16), generator=seeded(1))


class Known:
    """One batch for ever, or until a caption is missing."""

    identity = "known"

    def batches(self, first: int = 0) -> Iterator[tuple[list[str], Tensor]]:
        while True:
            yield tiny.CAPTIONS, CODES


def nats(logits: Tensor) -> float:
    return float(F.cross_entropy(logits.flatten(0, 1), CODES.flatten()))


@pytest.fixture(scope="session")
def tokenizer_file(tmp_path_factory: pytest.TempPathFactory, tokenizer: CaptionTokenizer) -> Path:
    path = tmp_path_factory.mktemp("tokenizer") / "tokenizer.json"
    tokenizer.save(path)
    return path


def test_it_learns_one_batch_by_heart_when_it_sees_it_often(
    tmp_path: Path, tokenizer: CaptionTokenizer, tokenizer_file: Path
) -> None:
    bart.train_bart(tmp_path, Known(), tokenizer_file, PLAN, TINY_BART)
    model = Bart(TINY_BART)
    model.load_state_dict(load_tensors(tmp_path / "model.safetensors"))
    ids, mask = bart.caption_rows(tokenizer, tiny.CAPTIONS, torch.zeros(6))
    with torch.no_grad():
        logits = model.eval()(ids, mask, CODES)
        fresh = bart.first_bart(TINY_BART, None, seed=0)(ids, mask, CODES)
    assert nats(fresh) == pytest.approx(math.log(33), abs=0.3)
    assert nats(logits) < 0.5


def test_it_starts_from_given_weights_when_asked(tmp_path: Path, tokenizer_file: Path) -> None:
    plan = replace(PLAN, steps=1, rate=0.0)
    bart.train_bart(tmp_path / "first", Known(), tokenizer_file, plan, TINY_BART)
    other = replace(plan, seed=1)
    bart.train_bart(tmp_path / "new", Known(), tokenizer_file, other, TINY_BART)
    bart.train_bart(
        tmp_path / "next", Known(), tokenizer_file, other, TINY_BART, tmp_path / "first"
    )
    weights = {
        name: (tmp_path / name / "model.safetensors").read_bytes()
        for name in ("first", "new", "next")
    }
    assert weights["next"] == weights["first"] != weights["new"]


def test_it_learns_codes_without_captions_when_they_drop(
    tmp_path: Path, tokenizer_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[int] = []
    rows = bart.caption_rows

    def counting(
        tokenizer: CaptionTokenizer, captions: list[str], drop: Tensor, normalise: bart.Normalise
    ) -> tuple[Tensor, Tensor]:
        seen.append(int(drop.sum()))
        return rows(tokenizer, captions, drop, normalise)

    monkeypatch.setattr(bart, "caption_rows", counting)
    bart.train_bart(tmp_path, Known(), tokenizer_file, replace(PLAN, steps=30), TINY_BART)
    assert sum(seen) == pytest.approx(30 * 6 * bart.CAPTION_DROPOUT, abs=14)


def test_it_empties_captions_when_they_are_dropped(tokenizer: CaptionTokenizer) -> None:
    drop = torch.tensor([False, True, False])
    ids, mask = bart.caption_rows(tokenizer, ["A Fox!", "an owl", "a dog"], drop)
    expected, expected_mask = tokenizer(["a fox", "", "a dog"])
    width = int(expected_mask.sum(1).max())
    assert ids.shape == (3, width)
    assert ids.tolist() == expected[:, :width].tolist()
    assert mask.tolist() == expected_mask[:, :width].tolist()


def world_stream(batch: int, rows: slice = slice(None)) -> WorldStream:
    return WorldStream(bundled_world(size=48), 3, batch, rows)


def test_it_gives_the_same_batch_when_a_step_is_asked_again() -> None:
    stream = world_stream(2)
    scenes = stream.scenes(5)
    assert scenes == [bundled_world(size=48).scene(3, index) for index in (10, 11)]
    assert not set(scenes) & set(stream.scenes(6))
    images = stream.images(scenes)
    assert (images.shape, images.dtype) == ((2, 3, 48, 48), torch.float32)
    assert 0 <= float(images.min()) < float(images.max()) <= 1
    pixels = torch.from_numpy(bundled_world(size=48).render(scenes[1]))
    torch.testing.assert_close(images[1], pixels.permute(2, 0, 1) / 255)
    batch = next(stream.batches(5))
    assert torch.equal(batch.images, images)
    assert batch.captions == stream.captions(scenes, 5)


def test_it_shares_a_batch_when_there_are_more_processes() -> None:
    whole = next(world_stream(4).batches(2))
    parts = [next(world_stream(4, slice(rank, 4, 2)).batches(2)) for rank in range(2)]
    assert torch.equal(torch.stack([p.images for p in parts], 1).flatten(0, 1), whole.images)
    assert [parts[i % 2].captions[i // 2] for i in range(4)] == whole.captions


class Numbered(InOrder):
    """Ten grey pictures, captioned by their number; number 7 is broken."""

    def __init__(self, broken_from: int | None = None) -> None:
        self.broken_from, self.identity = broken_from, "ten greys"

    def __len__(self) -> int:
        return 10

    def batches(self, first: int = 0) -> Iterator[Placed]:
        for start in range(first, 10, 2):
            numbers = [n for n in range(start, min(start + 2, 10)) if n != 7]
            if self.broken_from is not None and start >= self.broken_from:
                raise KeyboardInterrupt
            images = torch.stack([torch.full((3, 32, 32), n / 20) for n in numbers])
            broken = {"7": "it is broken"} if start <= 7 < start + 2 else {}
            yield Placed(images, [f"número {n}" for n in numbers], numbers, broken)


def pairs_of(folder: Path, steps: int, batch: int = 3) -> list[tuple[str, list[int]]]:
    file = CodeFile(folder, tiny.vqgan(), batch)
    found = []
    for captions, codes in islice(file.batches(), steps):
        found += list(zip(captions, codes.tolist(), strict=True))
    return found


def test_it_reads_every_picture_once_an_epoch_when_codes_wait_on_disk(tmp_path: Path) -> None:
    model = tiny.vqgan()
    assert write_codes(tmp_path, model, Numbered()) == 9
    expected: dict[str, list[int]] = {}
    for batch in Numbered().batches():
        encoded = model.encode(batch.images).tolist()
        expected |= dict(zip(batch.captions, encoded, strict=True))
    found = pairs_of(tmp_path, 9)
    epochs = [found[:9], found[9:18], found[18:]]
    for epoch in epochs:
        assert dict(epoch) == expected
    assert epochs[0] != epochs[1] != epochs[2]
    assert pairs_of(tmp_path, 9) == found
    file = CodeFile(tmp_path, model, 3)
    captions, codes = next(file.batches(4))
    assert list(zip(captions, codes.tolist(), strict=True)) == found[12:15]


@pytest.mark.parametrize("torn", ["codes.bin", "places.bin", "ends.bin", "captions.bin"])
def test_it_goes_on_when_encoding_was_killed(tmp_path: Path, torn: str) -> None:
    model = tiny.vqgan()
    write_codes(tmp_path / "whole", model, Numbered())
    with pytest.raises(KeyboardInterrupt):
        write_codes(tmp_path / "torn", model, Numbered(broken_from=5))
    if torn == "captions.bin":  # which is written first
        with (tmp_path / "torn" / torn).open("ab") as file:
            file.write(b"half a capt")
    else:
        data = (tmp_path / "torn" / torn).read_bytes()
        (tmp_path / "torn" / torn).write_bytes(data[:-5])
    assert write_codes(tmp_path / "torn", model, Numbered()) == 9
    for name in ("codes.bin", "places.bin", "ends.bin", "captions.bin"):
        assert (tmp_path / "torn" / name).read_bytes() == (tmp_path / "whole" / name).read_bytes()


def test_it_refuses_codes_when_they_are_of_another_vqgan(tmp_path: Path) -> None:
    write_codes(tmp_path, tiny.vqgan(), Numbered())
    with pytest.raises(ValueError, match="made with another vqgan: remove it"):
        CodeFile(tmp_path, tiny.vqgan(seed=1), 2)
    with pytest.raises(ValueError, match="made with another vqgan: remove it"):
        write_codes(tmp_path, tiny.vqgan(seed=1), Numbered())
    others = Numbered()
    others.identity = "other greys"
    with pytest.raises(ValueError, match="made with another data: remove it"):
        write_codes(tmp_path, tiny.vqgan(), others)


def test_it_refuses_when_there_are_no_codes(tmp_path: Path) -> None:
    with pytest.raises(KeyboardInterrupt):
        write_codes(tmp_path, tiny.vqgan(), Numbered(broken_from=0))
    with pytest.raises(ValueError, match="holds no codes"):
        CodeFile(tmp_path, tiny.vqgan(), 2)


def test_it_gives_back_rows_when_they_were_appended(tmp_path: Path) -> None:
    rows = Rows(tmp_path / "rows.bin", (2, 3), np.uint16)
    assert (len(rows), rows.read().shape) == (0, (0, 2, 3))
    first, second = (np.arange(12 * n, 12 * n + 12).reshape(2, 2, 3) for n in (0, 1))
    rows.append(first)
    rows.append(second)
    assert rows.read().tolist() == [*first.tolist(), *second.tolist()]
    rows.cut(3)
    assert rows.read().tolist() == [*first.tolist(), second[0].tolist()]
    with pytest.raises(ValueError, match=r"holds rows of \(2, 3\), not \(3,\)"):
        rows.append(np.zeros((1, 3)))


def test_it_learns_from_codes_on_disk_when_given_a_folder(
    tmp_path: Path, tokenizer_file: Path
) -> None:
    write_codes(tmp_path / "codes", tiny.vqgan(), Numbered())
    source = CodeFile(tmp_path / "codes", tiny.vqgan(), PLAN.batch)
    bart.train_bart(tmp_path / "run", source, tokenizer_file, replace(PLAN, steps=2), TINY_BART)
    run = Run(tmp_path / "run", Bart(TINY_BART), PLAN)
    assert run.step == 2
    with pytest.raises(TrainingError, match="was begun with other data"):
        bart.train_bart(tmp_path / "run", Known(), tokenizer_file, PLAN, TINY_BART)
