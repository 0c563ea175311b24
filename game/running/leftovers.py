"""What a killed start left behind: servers that still run, and a number that is another's now."""

import signal
from pathlib import Path

import psutil


def stop_leftovers(program: str, folder: Path, sign: signal.Signals) -> None:
    """End what a killed start left running on this folder; our lock says nobody else needs it.

    The working directory tells them apart: it is the data folder for a server and for each
    process that serves one of its connections.
    """
    found = [
        process
        for process in psutil.process_iter(["name", "cwd"])
        if process.info["name"] == program and process.info["cwd"] == str(folder)
    ]
    for step, seconds in ((sign, 10), (signal.SIGQUIT, 3), (signal.SIGKILL, 3)):
        for process in found:
            try:
                process.send_signal(step)
            except psutil.NoSuchProcess:
                pass
        _, found = psutil.wait_procs(found, timeout=seconds)
        if not found:
            return


def forget_reused_pid(pid_file: Path) -> None:
    """PostgreSQL takes any process with the number in its stale file for its own server: in a
    container, where numbers start again, or a dead one that nobody has buried yet. Called when
    no server runs on the folder. Where the number is free, PostgreSQL's own checks do more."""
    try:
        pid = int(pid_file.read_text().split()[0])
    except (OSError, ValueError, IndexError):
        return
    if psutil.pid_exists(pid):
        pid_file.unlink()
