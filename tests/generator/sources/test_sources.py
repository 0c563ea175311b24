"""Captioned images: the same batches in any run, and what is broken passed over and counted."""

import io
import json
import sys
from collections import Counter
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image

from generator.sources.batches import Batch, CaptionedImages
from generator.sources.folder import FolderSource
from generator.sources.opening import open_source
from generator.sources.order import Order
from generator.sources.pixels import decode, fit
from generator.sources.records import BrokenRecord, SourceError
from generator.sources.shards import ShardSource, find_shards, read_shard
from tests.generator.sources.datasets import (
    caption_of,
    encoded,
    picture,
    write_folder,
    write_shard,
    write_tar,
)


def stream_of(place: Path | str, **options: Any) -> CaptionedImages:
    return CaptionedImages(open_source(str(place)), **{"size": 16, "batch": 4, **options})


def take(stream: CaptionedImages, count: int, first: int = 0) -> list[Batch]:
    return list(islice(stream.batches(first), count))


def captions(batches: list[Batch]) -> list[str]:
    return [caption for batch in batches for caption in batch.captions]


@pytest.fixture
def shards(tmp_path: Path) -> Path:
    for start in range(0, 40, 10):
        write_shard(tmp_path / "shards" / f"{start:02}.tar", range(start, start + 10))
    return tmp_path / "shards"


# Pixels


def test_it_resizes_and_crops_as_by_hand_when_a_picture_is_wide() -> None:
    image = picture(1, 96, 64)
    by_hand = image.crop((16, 0, 80, 64)).resize((16, 16), Image.Resampling.LANCZOS)
    expected = torch.from_numpy(np.array(by_hand)).permute(2, 0, 1) / 255
    found = fit(image, 16, "centre")
    assert found.dtype == torch.float32
    torch.testing.assert_close(found, expected, atol=3 / 255, rtol=0)


def test_it_crops_elsewhere_when_the_seed_is_another() -> None:
    image = picture(1, 200, 64)
    crops = [fit(image, 16, "random", (0, n)) for n in range(3)]
    assert torch.equal(crops[0], fit(image, 16, "random", (0, 0)))
    assert not torch.equal(crops[0], crops[1])
    assert not torch.equal(crops[1], crops[2])


def test_it_shows_white_when_a_picture_is_transparent() -> None:
    image = decode("x", encoded(Image.new("RGBA", (8, 8), (255, 0, 0, 0))))
    assert image.getpixel((0, 0)) == (255, 255, 255)


def test_it_turns_a_picture_when_its_camera_was_held_upright() -> None:
    image, file = picture(1, 90, 60), io.BytesIO()
    exif = Image.Exif()
    exif[0x0112] = 6
    image.save(file, "JPEG", exif=exif)
    assert decode("x", file.getvalue()).size == (60, 90)


@pytest.mark.parametrize("data", [b"", b"no picture", encoded(picture(1))[:300]])
def test_it_calls_a_picture_broken_when_it_cannot_be_decoded(data: bytes) -> None:
    with pytest.raises(BrokenRecord, match=r"^x: its picture (cannot be decoded|is of no)"):
        decode("x", data)


# Order


def test_it_visits_each_record_once_an_epoch_when_groups_differ_in_size() -> None:
    sizes = [3, 1, 0, 7, 4]
    order = Order(sizes, seed=5, window=2)
    everything = {(g, i) for g, size in enumerate(sizes) for i in range(size)}
    epochs = [[order(p) for p in range(e * 15, (e + 1) * 15)] for e in range(3)]
    assert all(set(epoch) == everything for epoch in epochs)
    assert epochs[0] != epochs[1] != epochs[2]
    again = Order(sizes, seed=5, window=2)
    assert [again(p) for p in range(30, 45)] == epochs[2]
    assert [Order(sizes, seed=6, window=2)(p) for p in range(15)] != epochs[0]


def test_it_reads_few_groups_at_a_time_when_there_are_many() -> None:
    order = Order([10] * 40, seed=0, window=4)
    for start in range(0, 400, 40):
        assert len({order(p)[0] for p in range(start, start + 40)}) == 4


# Batches


def test_it_yields_each_sample_once_an_epoch_when_read_from_shards(shards: Path) -> None:
    batches = take(stream_of(shards), 10)
    assert sorted(captions(batches)) == sorted(map(caption_of, range(40)))
    assert batches[0].images.shape == (4, 3, 16, 16)
    for caption, image in zip(batches[0].captions, batches[0].images, strict=True):
        expected = fit(picture(int(caption.split()[-1])), 16, "centre")
        torch.testing.assert_close(image, expected)


