"""Data as people have them: every layout read, and one odd sample spoiling no other."""

import io
import json
import tarfile
from pathlib import Path

import pytest

from generator.sources.opening import open_indexed
from generator.sources.records import BrokenRecord, Keys, SourceError
from generator.sources.selection import split
from tests.generator.sources.datasets import (
    caption_of,
    encoded,
    picture,
    write_folder,
    write_shard,
    write_tar,
)

PICTURE = encoded(picture(1))


def usable(place: Path, keys: Keys | None = None) -> dict[str, str]:
    """Name → caption of every record that can be used."""
    source, found = open_indexed(str(place), keys), {}
    for group, size in enumerate(source.sizes):
        for index in range(size):
            try:
                record = source.record(group, index)
            except BrokenRecord:
                continue
            assert source.caption(group, index) == record.caption
            found[record.name] = record.caption
    return found


def test_it_puts_a_sample_together_wherever_its_files_lie(tmp_path: Path) -> None:
    files = {f"{n}.png": PICTURE for n in range(6)}
    files |= {f"{n}.txt": caption_of(n).encode() for n in (5, 3, 1, 0, 2, 4)}
    files |= {f"._{n}.png": b"macOS" for n in range(6)}
    files |= {f"__MACOSX/._{n}.txt": b"macOS" for n in range(6)}
    write_tar(tmp_path / "a.tar", files)
    assert usable(tmp_path) == {f"a.tar/{n}": caption_of(n) for n in range(6)}


def test_it_takes_the_last_dot_for_the_ending_where_names_have_dots(tmp_path: Path) -> None:
    files: dict[str, bytes] = {}
    for name in ("my.cat", "my.dog"):
        files |= {f"{name}.png": PICTURE, f"{name}.txt": name.encode()}
    files |= {"1.mask.png": PICTURE, "1.png": PICTURE, "1.txt": b"a fox"}
    write_tar(tmp_path / "a.tar", files)
    assert usable(tmp_path) == {
        "a.tar/my.cat": "my.cat",
        "a.tar/my.dog": "my.dog",
        "a.tar/1": "a fox",
    }


def test_it_reads_other_keys_when_they_are_named(tmp_path: Path) -> None:
    fields = json.dumps({"alt": "a fox", "url": "x"}).encode()
    write_tar(tmp_path / "t" / "a.tar", {"1.image.png": PICTURE, "1.json": fields})
    assert usable(tmp_path / "t") == {}
    assert usable(tmp_path / "t", Keys("image.png", "alt")) == {"a.tar/1": "a fox"}
    with pytest.raises(SourceError, match="no 'title', but alt, json, png, url"):
        open_indexed(str(tmp_path / "t"), Keys(caption="title"))
    folder = write_folder(tmp_path / "f", [1])
    (folder / "captions.jsonl").unlink()
    (folder / "captions.csv").write_text("path;alt\n1.png;a fox\n", encoding="utf-8")
    assert usable(folder, Keys("path", "alt", ";")) == {"1.png": "a fox"}
    with pytest.raises(SourceError, match="has no file or file_name or image, but path;alt"):
        open_indexed(str(folder))


def test_it_reads_pictures_with_a_text_beside_each(tmp_path: Path) -> None:
    (tmp_path / "deep").mkdir()
    for name in ("a.cat.png", "deep/b.PNG", "alone.png"):
        (tmp_path / name).write_bytes(PICTURE)
    (tmp_path / "a.cat.txt").write_text("a cat\n", encoding="utf-8")
    (tmp_path / "deep/b.txt").write_text("a dog", encoding="utf-8")
    assert usable(tmp_path) == {"a.cat.png": "a cat", "deep/b.PNG": "a dog"}


ODD_LINES = {
    "a bad byte": b'{"file": "1.png", "caption": "caf\xe9"}',
    "half a surrogate": b'{"file": "1.png", "caption": "\\ud83d"}',
    "a deep nest": b"[" * 200_000,
    "a huge field": json.dumps({"file": "1.png", "caption": "x" * 200_000}).encode(),
}


@pytest.mark.parametrize("odd", ODD_LINES)
def test_it_goes_on_when_one_line_is_odd(tmp_path: Path, odd: str) -> None:
    folder = write_folder(tmp_path / "f", [1, 2])
    with (folder / "captions.jsonl").open("ab") as file:
        file.write(ODD_LINES[odd] + b"\n")
    assert sorted(usable(folder).values()) == [caption_of(1), caption_of(2)]


