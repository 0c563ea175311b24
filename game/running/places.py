"""Where things lie. The embedded PostgreSQL and Redis listen at places that follow from the data
folder alone, so that every process finds them without being told."""

import hashlib
import os
import tempfile
from pathlib import Path
from urllib.parse import quote

BASE_DIR = Path(__file__).resolve().parents[2]
# A Unix socket's path holds 108 bytes on Linux and 104 on macOS, with the closing zero.
LONGEST_SOCKET_PATH = 103
POSTGRES_SOCKET = ".s.PGSQL.5432"
REDIS_SOCKET = "redis.sock"


def var_folder() -> Path:
    """Everything that is written: databases, pictures, logs."""
    return Path(os.environ.get("SIXPIX_VAR", "").strip() or BASE_DIR / "var").absolute()


def socket_folder(var: Path) -> Path:
    """In the data folder where the path is short enough, otherwise in the temporary folder."""
    near = var.resolve() / "run"
    if len(os.fsencode(near / "postgres" / POSTGRES_SOCKET)) <= LONGEST_SOCKET_PATH:
        return near
    name = hashlib.sha256(os.fsencode(var.resolve())).hexdigest()[:16]
    return Path(tempfile.gettempdir()) / f"sixpix-{os.getuid()}-{name}"


def database_url(var: Path) -> str:
    folder = socket_folder(var) / "postgres"
    return f"postgresql://postgres@{quote(str(folder), safe='')}/sixpix"


def redis_url(var: Path) -> str:
    return f"unix://{quote(str(socket_folder(var) / 'redis' / REDIS_SOCKET))}"
