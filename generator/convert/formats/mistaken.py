"""Files that were saved in a checkpoint's name and are something else."""

from pathlib import Path

from generator.convert.errors import ConvertError

LFS = b"version https://git-lfs"
HTML = (b"<!doctype html", b"<html")


def check_is_data(path: Path) -> None:
    """Raises ConvertError for a Git LFS pointer, a web page and an empty file, and says so."""
    try:
        with path.open("rb") as file:
            head = file.read(512)
    except OSError as error:
        raise ConvertError(f"{path} cannot be read: {error}") from error
    if not head:
        raise ConvertError(f"{path} is empty: its download broke off")
    if head.startswith(LFS):
        raise ConvertError(
            f"{path} is a Git LFS pointer, not the file itself: `git lfs pull` fetches it"
        )
    if head.lstrip().lower().startswith(HTML):
        raise ConvertError(f"{path} is a web page: a server answered with it in place of the file")