def test_it_goes_on_when_a_field_of_csv_is_huge(tmp_path: Path) -> None:
    folder = write_folder(tmp_path / "f", [1, 2])
    (folder / "captions.jsonl").unlink()
    rows = f"file,caption\n1.png,a fox\n1.png,{'x' * 200_000}\n2.png,an owl\n"
    (folder / "captions.csv").write_text(rows, encoding="utf-8")
    assert usable(folder) == {"1.png": "a fox", "2.png": "an owl"}
    with pytest.raises(BrokenRecord, match=r"captions\.csv, line 3: it cannot be read"):
        open_indexed(str(folder)).record(0, 1)


def test_it_goes_on_when_a_member_of_a_tar_is_odd(tmp_path: Path) -> None:
    with tarfile.open(
        tmp_path / "a.tar", "w", format=tarfile.GNU_FORMAT, encoding="latin-1"
    ) as tar:
        for name, data in (
            ("café.png", PICTURE),
            ("café.txt", b"a cafe"),
            ("2.png", PICTURE),
            ("2.json", b"[" * 200_000),
            ("3.png", PICTURE),
            ("3.json", b'{"caption": "\\ud83d"}'),
        ):
            header = tarfile.TarInfo(name)
            header.size = len(data)
            tar.addfile(header, io.BytesIO(data))
    assert usable(tmp_path) == {"a.tar/caf\\xe9": "a cafe"}


@pytest.mark.parametrize(
    "named", ["/etc/passwd", "../secret.png", "/dev/zero", "sub/../../secret.png"]
)
def test_it_reads_no_file_outside_when_a_caption_file_names_one(tmp_path: Path, named: str) -> None:
    (tmp_path / "secret.png").write_bytes(PICTURE)
    folder = write_folder(tmp_path / "f", [1])
    (folder / "sub").mkdir()
    with (folder / "captions.jsonl").open("a", encoding="utf-8") as file:
        file.write(json.dumps({"file": named, "caption": "a secret"}) + "\n")
    source = open_indexed(str(folder))
    with pytest.raises(BrokenRecord, match="lies outside"):
        source.record(0, 1)


@pytest.mark.parametrize("name", ["../../x", "/x", "a/../../x"])
def test_it_uses_no_member_whose_name_leads_out(tmp_path: Path, name: str) -> None:
    write_tar(tmp_path / "a.tar", {f"{name}.png": PICTURE, f"{name}.txt": b"a fox"})
    source = open_indexed(str(tmp_path))
    with pytest.raises(BrokenRecord, match="leads out of its folder"):
        source.record(0, 0)


def test_it_is_of_another_identity_when_anything_has_changed(tmp_path: Path) -> None:
    write_shard(tmp_path / "a" / "1.tar", range(4))
    first = open_indexed(str(tmp_path / "a")).identity
    (tmp_path / "a").rename(tmp_path / "b")
    assert open_indexed(str(tmp_path / "b")).identity == first
    write_shard(tmp_path / "b" / "2.tar", range(4, 6))
    assert open_indexed(str(tmp_path / "b")).identity != first
    folder = write_folder(tmp_path / "f", range(4))
    first = open_indexed(str(folder)).identity
    (folder / "2.png").write_bytes(encoded(picture(9)))
    assert open_indexed(str(folder)).identity != first


def test_it_holds_a_caption_out_with_all_its_pictures(tmp_path: Path) -> None:
    files: dict[str, bytes] = {}
    for n in range(40):
        files |= {f"{n}.png": PICTURE, f"{n}.txt": caption_of(n % 20).encode()}
    files |= {"40.png": PICTURE, "40.txt": b""}
    write_tar(tmp_path / "a.tar", files)
    train, held_out, tally = split(open_indexed(str(tmp_path)), 0.1)
    assert (sum(train.sizes), sum(held_out.sizes), len(tally.broken)) == (36, 4, 1)
    assert not set(train.captions) & set(held_out.captions)
    captions = [held_out.record(0, index).caption for index in range(4)]
    assert captions == held_out.captions
    assert train.identity != held_out.identity
