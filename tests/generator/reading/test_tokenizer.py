"""The tokenizer: rows of one length, closed whatever happens, and files that are refused."""

from pathlib import Path

import pytest
import torch
from tokenizers import Tokenizer, models

from generator.reading.tokenizer import CaptionTokenizer, TokenizerError, train_tokenizer
from tests.generator import tiny

BEGIN, PAD, END, UNKNOWN = range(4)


def test_it_gives_the_special_tokens_their_ids_when_trained() -> None:
    trained = train_tokenizer(tiny.CAPTIONS, 300)
    names = ["<s>", "<pad>", "</s>", "<unk>"]
    assert [trained.token_to_id(name) for name in names] == [BEGIN, PAD, END, UNKNOWN]
    assert trained.get_vocab_size() == 300


def test_it_marks_what_counts_when_rows_differ_in_length(tokenizer: CaptionTokenizer) -> None:
    ids, mask = tokenizer(["a fox", "", "a fox riding a bicycle"])
    assert (ids.shape, ids.dtype) == ((3, 16), torch.int64)
    assert (mask.shape, mask.dtype) == ((3, 16), torch.bool)
    assert ids[1].tolist() == [BEGIN, END] + [PAD] * 14
    for row, row_mask in zip(ids.tolist(), mask.tolist(), strict=True):
        length = sum(row_mask)
        assert row_mask == [True] * length + [False] * (16 - length)
        assert (row[0], row[length - 1]) == (BEGIN, END)
        assert row[length:] == [PAD] * (16 - length)
        assert not {BEGIN, PAD, END, UNKNOWN} & set(row[1 : length - 1])
    assert ids[2, : int(mask[0].sum()) - 1].tolist() == ids[0, : int(mask[0].sum()) - 1].tolist()


def test_it_keeps_the_closing_token_when_a_caption_is_too_long(
    tokenizer: CaptionTokenizer,
) -> None:
    words = "a fox riding a bicycle on the moon "
    ids, mask = tokenizer([words * 5])
    longer = CaptionTokenizer(tiny.tokenizer().tokenizer, 200)([words * 5])[0]
    assert bool(mask.all())
    assert ids[0, :-1].tolist() == longer[0, :15].tolist()
    assert int(ids[0, -1]) == END


@pytest.mark.parametrize("text", ["zebra", "Σειρήνα", "🦊 & co.", "a  b"])
def test_it_spells_a_word_in_bytes_when_it_was_never_seen(text: str) -> None:
    wide = tiny.tokenizer(64)
    ids, mask = wide([text])
    inner = ids[0, 1 : int(mask.sum()) - 1].tolist()
    assert UNKNOWN not in inner
    assert wide.tokenizer.decode(inner).strip() == text


def test_it_needs_one_token_a_word_when_it_was_taught_the_words() -> None:
    taught = CaptionTokenizer(train_tokenizer(tiny.CAPTIONS * 2, 420), 16)
    known, foreign = taught(["bicycle sunglasses", "zyxwvut"])[1].sum(1).tolist()
    assert known == 4
    assert foreign > 8


def test_it_reads_back_the_same_rows_when_saved(
    tokenizer: CaptionTokenizer, tmp_path: Path
) -> None:
    tokenizer.save(tmp_path / "tokenizer.json")
    loaded = CaptionTokenizer.load(tmp_path / "tokenizer.json", 24)
    assert len(loaded) == len(tokenizer) == 300
    texts = ["a fox", "an owl on the moon"]
    ids, mask = loaded(texts)
    assert ids.shape == (2, 24)
    own_ids, own_mask = tokenizer(texts)
    torch.testing.assert_close(ids[:, :16], own_ids)
    torch.testing.assert_close(mask[:, :16], own_mask)
    assert not mask[:, 16:].any()


def test_it_names_what_is_missing_when_a_special_token_is(tmp_path: Path) -> None:
    path = tmp_path / "tokenizer.json"
    Tokenizer(models.BPE({"a": 0, "<s>": 1}, [])).save(str(path))
    with pytest.raises(TokenizerError, match="has no <pad>, </s>"):
        CaptionTokenizer.load(path, 8)


@pytest.mark.parametrize("content", [None, "", "{}", "{not json"])
def test_it_names_the_file_when_it_is_no_tokenizer(content: str | None, tmp_path: Path) -> None:
    path = tmp_path / "tokenizer.json"
    if content is not None:
        path.write_text(content, encoding="utf-8")
    with pytest.raises(TokenizerError, match=r"tokenizer\.json is not a tokenizer file"):
        CaptionTokenizer.load(path, 8)
