"""Captioned images from wherever they lie: tar shards, image folders, the Hugging Face hub.

    source = open_source("shards/")                  # or a folder of pictures, or "hf:owner/name"
    stream = CaptionedImages(source, size=256, batch=32, seed=0, workers=4)
    for batch in stream.batches(first_step):
        batch.images, batch.captions

Batch `step` is the same in any run. What is broken is passed over and counted: `stream.tally`.
"""

from generator.sources.batches import Batch, CaptionedImages
from generator.sources.folder import FolderSource
from generator.sources.hub import HubSource
from generator.sources.opening import Source, open_source
from generator.sources.pixels import Crop
from generator.sources.records import BrokenRecord, Record, SourceError, Tally
from generator.sources.shards import ShardSource

__all__ = [
    "Batch",
    "BrokenRecord",
    "CaptionedImages",
    "Crop",
    "FolderSource",
    "HubSource",
    "Record",
    "ShardSource",
    "Source",
    "SourceError",
    "Tally",
    "open_source",
]
