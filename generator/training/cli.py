"""`python -m generator train`: the stages of the bundled model, each resumable.

features   what the VQGAN's perceptual loss sees with
codebook   patches of the world → the VQGAN's shortcut and codebook
tokenizer  captions of the world → byte-level BPE
vqgan      the decoder, by gradients (beside BART: codes no longer move)
encode     pictures of one's own → codes on disk, for bart --codes
bart       captions → codes
judge      a recogniser of what pictures show
pool       pictures of the model's own, judged, for the ranker
clip       the ranker; it learns from the pool too, where there is one
sight      what its figures mean: thresholds, measured against the judge
assemble   everything above → a model folder
"""

import argparse
import logging
from pathlib import Path

from generator.folders.manifest import BUNDLED

logger = logging.getLogger(__name__)
# The keys of generator.training.recipe.STAGES, which knows how and so loads all of training.
STAGES = ("features", "codebook", "tokenizer", "vqgan", "bart", "judge", "pool", "clip", "sight")
PLAN = frozenset({
    "steps", "batch", "accumulate", "rate", "matrix_rate", "cooldown", "warmup", "save_every",
    "grid_every", "seed", "precision", "checkpointing",
})  # fmt: skip
LOSS = frozenset({"perceptual", "adversarial", "adversarial_from", "no_adversarial"})
DATA = frozenset({"data", "workers"})
# What each stage uses; to be told anything else is a misunderstanding.
USED: dict[str, frozenset[str]] = {
    "features": PLAN,
    "codebook": frozenset({"config"}),
    "tokenizer": frozenset(),
    "vqgan": PLAN | LOSS | DATA | {"init_from", "config"},
    "encode": DATA | {"codes", "batch"},
    "bart": PLAN | DATA | {"codes", "smoothing", "init_from"},
    "judge": PLAN,
    "pool": frozenset({"prompts", "precision"}),
    "clip": PLAN | {"init_from"},
    "sight": frozenset(),
    "assemble": frozenset({"out"}),
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.description = __doc__
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("stage", choices=(*STAGES, "encode", "assemble"))
    parser.add_argument("--dir", type=Path, default=Path("var/training"), help="run folder")
    plan = parser.add_argument_group("plan", "what the recipe says unless given")
    plan.add_argument("--steps", type=int, help="steps in all")
    plan.add_argument("--batch", type=int, help="samples computed at once")
    plan.add_argument("--accumulate", type=int, help="batches a step (1)")
    plan.add_argument("--rate", type=float, help="peak learning rate")
    plan.add_argument("--matrix-rate", type=float, help="peak rate of Muon, for matrices")
    plan.add_argument("--cooldown", type=int, help="steps of a falling rate at the end")
    plan.add_argument("--warmup", type=int, help="steps until the peak")
    plan.add_argument("--save-every", type=int, help="steps between saved states")
    plan.add_argument("--grid-every", type=int, help="steps between sample pictures")
    plan.add_argument("--seed", type=int, help="of the run: other scenes, other chance (0)")
    plan.add_argument("--precision", choices=("no", "bf16"), help="mixed precision (no)")
    plan.add_argument("--checkpointing", action="store_true", default=None, help="save memory")
    start = parser.add_argument_group("start")
    start.add_argument("--init-from", type=_folder, help="folder of weights to start from")
    start.add_argument("--config", type=Path, help="vqgan: config.json of other sizes")
    data = parser.add_argument_group("data", "in place of the world")
    data.add_argument("--data", help="vqgan, bart, encode: shards, a folder, or hf:owner/name")
    data.add_argument("--workers", type=int, help="processes that decode pictures (0)")
    data.add_argument("--codes", type=Path, help="bart, encode: folder of encoded pictures")
    loss = parser.add_argument_group("loss")
    loss.add_argument("--smoothing", type=float, help="bart: label smoothing (0)")
    loss.add_argument("--perceptual", type=float, help="vqgan: weight of the perceptual loss")
    loss.add_argument("--adversarial", type=float, help="vqgan: pull of the discriminator")
    loss.add_argument(
        "--adversarial-from", type=int, metavar="STEP", help="vqgan: when it is first heard"
    )
    loss.add_argument(
        "--no-adversarial", action="store_true", help="vqgan: without a discriminator"
    )
    parser.add_argument("--prompts", type=int, help="pool: prompts to sample")
    parser.add_argument(
        "--out", type=Path, help="assemble: model folder to make (generator/weights)"
    )


def main(args: argparse.Namespace) -> int:
    if unused := unused_options(args):
        named = ", ".join(f"--{name.replace('_', '-')}" for name in unused)
        raise ValueError(f"{args.stage} does not use {named}")
    # Late, so that --help needs none of it (see generator.__main__).
    from generator.training import recipe
    from generator.training.assemble import assemble
    from generator.training.overrides import recipe_of

    if args.stage == "assemble":
        folder = args.out or BUNDLED
        logger.info("%s: %s", folder, assemble(args.dir, folder).hash)
    elif args.stage == "encode":
        recipe.encode(recipe_of(args), args.dir)
    else:
        recipe.STAGES[args.stage](recipe_of(args), args.dir)
    return 0


def unused_options(args: argparse.Namespace) -> list[str]:
    """Those that were given and that the stage does nothing with."""
    others = frozenset().union(*USED.values()) - USED[args.stage]
    return sorted(name for name in others if getattr(args, name) not in (None, False))


def _folder(text: str) -> Path:
    """A folder, which may be named by the weights in it."""
    path = Path(text)
    return path.parent if path.suffix == ".safetensors" else path
