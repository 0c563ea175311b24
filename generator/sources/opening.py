"""Which kind of source a place is."""

from pathlib import Path
from typing import Protocol

from generator.sources.folder import CAPTION_FILES, FolderSource
from generator.sources.hub import HubSource
from generator.sources.records import Record, SourceError
from generator.sources.shards import ShardSource

HUB = "hf:"


class Indexed(Protocol):
    """Records by (group, index); a group is read together: a shard, or a whole folder."""

    @property
    def sizes(self) -> list[int]: ...

    def record(self, group: int, index: int) -> Record:
        """Raises BrokenRecord."""
        ...


Source = ShardSource | FolderSource | HubSource


def open_source(place: str) -> Source:
    """`hf:owner/name` or `hf:owner/name:split`, a folder of pictures, a folder or pattern of tars.

    Raises:
        SourceError: there is nothing of the kind.
    """
    if place.startswith(HUB):
        name, _, split = place.removeprefix(HUB).partition(":")
        return HubSource(name, split or "train")
    folder = Path(place)
    if folder.is_dir() and not any(folder.glob("*.tar")):
        if not any((folder / name).is_file() for name in CAPTION_FILES):
            raise SourceError(f"{folder} has neither tar files nor {', '.join(CAPTION_FILES)}")
        return FolderSource(folder)
    return ShardSource(place)
