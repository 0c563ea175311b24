"""The ranker: pixels as PIL would make them, cosines as written out, every word read."""

import itertools
import json
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from torch import Tensor
from torch.nn import functional as F

from generator.folders.manifest import WeightsError
from generator.folders.weights import load_tensors, save_tensors
from generator.networks.ranker import MEAN, STD, Ranker, prepare
from generator.reading.tokenizer import CaptionTokenizer
from tests.generator import tiny


@pytest.fixture(scope="module")
def ranker() -> Ranker:
    return Ranker(tiny.clip(), tiny.tokenizer(tiny.CLIP_LENGTH), tiny.CLIP_SIZE)


def pictures(*shape: int, seed: int = 1) -> Tensor:
    return torch.rand(shape, generator=torch.Generator().manual_seed(seed))


def smooth_picture(height: int, width: int) -> Tensor:
    """(1, 3, H, W) in whole 255ths, not too smooth and not symmetric."""
    small = pictures(1, 3, 9, 11)
    image = F.interpolate(small, (height, width), mode="bilinear", align_corners=False)
    return (image * 255).round() / 255


def prepared_by_pil(image: Tensor, size: int) -> Tensor:
    pixels = (image[0].permute(1, 2, 0).numpy() * 255).round().astype(np.uint8)
    picture = Image.fromarray(pixels)
    scale = size / min(picture.size)
    width, height = (round(side * scale) for side in picture.size)
    picture = picture.resize((width, height), Image.Resampling.BICUBIC)
    left, top = (width - size) // 2, (height - size) // 2
    picture = picture.crop((left, top, left + size, top + size))
    values = torch.from_numpy(np.asarray(picture).copy()).permute(2, 0, 1)[None] / 255
    return torch.stack([(values[:, c] - MEAN[c]) / STD[c] for c in range(3)], dim=1)


@pytest.mark.parametrize(
    ("height", "width", "size"),
    [(192, 192, 96), (256, 256, 224), (60, 90, 32), (91, 60, 32), (24, 24, 48), (32, 32, 32)],
)
def test_it_prepares_as_pil_does_when_sizes_differ(height: int, width: int, size: int) -> None:
    image = smooth_picture(height, width)
    prepared = prepare(image, size)
    assert prepared.shape == (1, 3, size, size)
    difference = (prepared - prepared_by_pil(image, size)).abs() * min(STD) * 255
    assert difference.max() < 2.5
    assert difference.mean() < 0.6


@torch.no_grad()
def explicit_cosine(ranker: Ranker, caption: str, image: Tensor) -> float:
    """Through CLIPModel's parts: the text is what stands at its closing token."""
    model = ranker.model
    ids, mask = ranker.tokenizer([caption])
    end = ids[0].tolist().index(2)
    hidden = model.text_model(input_ids=ids, attention_mask=mask).last_hidden_state
    text = hidden[0, end] @ model.text_projection.weight.T
    pixels = prepare(image[None], ranker.size)
    pooled = model.vision_model(pixel_values=pixels).pooler_output[0]
    vision = pooled @ model.visual_projection.weight.T
    return float(text @ vision / (text.square().sum() * vision.square().sum()).sqrt())


def test_it_gives_explicit_cosines_when_scoring_many(ranker: Ranker) -> None:
    images = pictures(3, 4, 3, 32, 32)
    captions = tiny.CAPTIONS[:3]
    scores = ranker.score(captions, images)
    assert (scores.shape, scores.dtype) == ((3, 4), torch.float32)
    expected = [
        [explicit_cosine(ranker, caption, image) for image in row]
        for caption, row in zip(captions, images, strict=True)
    ]
    torch.testing.assert_close(scores, torch.tensor(expected), atol=1e-5, rtol=1e-4)


def test_it_reads_every_word_when_it_scores(ranker: Ranker) -> None:
    words = sorted({word for caption in tiny.CAPTIONS for word in caption.split()})[:12]
    captions = [f"{first} {second}" for first, second in itertools.permutations(words, 2)]
    image = pictures(1, 1, 3, 16, 16)
    scores = ranker.score(captions, image.expand(len(captions), -1, -1, -1, -1)).flatten()
    assert len(set(scores.tolist())) == len(captions) == 132


def test_it_orders_pictures_alike_when_they_are_shuffled(ranker: Ranker) -> None:
    images = pictures(1, 6, 3, 32, 32)
    scores = ranker.score(["a fox"], images)[0]
    order = [3, 0, 5, 1, 4, 2]
    shuffled = ranker.score(["a fox"], images[:, order])[0]
    torch.testing.assert_close(shuffled, scores[order])
    assert len(set(scores.tolist())) == 6


def test_it_refuses_when_captions_and_pictures_do_not_pair(ranker: Ranker) -> None:
    with pytest.raises(ValueError, match="2 captions for 1 groups"):
        ranker.score(["a fox", "an owl"], pictures(1, 2, 3, 16, 16))


def clip_folder(place: Path) -> Path:
    save_tensors(tiny.clip(), place / "model.safetensors", torch.float32)
    tiny.clip_config().to_json_file(place / "config.json", use_diff=False)
    tiny.tokenizer().save(place / "tokenizer.json")
    return place


def test_it_scores_the_same_when_saved_and_loaded(ranker: Ranker, tmp_path: Path) -> None:
    loaded = Ranker.load(clip_folder(tmp_path), torch.device("cpu"))
    images = pictures(2, 3, 3, 32, 32)
    captions = tiny.CAPTIONS[:2]
    torch.testing.assert_close(loaded.score(captions, images), ranker.score(captions, images))
    assert isinstance(loaded.tokenizer, CaptionTokenizer)
    assert loaded.tokenizer.length == tiny.CLIP_LENGTH


def test_it_names_the_file_when_a_part_of_it_is_wrong(tmp_path: Path) -> None:
    folder, cpu = clip_folder(tmp_path), torch.device("cpu")
    tokens = (folder / "tokenizer.json").read_text(encoding="utf-8")
    (folder / "tokenizer.json").write_text("{}", encoding="utf-8")
    with pytest.raises(WeightsError, match=r"tokenizer\.json is not a tokenizer file"):
        Ranker.load(folder, cpu)
    (folder / "tokenizer.json").write_text(tokens, encoding="utf-8")

    config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    config["projection_dim"] = 7
    (folder / "config.json").write_text(json.dumps(config), encoding="utf-8")
    with pytest.raises(WeightsError, match=r"model\.safetensors: .*projection\.weight has shape"):
        Ranker.load(folder, cpu)
    (folder / "config.json").write_text('{"text_config": 3}', encoding="utf-8")
    with pytest.raises(WeightsError, match=r"config\.json is no CLIP config"):
        Ranker.load(folder, cpu)
    assert "logit_scale" in load_tensors(folder / "model.safetensors")
