"""`python -m generator pack`: a folder of captioned pictures as tar shards, for `filter`."""

import argparse
import sys
from pathlib import Path


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.description = __doc__
    parser.add_argument("folder", type=Path, help="with captions.csv or .jsonl, or .txt files")
    parser.add_argument("--out", type=Path, required=True, metavar="DIR", help="where to write")
    parser.add_argument("--per-shard", type=int, default=1000, help="pictures in each (1000)")
    parser.add_argument("--image-key", metavar="NAME", help="column of the files")
    parser.add_argument("--caption-key", metavar="NAME", help="column of the captions")
    parser.add_argument("--delimiter", default=",", help="of captions.csv (,)")


def main(args: argparse.Namespace) -> int:
    # Late, so that --help needs none of it (see generator.__main__).
    from generator.filtering.packing import pack
    from generator.sources.folder import FolderSource
    from generator.sources.records import Keys

    keys = Keys(args.image_key, args.caption_key, args.delimiter)
    tally = pack(FolderSource(args.folder, keys), args.out, args.per_shard)
    sys.stdout.write(f"{args.out}: {tally.summary()}\n")
    return 0
