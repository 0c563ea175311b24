"""`python -m generator convert`: published checkpoints into a model folder.

Each source is a folder, a file, or an id on the hub with an optional revision (owner/name@v1).
BART: DALL·E mini's or mega's Flax checkpoint, or min-dalle's encoder.pt and decoder.pt.
VQGAN: the same family's, as Flax, taming-transformers or min-dalle (detoker.pt) have it.
CLIP: any that transformers loads.
"""

import argparse
import logging
from pathlib import Path

logger = logging.getLogger(__name__)
DTYPES = ("float32", "float16", "bfloat16")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.description = __doc__
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    for name in ("bart", "vqgan", "clip"):
        parser.add_argument(f"--{name}", required=True, metavar="SRC")
    parser.add_argument("--out", type=Path, required=True, metavar="DIR", help="where to write")
    parser.add_argument("--dtype", choices=DTYPES, help="(float16 stays, the rest is float32)")
    parser.add_argument("--name", help="what the model is called (as BART's source)")
    parser.add_argument("--licence", help="(unknown, see the source)")
    parser.add_argument("--tokenizer", type=Path, metavar="DIR", help="if BART's source has none")
    parser.add_argument(
        "--word-frequency", type=Path, metavar="FILE", help="words, most frequent first"
    )
    parser.add_argument(
        "--range",
        choices=("0,1", "-1,1"),
        default="0,1",
        help="of the VQGAN's pictures: -1,1 for CompVis' own (0,1)",
    )
    parser.add_argument("--replace", action="store_true", help="replace a model folder at --out")


def main(args: argparse.Namespace) -> int:
    # Late, so that --help needs none of it (see generator.__main__).
    import torch

    from generator.convert.folder import LICENCE, Options, convert

    options = Options(
        name=args.name,
        licence=args.licence or LICENCE,
        dtype=getattr(torch, args.dtype) if args.dtype else None,
        tokenizer=args.tokenizer,
        word_frequency=args.word_frequency,
        is_signed=args.range == "-1,1",
        replace=args.replace,
    )
    manifest = convert(args.bart, args.vqgan, args.clip, args.out, options)
    logger.info("%s: %s, %s", args.out, manifest.name, manifest.hash)
    return 0
