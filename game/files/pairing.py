"""A database and its data folder know each other by a key that both hold.

Two that don't belong together look like a site whose pictures are lost, or like a folder full of
files that nobody needs. So nothing starts and nothing is swept before they have been compared. The
key lies with the pictures, and a dump takes the database's along: a restored one is the same.
"""

from uuid import UUID

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import FileSystemStorage, default_storage
from django.db import connection
from django.utils.translation import gettext as _

from game.drawing import candidates
from game.models import Candidate, Installation

KEY_FILE = "belongs-to"


class Stranger(Exception):
    """The database and the folder belong to others; the message is for the operator."""

    def __init__(self) -> None:
        place = settings.MEDIA_ROOT if isinstance(default_storage, FileSystemStorage) else ""
        super().__init__(
            _(
                "The database and the pictures in %(folder)s don't belong together; nothing was "
                "touched. Name the right database (DATABASE_URL) or the right data folder "
                "(SIXPIX_VAR): for a new PostgreSQL, restore a dump of the old one there first. "
                "Only if they shall belong together from now on: make adopt"
            )
            % {"folder": place or _("the storage")}
        )


def check() -> None:
    """Raise Stranger unless they know each other, or may be introduced. Changes nothing, and can
    be asked of a database that has no tables yet.

    Raises:
        Stranger: the folder has a key that isn't the database's; or it has none, and there are
            pictures on one side that the other knows nothing of.
    """
    folder = folder_key()
    if not (_are_alike() if folder is None else folder == database_key()):
        raise Stranger


def introduce() -> None:
    """Compare them, and give both a key when they have none."""
    check()
    # The database first: killed here, the next start finds a folder without a key, and goes on.
    row, _is_new = Installation.objects.get_or_create(number=1)
    if folder_key() is None:
        _write(row.key)


def adopt() -> None:
    """Make them belong together from now on, whatever either was before."""
    row, _is_new = Installation.objects.get_or_create(number=1)
    _write(row.key)


def database_key() -> str | None:
    if Installation._meta.db_table not in connection.introspection.table_names():
        return None
    row = Installation.objects.first()
    return str(row.key) if row else None


def folder_key() -> str | None:
    try:
        with default_storage.open(KEY_FILE) as file:
            return bytes(file.read()).decode(errors="replace").strip()
    except FileNotFoundError:
        return None


def _are_alike() -> bool:
    """Of a folder without a key: some picture is known to both, or there is none."""
    named: set[str] = set()
    if Candidate._meta.db_table in connection.introspection.table_names():
        named.update(Candidate.objects.values_list("file", flat=True))
    stored = set(candidates.stored())
    return not named.isdisjoint(stored) or not (named or stored)


def _write(key: UUID) -> None:
    default_storage.delete(KEY_FILE)
    default_storage.save(KEY_FILE, ContentFile(f"{key}\n".encode()))
