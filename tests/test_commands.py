"""Every command that a document prints can be copied, and works with what its reader has installed.

`make run` comes first, so its groups are there; a line of the document that installs a group adds
it to what follows. Imports of other groups' packages fail here.
"""

import json
import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import pytest

from tests.installed import ROOT, environment

DOCUMENTS = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted(ROOT.glob("docs/*.md"))]
AFTER_MAKE_RUN = ("studio", "local")
# Whoever works on the code has called `make check`; a host of the web side alone has no torch.
GROUPS = {"CONTRIBUTING.md": ("dev",), "web.md": ("web", "local")}
# What begins a command; the last few can't be copied, and are told apart to be refused.
BEGINNING = re.compile(
    r"([A-Z_]+=\S+ )*(make |\.venv/bin/\S+ |(python3?|pip|manage\.py|torchrun|pre-commit) )"
)
PRINTED = re.compile(r"^```(\w*)\n(.*?)^```|`([^`]+)`", re.MULTILINE | re.DOTALL)
PYTHON, TORCHRUN = ".venv/bin/python", ".venv/bin/torchrun"

# Too long, or in need of what a test has not: these are asked to explain themselves instead, and
# have to know the options that the document gives them.
EXPLAINED = {
    "-m generator recipe": "takes hours; tests/generator/training/test_recipe.py trains a tiny one",
    "-m generator train": "takes hours",
    "-m generator evaluate": "takes many minutes",
    "-m generator convert": "downloads gigabytes from the hub",
    "-m generator filter": "needs shards of captioned pictures",
    "-m generator pack": "needs a folder of captioned pictures",
    "-m generator draw --model models/icons": "needs a model that was trained",
    "-m generator.world.things.build_sprites": "needs the art sets, and takes minutes",
    "-m game.words.freeze": "needs WordNet's files, and takes minutes",
    "-m bench.load": "takes minutes",
    "-m bench.memory": "takes minutes",
    "-m bench.night": "takes minutes",
    "-m bench.warmth": "takes a minute",
    "-m bench.web": "takes minutes",
    "bench/batch.py": "takes an hour",
    "bench/icons.py": "needs a package of icons",
    "bench/bundled.py": "takes minutes",
    "bench/min_dalle.py": "takes an hour, and needs min-dalle",
    "manage.py axes_reset": "needs a running site",
    "manage.py sweep": "needs a running site",
}
# make says what it would do.
REHEARSED = {
    "adopt": "serves until it is stopped",
    "check": "is what CI runs before the tests",
    "doctor": "needs a running site",
    "fmt": "changes files",
    "messages": "changes files",
    "night": "needs a running site",
    "quick": "runs tests, as this is one",
    "run": "serves until it is stopped; tests/game/running/ does",
    "shell": "needs somebody at the terminal",
    "test": "is what runs this",
}
# Not ours, and each changes the machine or asks the network.
OTHERS = {
    ".venv/bin/python -m pip install": "installs",
    ".venv/bin/pre-commit install": "changes the clone",
    "export": "sets variables of the shell",
    "tar -xf": "unpacks what npm has fetched",
}


@dataclass(frozen=True)
class Command:
    document: Path
    line: str
    groups: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.document.name}: {self.line}"

    @cached_property
    def words(self) -> list[str]:
        words = shlex.split(self.line, comments=True)
        while re.match("[A-Z_]+=", words[0]):
            del words[0]
        return words

    @property
    def of_python(self) -> list[str]:
        """What follows `python`, if that is called: a file, or "-m" and a module; and its words."""
        if self.words[0] == TORCHRUN:
            return self.words[self.words.index("-m") :]
        return self.words[1:] if self.words[0] == PYTHON else []

    @property
    def target(self) -> str | None:
        return self.words[1] if self.words[0] == "make" else None


def listed(names: Iterable[str], words: Sequence[str]) -> str | None:
    """The longest of the names that these words begin with."""
    found = [name for name in names if list(words[: len(name.split())]) == name.split()]
    return max(found, key=len, default=None)


def printed(document: Path) -> Iterator[str]:
    """Its commands, in their order: the lines of its blocks of shell, and what stands in a text."""
    for language, block, text in PRINTED.findall(document.read_text(encoding="utf-8")):
        if language == "sh":
            yield from filter(None, block.replace("\\\n", "").splitlines())
        elif text and BEGINNING.match(command := " ".join(text.split())):
            yield command
        elif not language and any(map(BEGINNING.match, block.splitlines())):
            raise ValueError(f"{document.name}: a block of commands begins with ```sh")


