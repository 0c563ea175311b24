"""Flax there and back: whole, in chunks, in shards, and damaged."""

from pathlib import Path
from typing import Any

import msgpack
import pytest
import torch
from safetensors.torch import load_file

from generator.convert.errors import ConvertError
from generator.convert.formats.flax_file import read_flax
from tests.generator.checkpoints import BART_WEIGHTS, VQGAN_WEIGHTS, same, write_json
from tests.generator.convert.flax_checkpoints import (
    bart_in_flax,
    chunked,
    nest,
    packed,
    vqgan_in_flax,
    write_flax,
    write_shards,
)
from tests.generator.convert.originals import Run, bart, clip, clip_model, run, vqgan

__all__ = ["bart", "clip", "clip_model", "run", "vqgan"]


@pytest.mark.parametrize("is_stacked", [True, False])
@pytest.mark.parametrize("dtype", [torch.float32, torch.float16, torch.bfloat16])
def test_it_reads_flax_in_any_precision(
    bart: Path, run: Run, is_stacked: bool, dtype: torch.dtype
) -> None:
    write_flax(bart / "flax_model.msgpack", bart_in_flax(BART_WEIGHTS, dtype, is_stacked))
    _, out = run()

    kept = torch.float16 if dtype is torch.float16 else torch.float32
    expected = {name: tensor.to(dtype).to(kept) for name, tensor in BART_WEIGHTS.items()}
    same(out / "bart/model.safetensors", expected)
    assert {t.dtype for t in load_file(out / "bart/model.safetensors").values()} == {kept}
    assert {t.dtype for t in load_file(out / "vqgan/model.safetensors").values()} == {torch.float32}


def test_it_reads_arrays_in_chunks(bart: Path, run: Run) -> None:
    tensors = bart_in_flax(BART_WEIGHTS, torch.float32, True)
    write_flax(bart / "flax_model.msgpack", tensors, chunk=999)
    _, out = run()

    same(out / "bart/model.safetensors", BART_WEIGHTS)


def test_it_reads_shards(bart: Path, run: Run) -> None:
    write_shards(bart)
    _, out = run()

    same(out / "bart/model.safetensors", BART_WEIGHTS)


def test_it_reads_a_vqgan_with_the_norms_of_older_flax(vqgan: Path, run: Run) -> None:
    write_flax(vqgan / "flax_model.msgpack", vqgan_in_flax(norm_axes=4))
    _, out = run()

    same(out / "vqgan/model.safetensors", VQGAN_WEIGHTS)


@pytest.mark.parametrize(
    ("index", "problem"),
    [
        ({}, "no weight_map"),
        ({"weight_map": {"a": "../flax_model.msgpack"}}, "not a file beside it"),
        ({"weight_map": {"a": "gone.msgpack"}}, "gone.msgpack cannot be read"),
    ],
)
def test_it_refuses_a_wrong_index(bart: Path, run: Run, index: object, problem: str) -> None:
    write_shards(bart)
    write_json(bart / "flax_model.msgpack.index.json", index)

    with pytest.raises(ConvertError, match=problem):
        run()


def test_it_refuses_shards_that_do_not_hold_what_the_index_says(bart: Path, run: Run) -> None:
    places = write_shards(bart)
    index = bart / "flax_model.msgpack.index.json"
    write_json(index, {"weight_map": {**places, "new": "flax_model-00001-of-00003.msgpack"}})
    with pytest.raises(ConvertError, match=r"00001-of-00003\.msgpack lacks new"):
        run()

    places.pop("lm_head/kernel")
    write_json(index, {"weight_map": places})
    with pytest.raises(ConvertError, match="surplus lm_head/kernel"):
        run()


# The msgpack itself


def flax_bytes() -> bytes:
    tensors = {"a/b": torch.ones(1, 2), "a/c": torch.zeros(2, dtype=torch.float16)}
    leaves = {name: packed(tensor) for name, tensor in tensors.items()}
    leaves["d"] = chunked(torch.arange(3.0).view(3, 1), 2)
    packed_bytes: bytes = msgpack.packb(nest(leaves))
    return packed_bytes


def test_it_refuses_a_msgpack_cut_off_anywhere(tmp_path: Path) -> None:
    whole, path = flax_bytes(), tmp_path / "cut.msgpack"
    path.write_bytes(whole)
    assert set(read_flax(path)) == {"a/b", "a/c", "d"}

    for length in range(len(whole)):
        path.write_bytes(whole[:length])
        with pytest.raises(ConvertError, match=r"cut\.msgpack"):
            read_flax(path)


def test_it_reads_or_refuses_a_msgpack_with_any_byte_wrong(tmp_path: Path) -> None:
    whole, path = flax_bytes(), tmp_path / "wrong.msgpack"
    for place in range(len(whole)):
        for value in (0x00, 0x8F, 0xC9, 0xDF):
            path.write_bytes(whole[:place] + bytes([value]) + whole[place + 1 :])
            try:
                for stored in read_flax(path).values():
                    stored.read(None)
            except ConvertError:
                pass


def deep(levels: int) -> Any:
    return {"a": deep(levels - 1)} if levels else packed(torch.ones(1))


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"", "is empty"),
        (b"PK\x03\x04 no msgpack at all", "starts with a map"),
        (msgpack.packb([1, 2]), "starts with a map"),
        (msgpack.packb({"a": 1}), "byte 3: 0x01 stands where an array or a map"),
        (msgpack.packb({"a": "text"}), "0xa4 stands where an array or a map"),
        (msgpack.packb({"a": msgpack.ExtType(3, b"1234")}), "extension type 3"),
        (msgpack.packb({1: packed(torch.ones(1))}), "a name does not begin"),
        (msgpack.packb({"a": packed(torch.ones(2, dtype=torch.int64))}), "dtype 'int64'"),
        (b"\xdf\xff\xff\xff\xff", "4294967295 entries cannot fit"),
        (b"\x81\xa1a\xc9\xff\xff\xff\xff\x01\x93", "4294967295 entries cannot fit"),
        (b"\x81\xda\xff\xff" + b"a" * 70000, "a name is 65535 bytes long"),
        (msgpack.packb(deep(40)), "nested more than 32 deep"),
        (flax_bytes() + b"\x00", "1 bytes follow"),
        (
            msgpack.packb({"a": msgpack.ExtType(1, msgpack.packb(([9, 9], "float32", b"1234")))}),
            "4 bytes of data do not fill",
        ),
        (b"\x82" + 2 * (b"\xa1a" + msgpack.packb(packed(torch.ones(1)))), "holds a twice"),
    ],
)
def test_it_says_where_a_msgpack_is_wrong(tmp_path: Path, content: bytes, problem: str) -> None:
    path = tmp_path / "flax_model.msgpack"
    path.write_bytes(content)

    with pytest.raises(ConvertError, match=problem):
        read_flax(path)
