"""The bundled recipe, with what a command line says otherwise."""

import argparse
from collections.abc import Iterable
from dataclasses import fields, replace
from typing import Any

from generator.config import VqganConfig
from generator.folders.manifest import read_json
from generator.training.loop.plan import Plan
from generator.training.recipe import BUNDLED_RECIPE, Recipe


def recipe_of(args: argparse.Namespace) -> Recipe:
    """The bundled recipe, with what the command line says otherwise."""
    recipe = BUNDLED_RECIPE
    objective = replace(
        recipe.objective, **_said(args, ("perceptual", "adversarial", "adversarial_from"))
    )
    if args.no_adversarial:
        objective = replace(objective, adversarial_from=None)
    changes = _said(args, ("init_from", "data", "workers", "codes", "smoothing"))
    if args.config is not None:
        changes["vqgan"] = VqganConfig.from_dict(read_json(args.config))
    if args.stage == "encode" and args.batch is not None:
        changes["encode_batch"] = args.batch
    changes["pool"] = replace(recipe.pool, **_said(args, ("prompts", "precision")))
    if args.stage in recipe.plans:
        plan = replace(recipe.plans[args.stage], **_said(args, [f.name for f in fields(Plan)]))
        changes["plans"] = {**recipe.plans, args.stage: plan}
    return replace(recipe, objective=objective, **changes)


def _said(args: argparse.Namespace, names: Iterable[str]) -> dict[str, Any]:
    values = {name: getattr(args, name, None) for name in names}
    return {name: value for name, value in values.items() if value is not None}
