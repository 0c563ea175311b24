"""Filtering a data set of shards: what is dropped and why, and that nothing kept is lost."""

import errno
import json
import os
import re
from pathlib import Path
from typing import Any

import pytest
import torch

from generator.__main__ import main
from generator.filtering.judge import Judge, load_clip
from generator.filtering.limits import Limits
from generator.filtering.run import FilterError, Result, filter_shards, write_report
from generator.filtering.verdicts import Filter
from generator.folders.lock import BusyError
from generator.folders.manifest import WeightsError
from generator.networks.ranker import Ranker
from generator.sources.shards import ShardSource, read_shard
from tests.generator import tiny
from tests.generator.checkpoints import smallest_clip, write_clip
from tests.generator.sources.datasets import (
    caption_of,
    encoded,
    picture,
    write_folder,
    write_shard,
    write_tar,
)


def run(shards: list[Path], out: Path, **limits: Any) -> Result:
    wanted = Limits(**{"side": 32, **limits})
    return filter_shards(shards, out, Filter(wanted), {"side": wanted.side})


def reasons(result: Result) -> dict[str, tuple[str, str]]:
    drops = [drop for decision in result.decisions.values() for drop in decision.dropped]
    return {drop.name: (drop.reason, drop.detail) for drop in drops}


def contents(shard: Path) -> dict[str, bytes]:
    found = read_shard(shard)
    return {part.name: found.read(part) for s in found.samples for part in s.parts.values()}


@pytest.fixture
def shards(tmp_path: Path) -> list[Path]:
    """Three shards of ten; the last picture of each is the first of the next, smaller."""
    paths = []
    for start in (0, 9, 18):
        path = write_shard(tmp_path / "in" / f"{start:02}.tar", range(start, start + 10))
        files = contents(path)
        files[f"{start:04}.png"] = encoded(picture(start).resize((48, 40)))
        paths.append(write_tar(path, files))
    return paths


def test_it_says_why_when_it_drops(tmp_path: Path) -> None:
    files = {
        "1.png": encoded(picture(1)), "1.txt": b"a fox",
        "2.png": encoded(picture(2)), "2.txt": b"a naked fox",
        "3.png": encoded(picture(3, 31, 40)), "3.txt": b"a fox",
        "4.png": encoded(picture(4, 400, 40)), "4.txt": b"a fox",
        "5.png": encoded(picture(5))[:500], "5.txt": b"a fox",
        "6.png": encoded(picture(6)), "6.txt": b"",
        "7.png": encoded(picture(1).resize((80, 60))), "7.txt": b"a fox again",
        "8.png": encoded(picture(8)), "8.txt": b"Scunthorpe", "8.json": b"{}",
    }  # fmt: skip
    path = write_tar(tmp_path / "in" / "a.tar", files)
    result = run([path], tmp_path / "out")
    found = reasons(result)
    assert found.pop("a.tar/5")[0] == "broken"
    assert found == {
        "a.tar/2": ("unsafe caption", "naked"),
        "a.tar/3": ("too small", "31 × 40 px"),
        "a.tar/4": ("too long", "400 × 40 px"),
        "a.tar/6": ("broken", "its caption is empty"),
        "a.tar/7": ("duplicate", "of a.tar/1"),
    }
    kept = contents(tmp_path / "out" / "a.tar")
    assert kept == {name: data for name, data in files.items() if name[0] in "18"}
    write_report(result, tmp_path / "report.jsonl")
    lines = [json.loads(line) for line in (tmp_path / "report.jsonl").open(encoding="utf-8")]
    assert {line["name"]: line["reason"] for line in lines} == {
        name: reason for name, (reason, _) in reasons(result).items()
    }
    assert lines[0]["caption"] == "a naked fox"


def test_it_finds_a_duplicate_when_the_other_is_in_an_earlier_shard(
    shards: list[Path], tmp_path: Path
) -> None:
    result = run(shards, tmp_path / "out")
    assert reasons(result) == {
        "09.tar/0009": ("duplicate", "of 00.tar/0009"),
        "18.tar/0018": ("duplicate", "of 09.tar/0018"),
    }
    kept = [(s, sample) for s in ShardSource(tmp_path / "out").shards for sample in s.samples]
    assert [s.record(sample).caption for s, sample in kept] == [caption_of(n) for n in range(28)]
    assert run(shards, tmp_path / "kept", distance=None).reasons.total() == 0


class Stopped(Exception):
    """The run is killed."""


