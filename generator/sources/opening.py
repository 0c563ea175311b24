"""Which kind of source a place is."""

from pathlib import Path
from typing import Protocol

from generator.sources.folder import CAPTION_FILES, FolderSource, caption_file, has_pictures
from generator.sources.hub import HubSource
from generator.sources.records import Keys, Record, SourceError
from generator.sources.shards import ShardSource

HUB = "hf:"


class Indexed(Protocol):
    """Records by (group, index); a group is read together: a shard, or a whole folder."""

    @property
    def damaged(self) -> dict[str, str]:
        """What of it could not be read at all, and why."""
        ...

    @property
    def sizes(self) -> list[int]: ...

    @property
    def identity(self) -> str:
        """The same for the same records, wherever they lie."""
        ...

    def caption(self, group: int, index: int) -> str:
        """Without reading the picture. Raises BrokenRecord."""
        ...

    def record(self, group: int, index: int) -> Record:
        """Raises BrokenRecord."""
        ...


Source = Indexed | HubSource


def open_source(place: str, keys: Keys | None = None) -> Source:
    """`hf:owner/name` or `hf:owner/name:split`, a folder of pictures, a folder or pattern of tars.

    Raises:
        SourceError: there is nothing of the kind.
    """
    if place.startswith(HUB):
        name, _, split = place.removeprefix(HUB).partition(":")
        return HubSource(name, split or "train", keys)
    return open_indexed(place, keys)


def open_indexed(place: str, keys: Keys | None = None) -> Indexed:
    """What `open_source` opens here, whose records can be looked up.

    Raises:
        SourceError: there is nothing of the kind, or it is streamed from the hub.
    """
    if place.startswith(HUB):
        raise SourceError(f"{place} is streamed and has no end: make shards of it first")
    folder = Path(place)
    if not folder.is_dir() or any(folder.glob("*.tar")):
        return ShardSource(place, keys)
    if caption_file(folder) is None and not has_pictures(folder):
        raise SourceError(
            f"{folder} has neither tar files nor {', '.join(CAPTION_FILES)} nor pictures with a "
            ".txt beside each"
        )
    return FolderSource(folder, keys)
