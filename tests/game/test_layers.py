import os
import subprocess
import sys

from importlinter.cli import lint_imports

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


def test_it_keeps_to_its_layers() -> None:
    assert lint_imports(config_filename=str(BASE_DIR / "pyproject.toml"), no_cache=True) == 0