def test_it_ends_alike_when_it_was_stopped_and_started_again(
    shards: list[Path], tmp_path: Path
) -> None:
    straight = run(shards, tmp_path / "straight")

    def stop(result: Result) -> None:
        raise Stopped

    with pytest.raises(Stopped):
        filter_shards(shards, tmp_path / "out", Filter(Limits(side=32)), {"side": 32}, stop)
    out = tmp_path / "out"
    assert [path.name for path in out.glob("*.tar")] == ["00.tar"]
    half = (out / "00.tar").read_bytes()[:2000]
    (out / ".09.tar.part").write_bytes(half)
    (out / "09.json").write_text("{}", encoding="utf-8")
    result = run(shards, out)
    assert result.finished_before == 1
    assert result.judged == 20
    assert reasons(result) == reasons(straight)
    for path in shards:
        whole, again = tmp_path / "straight" / path.name, out / path.name
        assert whole.read_bytes() == again.read_bytes()
    assert not list(out.glob(".*.part"))


def test_it_filters_a_shard_anew_when_it_was_replaced(shards: list[Path], tmp_path: Path) -> None:
    whole = shards[1].read_bytes()
    shards[1].write_bytes(whole[: read_shard(shards[1]).samples[4].parts["png"].offset])
    assert run(shards, tmp_path / "out").read == 24
    shards[1].write_bytes(whole)
    result = run(shards, tmp_path / "out")
    assert (result.read, result.finished_before, result.judged) == (30, 2, 10)


def test_it_lets_no_second_run_write_where_one_does(shards: list[Path], tmp_path: Path) -> None:
    def second(result: Result) -> None:
        run(shards, tmp_path / "out")

    with pytest.raises(BusyError, match="another run is at work"):
        filter_shards(shards, tmp_path / "out", Filter(Limits(side=32)), {"side": 32}, second)


def test_it_keeps_captions_of_any_words_when_told_to(shards: list[Path], tmp_path: Path) -> None:
    path = write_tar(tmp_path / "a.tar", {"1.png": encoded(picture(1)), "1.txt": b"naked dunes"})
    assert run([path], tmp_path / "strict").reasons == {"unsafe caption": 1}
    assert run([path], tmp_path / "any", has_word_rules=False).reasons == {}


