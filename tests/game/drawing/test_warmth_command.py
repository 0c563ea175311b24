"""`manage.py warmth` tells at the terminal what a player would be told."""

import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from game.drawing import tables
from game.drawing.warming import Warmer
from game.words.encoder import EncoderError


def tell(*words: str, **options: bool) -> str:
    out = StringIO()
    call_command("warmth", *words, stdout=out, **options)
    return out.getvalue()


def test_it_tells_warmth_and_reasons_of_guesses() -> None:
    lines = tell("Penguins", "puffin", "penguin", "xyzzy", "saucepan").splitlines()
    assert [line.split()[0] for line in lines] == ["puffin", "penguin", "xyzzy", "saucepan"]
    assert int(lines[0].split()[1]) > 80
    assert lines[0].endswith("both are sea birds")
    assert [line.split()[1:] for line in lines[1:]] == [["100"], ["–"], ["0"]]


def test_it_tells_one_line_of_json() -> None:
    [line] = tell("guitar", "Banjo", "guitars", "xyzzy", as_json=True).splitlines()
    told = json.loads(line)
    assert list(told) == ["Banjo", "guitars", "xyzzy"]
    assert told["Banjo"] > 80
    assert (told["guitars"], told["xyzzy"]) == (100, None)


@pytest.mark.parametrize("words", [("", "fox"), ("fox", "🦊"), ("fox", "a very long phrase here")])
def test_it_refuses_what_is_no_word(words: tuple[str, str]) -> None:
    with pytest.raises(CommandError):
        tell(*words)


def test_it_says_so_when_there_is_no_encoder(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(self: Warmer, hidden: list[str]) -> None:
        raise EncoderError("no encoder")

    monkeypatch.setattr(Warmer, "warm", fail)
    tables.warmer.cache_clear()
    with pytest.raises(CommandError, match="no encoder"):
        tell("pikachu", "fox")
