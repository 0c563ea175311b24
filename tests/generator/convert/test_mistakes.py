"""What people mistake for a checkpoint, name otherwise, or put together wrongly."""

from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file

from generator.convert import folder as folders
from generator.convert.errors import ConvertError
from generator.convert.formats.torch_file import read_torch
from generator.convert.vqgan.checkpoint import read_vqgan
from generator.folders.lock import BusyError, alone_in
from generator.networks.vqgan import Vqgan
from tests.generator.checkpoints import (
    BART_JSON,
    VQGAN,
    VQGAN_WEIGHTS,
    same,
    taming_names,
    write_json,
)
from tests.generator.convert.originals import Run, bart, clip, clip_model, run, vqgan

__all__ = ["bart", "clip", "clip_model", "run", "vqgan"]

MISTAKEN = [
    (b"version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 9\n", "Git LFS pointer"),
    (b"<!DOCTYPE html><title>404</title>", "is a web page"),
    (b"", "is empty"),
]


@pytest.mark.parametrize(("data", "message"), MISTAKEN)
def test_it_says_what_a_file_is_when_it_is_no_checkpoint(
    run: Run, bart: Path, clip: Path, tmp_path: Path, data: bytes, message: str
) -> None:
    (tmp_path / "last.ckpt").write_bytes(data)
    with pytest.raises(ConvertError, match=rf"last\.ckpt.* {message}"):
        run(vqgan=tmp_path / "last.ckpt")
    (bart / "flax_model.msgpack").write_bytes(data)
    with pytest.raises(ConvertError, match=rf"flax_model\.msgpack.* {message}"):
        run()
    (clip / "model.safetensors").write_bytes(data)
    with pytest.raises(ConvertError, match=rf"model\.safetensors.* {message}"):
        run()


def test_it_advises_nobody_to_load_a_file_unsafely(tmp_path: Path) -> None:
    (tmp_path / "x.pt").write_bytes(
        b"\x80\x02cos\nsystem\nq\x00X\x02\x00\x00\x00lsq\x01\x85q\x02Rq\x03."
    )
    with pytest.raises(ConvertError) as caught:
        read_torch(tmp_path / "x.pt")
    assert "weights_only" not in str(caught.value)


def test_it_takes_a_file_where_a_folder_would_do(run: Run, vqgan: Path, clip: Path) -> None:
    _, out = run(vqgan=vqgan / "flax_model.msgpack", clip=clip / "model.safetensors")
    same(out / "vqgan/model.safetensors", VQGAN_WEIGHTS)


def named(prefix: str = "") -> dict[str, torch.Tensor]:
    return {prefix + theirs: VQGAN_WEIGHTS[ours] for ours, theirs in taming_names().items()}


@pytest.mark.parametrize("prefix", ["module.", "first_stage_model.", "module.first_stage_model."])
def test_it_reads_names_with_what_others_put_before_them(
    run: Run, tmp_path: Path, prefix: str
) -> None:
    torch.save({"state_dict": named(prefix)}, tmp_path / "v.ckpt")
    _, out = run(vqgan=tmp_path / "v.ckpt")
    same(out / "vqgan/model.safetensors", VQGAN_WEIGHTS)


def test_it_reads_a_vqgan_in_safetensors(run: Run, tmp_path: Path) -> None:
    (tmp_path / "safe").mkdir()
    save_file({n: t.contiguous() for n, t in named().items()}, tmp_path / "safe/v.safetensors")
    _, out = run(vqgan=tmp_path / "safe")
    same(out / "vqgan/model.safetensors", VQGAN_WEIGHTS)


@pytest.mark.parametrize("is_flax", [True, False])
def test_it_paints_the_right_colours_when_a_vqgan_is_of_another_range(
    run: Run, tmp_path: Path, vqgan: Path, is_flax: bool
) -> None:
    torch.save(named(), tmp_path / "v.ckpt")
    _, out = run(vqgan=vqgan if is_flax else tmp_path / "v.ckpt", is_signed=True)
    signed, ours = Vqgan(VQGAN).eval(), Vqgan(VQGAN).eval()
    signed.load_state_dict(VQGAN_WEIGHTS)
    ours.load_state_dict(load_file(out / "vqgan/model.safetensors"))
    codes = torch.arange(VQGAN.grid**2)[None] % VQGAN.codebook_size
    images = torch.rand(1, 3, VQGAN.resolution, VQGAN.resolution)
    with torch.no_grad():
        torch.testing.assert_close(ours.decode(codes), (signed.decode(codes) + 1) / 2)
        assert signed.encoder is not None
        assert ours.encoder is not None
        inside = (..., slice(1, -1), slice(1, -1))
        expected = signed.encoder.conv_in(2 * images - 1)[inside]
        torch.testing.assert_close(ours.encoder.conv_in(images)[inside], expected)


def test_it_refuses_a_bart_when_its_start_id_tells_of_another_vqgan(run: Run, bart: Path) -> None:
    write_json(bart / "config.json", {**BART_JSON, "decoder_start_token_id": 16})
    with pytest.raises(ConvertError, match="writes 16 codes, but the VQGAN has 32"):
        run()


def test_it_names_gumbels_quantiser_when_it_cannot_use_it(tmp_path: Path) -> None:
    torch.save({"quantize.embed.weight": torch.zeros(2, 2)}, tmp_path / "v.ckpt")
    with pytest.raises(ConvertError, match="Gumbel's noise"):
        read_vqgan(tmp_path / "v.ckpt", 16)


def test_it_looks_at_clip_before_anything_is_written(
    run: Run, clip: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    written: list[Path] = []
    monkeypatch.setattr(folders, "write_safetensors", lambda path, entries: written.append(path))
    (clip / "model.safetensors").unlink()
    with pytest.raises(ConvertError, match=r"neither model\.safetensors"):
        run()
    assert written == []


def test_it_clears_away_what_a_killed_conversion_left(run: Run, tmp_path: Path) -> None:
    left = tmp_path / ".converting-model" / "model" / "bart"
    left.mkdir(parents=True)
    (left / "model.safetensors").write_bytes(b"gigabytes")
    run()
    assert not left.exists()
    assert not [*tmp_path.glob(".converting-*")]


def test_it_refuses_when_another_is_at_work(run: Run, tmp_path: Path) -> None:
    with (
        alone_in(tmp_path / ".converting-model"),
        pytest.raises(BusyError, match="another run is at work"),
    ):
        run()
