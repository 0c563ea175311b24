"""CLIP in each of its forms, and safetensors that are damaged."""

from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import save_file
from tokenizers import Tokenizer

from generator.convert.errors import ConvertError
from generator.convert.formats.safetensors_file import read_safetensors
from generator.networks.ranker import Ranker
from tests.generator.checkpoints import same, write_json
from tests.generator.convert.originals import Run, bart, clip, clip_model, run, vqgan

__all__ = ["bart", "clip", "clip_model", "run", "vqgan"]


@pytest.mark.parametrize("form", ["safetensors", "shards", "bin"])
def test_it_reads_any_form_of_clip(clip: Path, clip_model: Any, run: Run, form: str) -> None:
    state = {n: t.clone() for n, t in clip_model.state_dict().items()}
    state["text_model.embeddings.position_ids"] = torch.arange(12)[None]
    (clip / "model.safetensors").unlink()
    if form == "safetensors":
        save_file(state, clip / "model.safetensors")
    elif form == "bin":
        torch.save(state, clip / "pytorch_model.bin")
    else:
        places = {n: f"model-0000{i % 2 + 1}-of-00002.safetensors" for i, n in enumerate(state)}
        for shard in set(places.values()):
            save_file({n: t for n, t in state.items() if places[n] == shard}, clip / shard)
        write_json(clip / "model.safetensors.index.json", {"weight_map": places})
    _, out = run()

    same(out / "clip/model.safetensors", clip_model.state_dict())


def test_it_makes_a_clip_that_ranks(clip: Path, clip_model: Any, run: Run) -> None:
    from transformers import CLIPTokenizer

    _, out = run()
    ranker = Ranker.load(out / "clip", torch.device("cpu"))
    images = torch.rand(1, 2, 3, 8, 8, generator=torch.Generator().manual_seed(1))
    ids, mask = ranker.tokenizer(["A Fox"])
    theirs = CLIPTokenizer(vocab=str(clip / "vocab.json"), merges=str(clip / "merges.txt"))

    assert ids[0, : int(mask.sum())].tolist() == theirs("A Fox")["input_ids"]
    assert ids[0].tolist()[int(mask.sum()) :] == [514] * (12 - int(mask.sum()))
    assert ranker.score(["A Fox"], images).shape == (1, 2)


def test_it_pads_clip_s_captions_as_its_files_say(clip: Path, run: Run) -> None:
    write_json(clip / "special_tokens_map.json", {"pad_token": {"content": "!"}})
    _, out = run()
    padding = Tokenizer.from_file(str(out / "clip/tokenizer.json")).padding

    assert padding is not None
    assert (padding["pad_token"], padding["length"]) == ("!", 12)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\xff" * 8,
        (2).to_bytes(8, "little") + b"[]",
        (9).to_bytes(8, "little") + b'{"a": 1} ',
        b"%\0\0\0\0\0\0\0" + b'{"a":{"dtype":"F32","shape":[9],"data_offsets":[0,36]}}',
    ],
)
def test_it_refuses_what_is_not_safetensors(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "model.safetensors"
    path.write_bytes(content)

    with pytest.raises(ConvertError, match=r"(cannot be read as safetensors|is empty)"):
        read_safetensors(path)


def test_it_refuses_safetensors_cut_off(clip: Path) -> None:
    path = clip / "model.safetensors"
    path.write_bytes(path.read_bytes()[:-4])

    with pytest.raises(ConvertError, match="cannot be read as safetensors"):
        read_safetensors(path)
