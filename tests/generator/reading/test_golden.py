"""Tokenizer and normaliser against what the original code gave."""

import shutil
from pathlib import Path

import pytest
from tokenizers import Tokenizer

from generator.reading.normaliser import Normaliser
from generator.reading.tokenizer import CaptionTokenizer
from tests.generator.golden import GOLDEN, WHOLE, Open, json_of, model, needs_golden, vectors

__all__ = ["model"]
pytestmark = needs_golden


def test_it_tokenises_as_the_original_does(model: Open) -> None:
    golden, path = json_of("tokenizer", "tokens.json"), model(WHOLE[0]) / "tokenizer/tokenizer.json"
    plain = Tokenizer.from_file(str(path))
    padded = CaptionTokenizer.load(path, golden["max_length"])
    special = golden["special"]

    assert plain.get_vocab_size() == golden["vocab_size"]
    assert padded.pad_id == special["pad"]
    for case in golden["cases"]:
        ids_whole = plain.encode(case["text"]).ids
        assert ids_whole == case["ids"]
        assert [plain.id_to_token(id_) for id_ in ids_whole] == case["tokens"]
        ids, mask = padded([case["text"]])
        assert ids[0].tolist() == next(v for k, v in case.items() if k.startswith("ids_max"))
        assert mask[0].int().tolist() == next(v for k, v in case.items() if k.startswith("mask_"))
    ids, mask = padded(golden["batch"]["texts"])
    assert ids.tolist() == golden["batch"]["input_ids"]
    assert mask.int().tolist() == golden["batch"]["attention_mask"]
    for case in golden["decode"]:
        assert plain.decode(case["ids"]) == case["decoded"]


def test_it_makes_the_tokenizer_from_vocabulary_and_merges(tmp_path: Path) -> None:
    from generator.convert.tokenizers_of import bart_tokenizer

    for name in ("vocab.json", "merges.txt"):
        shutil.copyfile(GOLDEN / "tokenizer" / name, tmp_path / name)
    golden = json_of("tokenizer", "tokens.json")
    made = bart_tokenizer(tmp_path, golden["vocab_size"])

    for case in golden["cases"]:
        ids = made.encode(case["text"]).ids
        assert ids == case["ids"]
        assert [made.id_to_token(id_) for id_ in ids] == case["tokens"]
    for case in golden["decode"]:
        assert made.decode(case["ids"]) == case["decoded"]


def test_it_normalises_as_the_original_does(model: Open) -> None:
    normalise = Normaliser(model(WHOLE[0]) / "tokenizer/word-frequency.txt")
    pairs = json_of("text", "text_normalizer.json")["pairs"]
    wrong = {
        pair["text"]: (ours, pair["normalized"])
        for pair in pairs
        if (ours := normalise(pair["text"])) != pair["normalized"]
    }

    assert pairs
    assert not wrong


@pytest.mark.parametrize("name", WHOLE)
def test_it_reads_prompts_as_the_original_does(name: str, model: Open) -> None:
    """From the words that were typed to the rows that BART reads, the empty caption's included."""
    expected, prompts = vectors(name), json_of(name, "prompts.json")
    normalise = Normaliser(model(name) / "tokenizer/word-frequency.txt")
    path = model(name) / "tokenizer/tokenizer.json"
    tokenizer = CaptionTokenizer.load(path, json_of(name, "config.json")["max_text_length"])
    captions = [normalise(prompt["prompt"]) for prompt in prompts]

    assert captions == [prompt["normalized"] for prompt in prompts]
    for texts, suffix in ((captions, ""), ([""] * len(captions), "_uncond")):
        ids, mask = tokenizer(texts)
        assert ids.tolist() == expected[f"input_ids{suffix}"].tolist()
        assert mask.int().tolist() == expected[f"attention_mask{suffix}"].tolist()
