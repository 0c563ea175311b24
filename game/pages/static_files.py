"""Static files as they are served: by hashed names, and one style sheet where a page needs many."""

import re
from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.storage import Storage
from whitenoise.storage import CompressedManifestStaticFilesStorage

OURS = "css/"
IMPORT = re.compile(rb'^@import "([\w-]+\.css)";$', re.MULTILINE)


def beside(path: str, name: str) -> str:
    return str(PurePosixPath(path).with_name(name))


class JoinedSheets:
    """Reads a style sheet with those that it imports from its own folder put in their places."""

    def __init__(self, storage: Storage) -> None:
        self.storage = storage

    def open(self, path: str) -> "ContentFile[bytes]":
        def imported(found: re.Match[bytes]) -> bytes:
            content: bytes = self.open(beside(path, found[1].decode())).read()
            return content

        with self.storage.open(path) as sheet:
            return ContentFile(IMPORT.sub(imported, sheet.read()))


class HashedFiles(CompressedManifestStaticFilesStorage):  # type: ignore[misc]  # untyped
    """A script imports its modules by their hashed names, so that a deploy never mixes versions."""

    support_js_module_import_aggregation = True

    def post_process(
        self, paths: dict[str, tuple[Storage, str]], *args: Any, **options: Any
    ) -> Iterator[Any]:
        sheets = {
            name: (JoinedSheets(storage), path)
            for name, (storage, path) in paths.items()
            if name.startswith(OURS)
        }
        yield from super().post_process({**paths, **sheets}, *args, **options)
