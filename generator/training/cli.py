"""`python -m generator train`: the stages of the bundled model, each resumable.

codebook   patches of the world → the VQGAN's shortcut and codebook
tokenizer  captions of the world → byte-level BPE
vqgan      the decoder, by gradients (beside BART: codes no longer move)
bart       captions → codes
clip       the ranker
assemble   everything above → a model folder
"""

import argparse
import logging
from dataclasses import replace
from pathlib import Path

from generator.config import BUNDLED_BART
from generator.manifest import BUNDLED
from generator.training.assemble import assemble
from generator.training.bart import make_tokenizer, train_bart
from generator.training.clip import train_clip
from generator.training.run import Plan
from generator.training.vqgan import load_vqgan, make_codebook, train_vqgan

logger = logging.getLogger(__name__)

PLANS = {
    "vqgan": Plan(steps=5_000, batch=8, rate=6e-4, betas=(0.9, 0.95), weight_decay=0.0),
    "bart": Plan(steps=4_400, batch=32, rate=1.2e-3),
    "clip": Plan(steps=700, batch=64, rate=1e-3),
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.description = __doc__
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    stages = ("codebook", "tokenizer", "vqgan", "bart", "clip", "assemble")
    parser.add_argument("stage", choices=stages)
    parser.add_argument("--dir", type=Path, default=Path("var/training"), help="run folder")
    parser.add_argument("--steps", type=int, help="steps in all (the recipe's)")
    parser.add_argument("--batch", type=int, help="samples a step (the recipe's)")
    parser.add_argument("--rate", type=float, help="peak learning rate (the recipe's)")
    parser.add_argument("--out", type=Path, default=BUNDLED, help="model folder to assemble")


def main(args: argparse.Namespace) -> int:
    folder: Path = args.dir
    tokenizer = folder / "tokenizer.json"
    if args.stage == "codebook":
        logger.info("the codebook alone: %.2f dB", make_codebook(folder / "vqgan"))
    elif args.stage == "tokenizer":
        logger.info("%d tokens", make_tokenizer(tokenizer).get_vocab_size())
    elif args.stage == "vqgan":
        train_vqgan(folder / "vqgan", plan_of(args))
    elif args.stage == "bart":
        train_bart(folder / "bart", folder / "vqgan", tokenizer, plan_of(args), BUNDLED_BART)
    elif args.stage == "clip":
        train_clip(folder / "clip", load_vqgan(folder / "vqgan"), tokenizer, plan_of(args))
    else:
        manifest = assemble(folder, args.out)
        logger.info("%s: %s", args.out, manifest.hash)
    return 0


def plan_of(args: argparse.Namespace) -> Plan:
    """The recipe's plan of a stage, with what the command line says otherwise."""
    said = {k: getattr(args, k) for k in ("steps", "batch", "rate")}
    return replace(PLANS[args.stage], **{k: v for k, v in said.items() if v is not None})
