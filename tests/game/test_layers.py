import logging.config
import os
import subprocess
import sys
from copy import deepcopy
from typing import Any

import grimp
import pytest
from importlinter import Contract, api
from importlinter.cli import lint_imports
from importlinter.contracts.acyclic_siblings import AcyclicSiblingsContract
from importlinter.contracts.forbidden import ForbiddenContract
from importlinter.contracts.layers import LayersContract
from importlinter.contracts.protected import ProtectedContract

from game.running.places import BASE_DIR

HEAVY = ("torch", "transformers", "tokenizers", "safetensors")
IMPORT_THE_SITE = """
import os, sys
os.environ["DJANGO_SETTINGS_MODULE"] = "game.settings"
import django
django.setup()
import game.urls, game.wsgi, game.nights.tasks, game.running.supervise
print(*sorted(name for name in sys.modules if "." not in name))
"""


def test_it_loads_no_torch_when_the_site_is_imported() -> None:
    env = {name: value for name, value in os.environ.items() if name != "DJANGO_SETTINGS_MODULE"}
    modules = subprocess.run(
        [sys.executable, "-W", "error", "-c", IMPORT_THE_SITE],
        cwd=BASE_DIR,
        env=env,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.split()
    assert "game" in modules
    assert not set(HEAVY) & set(modules)


def test_it_keeps_to_its_layers(monkeypatch: pytest.MonkeyPatch) -> None:
    # It would set up logging for a process of its own, and silence every logger that there is.
    monkeypatch.setattr(logging.config, "dictConfig", lambda config: None)
    assert lint_imports(config_filename=str(BASE_DIR / "pyproject.toml"), no_cache=True) == 0


_read = api.read_configuration(config_filename=str(BASE_DIR / "pyproject.toml"))
SESSION, CONTRACTS = _read["session_options"], _read["contracts_options"]
KINDS: dict[str, type[Contract]] = {
    "acyclic_siblings": AcyclicSiblingsContract,
    "forbidden": ForbiddenContract,
    "layers": LayersContract,
    "protected": ProtectedContract,
}
# One import put the wrong way for each contract.
WRONG = {
    "Each room of the game uses": ("game.rules.boards", "game.models.plays"),
    "No two neighbours of the game": ("game.admin.prompts.bulk", "game.admin.puzzle.puzzles"),
    "Plays and tries are written": ("game.players.moving", "game.playing.recording"),
    "Each room of the generator uses": ("generator.reading.text", "generator.networks.bart"),
    "No two neighbours of the generator": ("generator.networks.layers", "generator.networks.bart"),
    "The generator could be published": ("generator.config", "game.rules.boards"),
    "Only drawing knows the generator": ("game.pages.site.about", "generator.config"),
}


@pytest.fixture(scope="module")
def imports() -> grimp.ImportGraph:
    roots = SESSION["root_packages"]
    return grimp.build_graph(*roots, include_external_packages=True, cache_dir=None)


@pytest.mark.parametrize("options", CONTRACTS, ids=lambda options: options["name"])
def test_it_notices_an_import_that_is_put_the_wrong_way(
    imports: grimp.ImportGraph, options: dict[str, Any]
) -> None:
    told = {key: value for key, value in options.items() if key not in ("name", "type")}
    contract = KINDS[options["type"]](options["name"], SESSION, told)
    [(importer, imported)] = [
        wrong for name, wrong in WRONG.items() if options["name"].startswith(name)
    ]
    graph = deepcopy(imports)
    assert contract.check(graph, verbose=False).kept
    graph = deepcopy(imports)
    graph.add_import(importer=importer, imported=imported)
    assert not contract.check(graph, verbose=False).kept
