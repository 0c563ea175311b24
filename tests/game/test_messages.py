"""Every text for people stands in every catalogue, translated; no gettext is needed to see that."""

import ast
import io
import re
import tokenize
from collections.abc import Iterator
from pathlib import Path

import polib
import pytest
from django.conf import settings
from django.utils.translation.template import templatize

CATALOGUES = sorted((settings.BASE_DIR / "locale").glob("*/LC_MESSAGES/django.po"))
FUNCTIONS = re.compile("_|n?p?gettext(_lazy|_noop)?")
PLACEHOLDER = re.compile(r"%\(\w+\)[\d.]*[a-z]|%[\d.]*[a-z%]|\{\w+\}|</?\w+>")

Text = tuple[str | None, str]


def texts_in(source: str) -> Iterator[Text]:
    """The literal texts that are handed to gettext, each with its context."""
    tokens = list(tokenize.generate_tokens(io.StringIO(source).readline))
    for place, token in enumerate(tokens):
        if not (FUNCTIONS.fullmatch(token.string) and tokens[place + 1].string == "("):
            continue
        texts = list(_arguments(tokens[place + 2 :]))
        if texts and "pgettext" in token.string:
            yield texts[0], texts[1]
        elif texts:
            yield None, texts[0]


def _arguments(tokens: list[tokenize.TokenInfo]) -> Iterator[str]:
    """Neighbouring literals are one argument; the first thing that is none ends them."""
    parts: list[str] = []
    for token in tokens:
        if token.type == tokenize.STRING:
            parts.append(ast.literal_eval(token.string))
        elif token.type not in (tokenize.NL, tokenize.COMMENT):
            if parts:
                yield "".join(parts)
            parts = []
            if token.string != ",":
                return


def sources() -> Iterator[str]:
    for path in (settings.BASE_DIR / "game").rglob("*.py"):
        yield path.read_text()
    for path in (settings.BASE_DIR / "templates").rglob("*.*"):
        # The blanks of a template are no indentation.
        yield "\n".join(line.strip() for line in templatize(path.read_text()).splitlines())


def translations(entry: polib.POEntry | polib.MOEntry) -> list[tuple[str, str]]:
    """Each form with the text that it stands for."""
    if not entry.msgid_plural:
        return [(entry.msgid, entry.msgstr)]
    return [(entry.msgid_plural, text) for text in entry.msgstr_plural.values()]


def test_it_finds_texts_when_they_are_split_lazy_plural_or_in_a_context() -> None:
    source = """
f(_("one "  # of two
    "text"), gettext_lazy('two'), ngettext("%d a", "%d b", n), pgettext("c", "three"), _(name))
"""
    assert list(texts_in(source)) == [
        (None, "one text"),
        (None, "two"),
        (None, "%d a"),
        ("c", "three"),
    ]


def test_it_has_a_catalogue_for_every_language_but_that_of_the_sources() -> None:
    names = {path.parent.parent.name for path in CATALOGUES}
    assert names == dict(settings.LANGUAGES).keys() - {"en"}


@pytest.mark.parametrize("path", CATALOGUES, ids=str)
def test_it_holds_the_texts_of_all_sources_and_no_others(path: Path) -> None:
    wanted = {text for source in sources() for text in texts_in(source)}
    assert len(wanted) > 500
    entries = {(entry.msgctxt, entry.msgid) for entry in polib.pofile(path)}
    assert entries == wanted, "run `make messages`, and translate what is new"


@pytest.mark.parametrize("path", CATALOGUES, ids=str)
def test_it_translates_every_text_with_its_placeholders(path: Path) -> None:
    for entry in polib.pofile(path):
        assert entry.translated(), entry.msgid
        for text, translation in translations(entry):
            assert sorted(PLACEHOLDER.findall(text)) == sorted(PLACEHOLDER.findall(translation))
            assert text.startswith((" ", "\n")) == translation.startswith((" ", "\n")), text
            assert text.endswith((" ", "\n")) == translation.endswith((" ", "\n")), text


@pytest.mark.parametrize("path", CATALOGUES, ids=str)
def test_it_names_commands_that_can_be_copied(path: Path) -> None:
    """By where the documents say they are; a full stop behind one would be copied along."""
    command = re.compile(r"(?:(?:\S+ )?manage\.py|\S*celery --app)[ \w-]*\.?")
    found = 0
    for entry in polib.pofile(path):
        for both in translations(entry):
            for each in (match for text in both for match in command.finditer(text)):
                assert each[0].startswith((".venv/bin/python manage.py", ".venv/bin/celery")), each
                assert not each[0].endswith("."), each
                found += 1
    assert found > 10


@pytest.mark.parametrize("path", CATALOGUES, ids=str)
def test_it_is_compiled_as_it_is_written(path: Path) -> None:
    def meanings(entries: polib.POFile | polib.MOFile) -> set[tuple[object, ...]]:
        return {(e.msgctxt, e.msgid, *translations(e)) for e in entries}

    compiled = polib.mofile(str(path.with_suffix(".mo")))
    assert meanings(compiled) == meanings(polib.pofile(path)), "run `make messages`"
    assert compiled.metadata["Plural-Forms"] == polib.pofile(path).metadata["Plural-Forms"]


def test_it_leaves_no_text_in_scripts() -> None:
    """A word that isn't code stands between quotes, begins with a capital and has a blank."""
    sentence = re.compile(r"""["'`][A-Z][a-z]+ [^"'`]*["'`]""")
    for path in (settings.BASE_DIR / "static").rglob("*.js"):
        assert not sentence.findall(path.read_text()), path
