"""The command line by itself: what each command needs, and what it says when that isn't there."""

import resource
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from generator import groups
from generator.__main__ import COMMANDS, build_parser, main
from generator.groups import NotInstalledError, needing
from tests.installed import ROOT, environment


def run(
    folder: Path, group: str, *words: str, module: str = "generator"
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", module, *words],
        cwd=ROOT,
        env=environment(folder, group),
        capture_output=True,
        text=True,
        check=False,
    )


def cpu_seconds(work: Callable[[], object]) -> float:
    """Of the processes that `work` starts: how busy the machine is says nothing of us."""

    def used() -> float:
        children = resource.getrusage(resource.RUSAGE_CHILDREN)
        return children.ru_utime + children.ru_stime

    before = used()
    work()
    return used() - before


@pytest.mark.parametrize("name", COMMANDS)
def test_it_explains_a_command_in_less_than_a_second(name: str, tmp_path: Path) -> None:
    done: list[subprocess.CompletedProcess[str]] = []
    bare = cpu_seconds(lambda: run(tmp_path, COMMANDS[name].group, module="this"))
    spent = cpu_seconds(lambda: done.append(run(tmp_path, COMMANDS[name].group, name, "--help")))
    assert spent - bare < 1
    assert (done[0].returncode, done[0].stderr) == (0, "")
    assert f"python -m generator {name}" in done[0].stdout


def test_it_lists_all_commands_without_any_package(tmp_path: Path) -> None:
    done = run(tmp_path, "words", "--help")
    assert (done.returncode, done.stderr) == (0, "")
    assert all(command.text in " ".join(done.stdout.split()) for command in COMMANDS.values())


@pytest.mark.parametrize(
    ("words", "here", "package", "group"),
    [
        (("draw", "a fox", "--out", "x"), "local", "PIL", "studio"),
        (("world", "--out", "x"), "local", "PIL", "studio"),
        (("train", "bart"), "studio", "accelerate", "train"),
        (("recipe", "bundled", "--dir", "x"), "studio", "accelerate", "train"),
        (("evaluate", "--train-recogniser"), "studio", "accelerate", "train"),
    ],
)
def test_it_names_the_command_that_installs_what_is_missing(
    words: tuple[str, ...], here: str, package: str, group: str, tmp_path: Path
) -> None:
    done = run(tmp_path, here, *words)
    assert done.returncode == 2
    [line] = done.stderr.splitlines()
    assert line.startswith("generator: ")
    assert package in line
    assert line.endswith(f"-m pip install -c constraints.txt --group {group}")


def test_it_names_this_python_from_where_one_stands(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", str(Path.cwd() / ".venv/bin/python"))
    assert groups.install("train").startswith(".venv/bin/python -m pip ")
    monkeypatch.setattr(sys, "executable", "/a b/bin/python")
    assert groups.install("train").startswith("'/a b/bin/python' -m pip ")


def test_it_does_not_blame_the_installation_for_a_mistake_of_ours() -> None:
    with pytest.raises(ModuleNotFoundError), needing("studio"):
        __import__("generator.nowhere")
    with pytest.raises(ModuleNotFoundError), needing("studio"):
        __import__("pytest.nowhere")
    with pytest.raises(NotInstalledError, match="nowhere_else is not installed"), needing("studio"):
        __import__("nowhere_else.at_all")


@pytest.mark.parametrize("words", [[], ["--nothing"], ["paint"]])
def test_it_refuses_when_no_command_is_called(
    words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        main(words)
    assert "usage: python -m generator" in capsys.readouterr().err


def test_it_has_arguments_for_the_called_command_alone() -> None:
    args = build_parser("draw").parse_args(["draw", "a fox", "--out", "x"])
    assert (args.prompt, args.seed) == ("a fox", 0)