@pytest.mark.parametrize("workers", [0, 2])
def test_it_goes_on_as_if_never_stopped_when_entered_at_a_step(shards: Path, workers: int) -> None:
    whole = take(stream_of(shards, seed=3, crop="random"), 15)
    rest = take(stream_of(shards, seed=3, crop="random", workers=workers), 8, first=7)
    for straight, resumed in zip(whole[7:], rest, strict=True):
        assert straight.captions == resumed.captions
        assert torch.equal(straight.images, resumed.images)


def test_it_shares_an_epoch_out_when_there_are_two_processes(shards: Path) -> None:
    parts = [take(stream_of(shards, rank=r, ranks=2), 5) for r in range(2)]
    assert sorted(captions(parts[0] + parts[1])) == sorted(map(caption_of, range(40)))
    alone = take(stream_of(shards, batch=8), 5)
    both = [a.captions + b.captions for a, b in zip(*parts, strict=True)]
    assert both == [batch.captions for batch in alone]


def test_it_passes_over_what_is_broken_when_batches_are_made(tmp_path: Path) -> None:
    files = {f"{n}.png": encoded(picture(n)) for n in range(12)}
    files |= {f"{n}.txt": caption_of(n).encode() for n in range(12)}
    files |= {"3.png": b"rubbish", "5.txt": b"  ", "7.txt": b"\xff\xfe\xff"}
    del files["9.txt"], files["10.png"]
    write_tar(tmp_path / "a.tar", dict(sorted(files.items())))
    stream = stream_of(tmp_path)
    batches = take(stream, 30)
    good = {caption_of(n) for n in (0, 1, 2, 4, 6, 8, 11)}
    assert set(captions(batches)) == good
    assert all(len(batch.captions) == 4 for batch in batches)
    assert set(stream.tally.broken) == {f"a.tar/{n}" for n in (3, 5, 7, 9, 10)}
    assert stream.tally.broken["a.tar/5"] == "its caption is empty"
    assert stream.tally.broken["a.tar/9"] == "it has no caption"
    summary = stream.tally.summary()
    assert summary.startswith("120 read, 5 broken: a.tar/")
    assert summary.endswith("and 2 more")
    resumed = take(stream_of(tmp_path), 20, first=10)
    assert captions(resumed) == captions(batches[10:])


@pytest.mark.parametrize("workers", [0, 1])
def test_it_fails_when_everything_is_broken(tmp_path: Path, workers: int) -> None:
    write_tar(tmp_path / "a.tar", {"1.png": b"rubbish", "1.txt": b"a fox"})
    with pytest.raises(SourceError, match=r"^no record among more than 1000 .*a\.tar/1"):
        take(stream_of(tmp_path, workers=workers), 1)


def test_it_refuses_when_a_process_number_or_a_size_is_impossible(shards: Path) -> None:
    with pytest.raises(ValueError, match="process 2 of 2"):
        stream_of(shards, rank=2, ranks=2)
    with pytest.raises(ValueError, match="size 16 and batch 0"):
        stream_of(shards, batch=0)


# Shards


def test_it_reads_a_caption_when_it_is_in_json(tmp_path: Path) -> None:
    data = json.dumps({"caption": "a  fox\n"}).encode()
    path = write_tar(tmp_path / "a.tar", {"x/1.jpg": encoded(picture(1), "JPEG"), "x/1.json": data})
    shard = read_shard(path)
    assert shard.record(shard.samples[0]).caption == "a fox"
    assert shard.samples[0].key == "x/1"


def test_it_keeps_what_is_whole_when_a_shard_is_cut_off(tmp_path: Path) -> None:
    path = write_shard(tmp_path / "a.tar", range(10))
    whole = read_shard(path)
    cut = whole.samples[6].parts["png"].offset + 100
    path.write_bytes(path.read_bytes()[:cut])
    shard = read_shard(path)
    assert [sample.key for sample in shard.samples] == [f"{n:04}" for n in range(6)]
    assert shard.damage
    source = ShardSource(path)
    assert "after 6 samples" in source.damaged[str(path)]
    assert CaptionedImages(source, size=16, batch=2).tally.summary().startswith("0 read, 1 broken")


def test_it_says_where_when_a_header_is_damaged(tmp_path: Path) -> None:
    path = write_shard(tmp_path / "a.tar", range(10))
    place = read_shard(path).samples[4].parts["png"].offset - 512
    data = bytearray(path.read_bytes())
    data[place : place + 512] = b"\x7f" * 512
    path.write_bytes(data)
    shard = read_shard(path)
    assert len(shard.samples) == 4
    assert shard.damage == f"the header at byte {place} is damaged"
    assert read_shard(write_shard(tmp_path / "b.tar", range(3))).damage is None