def commands() -> Iterator[Command]:
    for document in DOCUMENTS:
        groups = GROUPS.get(document.name, AFTER_MAKE_RUN)
        for line in printed(document):
            if " pip install " in line:
                groups = (*groups, *re.findall(r"--group (\w+)", line))
            yield Command(document, line, groups)


ALL = list(commands())
TARGETS: set[str] = {command.target for command in ALL if command.target}
PYTHONS = [command for command in ALL if command.of_python and not listed(OTHERS, command.words)]
HELPED = [command for command in PYTHONS if listed(EXPLAINED, command.of_python)]
RUN = [command for command in PYTHONS if command not in HELPED]


def test_it_finds_the_commands_of_all_kinds() -> None:
    assert {"make run", "make test"} <= {" ".join(command.words) for command in ALL}
    assert len(HELPED) > 20
    assert {command.document.name for command in RUN} >= {"README.md", "warmth.md"}


@pytest.mark.parametrize("command", ALL, ids=str)
def test_it_prints_commands_that_can_be_copied(command: Command) -> None:
    assert command.of_python or command.target or listed(OTHERS, command.words)
    assert not re.search(r"…|\.\.\.|(?<![\w=])[A-Z]{3,}\b(?!=)", command.line.partition("  # ")[0])


def test_it_lists_what_it_does_not_run_for_no_other_reason() -> None:
    used = {listed(EXPLAINED, command.of_python) for command in PYTHONS}
    assert used - {None} == set(EXPLAINED)
    assert {listed(OTHERS, command.words) for command in ALL} - {None} == set(OTHERS)
    assert set(REHEARSED) <= TARGETS


@pytest.mark.parametrize("groups", sorted({command.groups for command in HELPED}), ids="+".join)
def test_it_explains_what_takes_too_long_with_the_readers_packages(
    groups: tuple[str, ...], tmp_path: Path
) -> None:
    asked = [command for command in HELPED if command.groups == groups]
    done = subprocess.run(
        [sys.executable, "-W", "error", "-m", "tests.explaining"],
        cwd=ROOT,
        env=environment(tmp_path, *groups),
        input=json.dumps([[*names(command), "--help"] for command in asked]),
        capture_output=True,
        text=True,
        check=True,
    )
    for command, (code, said) in zip(asked, json.loads(done.stdout), strict=True):
        assert code == 0, f"{command}: {code} {said}"
        options = {word for word in command.of_python if word.startswith("--")}
        assert not {each for each in options if each not in said}, f"{command}: {said}"


def names(command: Command) -> list[str]:
    """The command as far as it names what is to be done."""
    words = command.of_python
    first = 2 if words[0] == "-m" else 1
    rest = words[first:]
    options = [place for place, word in enumerate(rest) if word.startswith("-")]
    return [*words[:first], *rest[: min(options, default=len(rest))]]


@pytest.mark.long
@pytest.mark.parametrize("command", RUN, ids=str)
def test_it_runs_the_others_with_the_readers_packages(command: Command, tmp_path: Path) -> None:
    env = environment(tmp_path / "hidden", *command.groups)
    words = command.of_python
    if words[0] != "-m":
        words = [str(ROOT / words[0]), *words[1:]]
    folder = tmp_path / "folder"
    folder.mkdir()
    done = subprocess.run(
        [sys.executable, *words],
        cwd=folder,
        env=env | {"PYTHONPATH": os.pathsep.join([env["PYTHONPATH"], str(ROOT)])},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    if "--out" in words:
        assert any((folder / words[words.index("--out") + 1]).iterdir())


def test_it_has_every_target_that_is_named() -> None:
    assert TARGETS - set(REHEARSED) == set()
    helped = make("help").splitlines()
    assert {line.split()[0] for line in helped} >= TARGETS
    make("--dry-run", *sorted(TARGETS))


def make(*words: str) -> str:
    return subprocess.run(
        ["/usr/bin/env", "make", *words], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout


def test_it_has_every_file_that_is_named() -> None:
    named = {
        (document.name, text.partition(":")[0])
        for document in DOCUMENTS
        for text in re.findall(
            r"`((?:game|generator|bench|tests|templates|static|locale|docs)/[^`]*)`",
            document.read_text(encoding="utf-8"),
        )
    }
    assert len(named) > 40
    assert {
        (where, text) for where, text in named if not list(ROOT.glob(text.rstrip("/")))
    } == set()