@pytest.mark.parametrize("failing", [1, 2, 3, 4])
def test_it_keeps_finished_shards_whole_when_the_disk_is_full(
    shards: list[Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, failing: int
) -> None:
    out, calls = tmp_path / "out", []
    run(shards[:1], out)
    finished = (out / "00.tar").read_bytes()

    def fsync(number: int) -> None:
        calls.append(number)
        if len(calls) == failing:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", fsync)
    with pytest.raises(FilterError, match=r"No space left on device; the \d shards before are"):
        run(shards, out)
    assert (out / "00.tar").read_bytes() == finished
    assert not (out / "18.tar").exists()
    assert not list(out.glob(".*.part"))
    monkeypatch.undo()
    assert reasons(run(shards, out)) == reasons(run(shards, tmp_path / "straight"))


def test_it_keeps_what_it_can_read_when_shards_are_damaged(
    shards: list[Path], tmp_path: Path
) -> None:
    shards[0].write_bytes(b"x" * 3000)
    cut = read_shard(shards[1]).samples[4].parts["txt"].offset
    shards[1].write_bytes(shards[1].read_bytes()[:cut])
    result = run(shards, tmp_path / "out")
    assert list(result.unreadable) == [shards[0]]
    assert (result.read, len(read_shard(tmp_path / "out" / "09.tar").samples)) == (14, 4)
    write_report(result, tmp_path / "report.jsonl")
    report = (tmp_path / "report.jsonl").read_text(encoding="utf-8")
    assert "unreadable shard" in report
    assert "damaged shard" in report
    with pytest.raises(FilterError, match="no shard could be read"):
        run(shards[:1], tmp_path / "other")


def test_it_refuses_when_shards_or_settings_do_not_go_together(
    shards: list[Path], tmp_path: Path
) -> None:
    twin = write_shard(tmp_path / "twin" / "00.tar", [1])
    with pytest.raises(FilterError, match=r"two shards are called 00\.tar"):
        run([*shards, twin], tmp_path / "out")
    with pytest.raises(FilterError, match="is where the shards lie"):
        run(shards, shards[0].parent)
    run(shards[:1], tmp_path / "out")
    with pytest.raises(FilterError, match="was begun with side 32"):
        run(shards[:1], tmp_path / "out", side=33)


# CLIP


@pytest.fixture(scope="module")
def judge() -> Judge:
    ranker = Ranker(tiny.clip(), tiny.tokenizer(tiny.CLIP_LENGTH), tiny.CLIP_SIZE)
    return Judge(ranker, tiny.CAPTIONS[:2], tiny.CAPTIONS[2:])


def test_it_judges_as_clip_does_when_classes_are_scored_one_by_one(judge: Judge) -> None:
    images = torch.rand(5, 3, 16, 16, generator=torch.Generator().manual_seed(0))
    captions = [tiny.CAPTIONS[n] for n in (3, 1, 4, 1, 5)]
    shares, fits, kinds = judge(images, captions)
    scale = float(judge.ranker.model.logit_scale.exp())
    for n, image in enumerate(images):
        cosines = [float(judge.ranker.score([c], image[None, None])) for c in tiny.CAPTIONS]
        odds = (scale * torch.tensor(cosines)).exp()
        assert float(shares[n]) == pytest.approx(float(odds[:2].sum() / odds.sum()), abs=1e-4)
        assert float(fits[n]) == pytest.approx(cosines[tiny.CAPTIONS.index(captions[n])], abs=1e-5)
        assert kinds[n] == tiny.CAPTIONS[int(odds[:2].argmax())]


def test_it_drops_what_clip_finds_unsafe_or_unfit(shards: list[Path], judge: Judge) -> None:
    shard = read_shard(shards[0])
    loose = Filter(Limits(side=32, unsafe=1.0), judge)(shard)
    assert len(loose.kept) == 10
    strict = Filter(Limits(side=32, unsafe=0.0), judge)(shard)
    assert strict.reasons == {"unsafe picture": 10}
    unfit = Filter(Limits(side=32, unsafe=1.0, fit=1.0), judge, workers=3)(shard)
    assert unfit.reasons == {"unfit caption": 10}
    assert [drop.name for drop in unfit.dropped] == [f"00.tar/{n:04}" for n in range(10)]


def test_it_judges_with_a_published_clip_as_its_ranker_does(tmp_path: Path) -> None:
    model = smallest_clip()
    judge = Judge(load_clip(str(write_clip(tmp_path / "clip", model)), torch.device("cpu")))
    images = torch.rand(2, 3, 8, 8, generator=torch.Generator().manual_seed(1))
    shares, fits, _ = judge(images, ["A Fox", "An Owl"])
    slow = judge.ranker.score(["A Fox", "An Owl"], images[:, None])
    torch.testing.assert_close(fits, slow[:, 0])
    assert all(0 < share < 1 for share in shares.tolist())


def test_it_names_the_folder_when_it_holds_no_clip(tmp_path: Path) -> None:
    with pytest.raises(WeightsError, match=re.escape(str(tmp_path))):
        load_clip(str(tmp_path), torch.device("cpu"))


def test_it_refuses_when_a_side_has_no_classes(judge: Judge) -> None:
    with pytest.raises(ValueError, match="unsafe and safe classes"):
        Judge(judge.ranker, [], ["a fox"])


# The command


def test_it_filters_by_command_when_asked(
    shards: list[Path], tmp_path: Path, model_folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out"
    command = ["filter", str(shards[0].parent), "--out", str(out), "--min-side", "32"]
    command += ["--clip", str(model_folder), "--max-unsafe", "1"]
    assert main(command) == 0
    said = capsys.readouterr().out
    assert "30 samples in" in said
    assert "samples/s" in said
    assert "duplicate" in said
    assert len((out / "dropped.jsonl").read_text(encoding="utf-8").splitlines()) == 2
    assert main(command) == 0
    assert "3 shards were finished by an earlier run" in capsys.readouterr().out


def test_it_says_what_is_wrong_when_the_command_cannot_run(
    shards: list[Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    place = str(shards[0].parent)
    assert main(["filter", place, "--out", str(tmp_path / "o"), "--min-fit", "0.3"]) == 2
    assert "need --clip" in capsys.readouterr().err
    assert main(["filter", str(tmp_path), "--out", str(tmp_path / "o")]) == 2
    assert "there is no tar file at" in capsys.readouterr().err
    assert main(["filter", place, "--out", str(tmp_path / "o"), "--clip", "nowhere"]) == 2
    assert "there is no nowhere" in capsys.readouterr().err


def test_it_packs_a_folder_into_shards_that_hold_the_same(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder, out = write_folder(tmp_path / "f", range(5)), tmp_path / "out"
    (folder / "3.png").unlink()
    assert main(["pack", str(folder), "--out", str(out), "--per-shard", "2"]) == 0
    assert "4 read, 1 broken: 3.png" in capsys.readouterr().out
    source = ShardSource(out)
    assert source.sizes == [2, 1, 1]
    records = [source.record(g, i) for g, n in enumerate(source.sizes) for i in range(n)]
    assert [record.caption for record in records] == [caption_of(n) for n in (0, 1, 2, 4)]
    assert [record.image for record in records] == [
        (folder / f"{n}.png").read_bytes() for n in (0, 1, 2, 4)
    ]