def test_it_reads_the_other_shards_when_one_is_no_tar_file(shards: Path) -> None:
    (shards / "00.tar").write_bytes(b"x" * 4000)
    source = ShardSource(shards)
    assert sum(source.sizes) == 30
    assert list(source.damaged) == [str(shards / "00.tar")]


def test_it_finds_shards_when_a_pattern_names_them(shards: Path) -> None:
    names = [path.name for path in find_shards(f"{shards}/{{00..30}}.tar")]
    assert names == ["00.tar", "10.tar", "20.tar", "30.tar"]
    assert len(find_shards(f"{shards}/?0.tar")) == 4
    with pytest.raises(SourceError, match="there is no tar file at"):
        find_shards(f"{shards}/x*.tar")
    write_tar(shards / "empty" / "a.tar", {})
    with pytest.raises(SourceError, match="no sample in"):
        ShardSource(shards / "empty")


# Folders


@pytest.mark.parametrize("kind", ["jsonl", "csv"])
def test_it_reads_a_folder_when_captions_are_in_a_file(tmp_path: Path, kind: str) -> None:
    folder = write_folder(tmp_path / "f", range(8))
    if kind == "csv":
        (folder / "captions.jsonl").unlink()
        rows = "".join(f'{n}.png,"picture number {n}"\n' for n in range(8))
        (folder / "captions.csv").write_text(f"file_name,text\n{rows}", encoding="utf-8")
    assert sorted(captions(take(stream_of(folder), 2))) == [caption_of(n) for n in range(8)]


def test_it_counts_lines_when_they_are_broken(tmp_path: Path) -> None:
    folder = write_folder(tmp_path / "f", range(3))
    with (folder / "captions.jsonl").open("a", encoding="utf-8") as file:
        file.write('{"file": "gone.png", "caption": "a fox"}\n{broken\n{"caption": "x"}\n[1]\n')
    stream = stream_of(folder)
    take(stream, 8)
    assert Counter(name.partition(",")[0] for name in stream.tally.broken) == {
        "gone.png": 1,
        "captions.jsonl": 3,
    }


def test_it_fails_when_a_caption_file_is_empty_or_missing(tmp_path: Path) -> None:
    folder = write_folder(tmp_path / "f", [])
    (folder / "captions.jsonl").write_text("\n", encoding="utf-8")
    with pytest.raises(SourceError, match=r"captions\.jsonl has no captions"):
        FolderSource(folder)
    (folder / "captions.jsonl").unlink()
    with pytest.raises(SourceError, match="has neither tar files nor captions"):
        open_source(str(folder))


# The hub


class Streaming:
    """As much of a streamed data set of the package `datasets` as is used."""

    column_names = ("image", "caption")

    def __init__(self, numbers: list[int]) -> None:
        self.numbers, self.epoch = numbers, 0

    def cast_column(self, name: str, kind: Any) -> "Streaming":
        return self

    def shuffle(self, seed: int, buffer_size: int) -> "Streaming":
        return self

    def set_epoch(self, epoch: int) -> None:
        self.epoch = epoch

    def __iter__(self) -> Iterator[dict[str, Any]]:
        for n in np.random.default_rng(self.epoch).permutation(self.numbers).tolist():
            data = b"rubbish" if n == 7 else encoded(picture(n))
            yield {"image": {"bytes": data}, "caption": caption_of(n)}


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch) -> None:
    def split(dataset: Streaming, rank: int, ranks: int) -> Streaming:
        return Streaming(dataset.numbers[rank::ranks])

    package: Any = ModuleType("datasets")
    package.load_dataset = lambda name, split, streaming: Streaming(list(range(20)))
    package.Image = lambda decode: None
    monkeypatch.setitem(sys.modules, "datasets", package)
    part = SimpleNamespace(split_dataset_by_node=split)
    monkeypatch.setitem(sys.modules, "datasets.distributed", part)


@pytest.mark.usefixtures("hub")
@pytest.mark.parametrize("workers", [0, 2])
def test_it_goes_on_as_if_never_stopped_when_streamed(workers: int) -> None:
    whole = take(stream_of("hf:owner/name", workers=workers), 12)
    assert set(captions(whole)) == {caption_of(n) for n in range(20) if n != 7}
    rest = take(stream_of("hf:owner/name"), 5, first=7)
    assert captions(rest) == captions(whole[7:])
    parts = [take(stream_of("hf:owner/name", rank=r, ranks=2), 2) for r in range(2)]
    assert not set(captions(parts[0])) & set(captions(parts[1]))


def test_it_names_the_package_when_it_is_not_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "datasets", None)
    with pytest.raises(SourceError, match="owner/name needs the package datasets"):
        open_source("hf:owner/name")
