"""Whose the files are, where root starts a server that has to run under another account."""

import os
import pwd
import stat
from pathlib import Path


class LocalError(Exception):
    """An embedded server cannot run; the message is for the person at the terminal."""


def make_private(folder: Path, user: str | None = None) -> None:
    """The sockets may lie in the shared temporary folder, so that a folder found is not believed
    to be ours until it is looked at."""
    account = pwd.getpwnam(user) if user else None
    wanted = account.pw_uid if account else os.geteuid()
    folder.parent.mkdir(mode=0o711, parents=True, exist_ok=True)
    folder.mkdir(mode=0o700, exist_ok=True)
    for path in (folder, folder.parent):
        if path.lstat().st_uid not in (wanted, os.geteuid()) or path.is_symlink():
            raise LocalError(f"{path} belongs to someone else; remove it first.")
    if account:
        os.chown(folder, account.pw_uid, account.pw_gid)
    folder.chmod(0o700)


def is_open_to_others(path: Path) -> bool:
    return bool(path.stat().st_mode & stat.S_IXOTH)


def let_others_reach(folder: Path, ours: Path) -> None:
    """The unprivileged account must get through the folders above, no more. What lies in `ours` is
    opened for it; what is closed above that, its owner has closed for a reason."""
    for parent in folder.parents:
        if is_open_to_others(parent):
            continue
        if not parent.is_relative_to(ours):
            raise LocalError(
                f"{parent} is closed to other accounts, and PostgreSQL, which root may not run, "
                f"has to get through it to {folder}. Start Sixpix under an account of its own; or "
                "keep it elsewhere, the data by SIXPIX_VAR; or open the folder yourself: "
                f"chmod o+x {parent}"
            )
        parent.chmod(parent.stat().st_mode | stat.S_IXOTH)


def let_others_read(path: Path) -> None:
    mode = path.lstat().st_mode
    if not stat.S_ISLNK(mode):
        is_program = path.is_dir() or mode & stat.S_IXUSR
        path.chmod(mode | stat.S_IROTH | (stat.S_IXOTH if is_program else 0))
