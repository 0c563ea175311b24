"""Child processes that end with their parent, whatever ends it."""

import ctypes
import os
import pwd
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path

PR_SET_PDEATHSIG = 1
# Seconds before a dead child is started again: doubled each time, until it has lasted a while.
FIRST_WAIT, LONGEST_WAIT, STEADY = 1.0, 30.0, 60.0


def die_with_parent(sign: signal.Signals, parent: int) -> Callable[[], None]:
    """For the child of `parent` to call first. It does nothing except on Linux: elsewhere the next
    start stops what a killed one left behind."""
    if sys.platform != "linux":
        return lambda: None
    # Looked up here: between fork and exec is no time to load a library.
    prctl = ctypes.CDLL(None, use_errno=True).prctl

    def ask_kernel() -> None:
        prctl(PR_SET_PDEATHSIG, int(sign), 0, 0, 0)
        if os.getppid() != parent:  # it died before we could ask
            os._exit(1)

    return ask_kernel


def spawn(
    command: list[str],
    log: Path,
    *,
    env: Mapping[str, str] | None = None,
    cwd: Path | None = None,
    user: str | None = None,
    death_signal: signal.Signals = signal.SIGTERM,
) -> subprocess.Popen[bytes]:
    """Start a command in a process group of its own, so that Ctrl-C reaches the parent alone."""
    # Logs tell of addresses that were asked for, and of whatever went wrong.
    log.parent.mkdir(parents=True, exist_ok=True)
    log.parent.chmod(0o700)
    with log.open("ab") as file:
        return subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=file,
            stderr=subprocess.STDOUT,
            env=env,
            cwd=cwd,
            user=user,
            group=group_of(user),
            extra_groups=[] if user else None,
            start_new_session=True,
            preexec_fn=die_with_parent(death_signal, os.getpid()),
        )


def group_of(user: str | None) -> int | None:
    return pwd.getpwnam(user).pw_gid if user else None


def stop(process: subprocess.Popen[bytes], *steps: tuple[signal.Signals, float]) -> None:
    """Send each signal and wait so many seconds for it to work; at last kill the whole group."""
    for sign, seconds in steps:
        if process.poll() is not None:
            break
        process.send_signal(sign)
        try:
            process.wait(seconds)
        except subprocess.TimeoutExpired:
            pass
    kill_group(process)


def kill_group(process: subprocess.Popen[bytes]) -> None:
    """Also after the process itself has ended: its own children may not have noticed."""
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        pass
    process.wait()


def last_lines(log: Path, count: int = 5) -> str:
    try:
        lines = log.read_text(errors="replace").splitlines()
    except OSError:
        return ""
    return "\n".join(lines[-count:])


@dataclass
class Child:
    """One member of the family: how it is started, and what has become of it."""

    name: str
    start: Callable[[], subprocess.Popen[bytes]]
    log: Path
    process: subprocess.Popen[bytes] | None = None
    started_at: float = 0.0
    start_again_at: float = 0.0
    wait: float = FIRST_WAIT


@dataclass
class Family:
    """Children that are kept running until all are stopped."""

    tell: Callable[[str], None]
    children: list[Child] = field(default_factory=list)

    def add(self, child: Child) -> None:
        child.process, child.started_at = child.start(), time.monotonic()
        self.children.append(child)

    def tend(self) -> None:
        """Report and start again whoever has died. To be called often."""
        for child in self.children:
            if child.process is None:
                if time.monotonic() >= child.start_again_at:
                    self._start_again(child)
            elif child.process.poll() is not None:
                self._mourn(child, child.process)

    def _mourn(self, child: Child, process: subprocess.Popen[bytes]) -> None:
        kill_group(process)
        child.process = None
        if time.monotonic() - child.started_at > STEADY:
            child.wait = FIRST_WAIT
        child.start_again_at = time.monotonic() + child.wait
        self.tell(
            f"{child.name} has ended ({describe(process.returncode)}), starting it again "
            f"in {child.wait:.0f} s. Its log: {child.log}"
        )
        child.wait = min(child.wait * 2, LONGEST_WAIT)

    def _start_again(self, child: Child) -> None:
        child.started_at = time.monotonic()
        try:
            child.process = child.start()
        except Exception as error:
            child.start_again_at = time.monotonic() + child.wait
            self.tell(f"{child.name} could not be started: {error}")
        else:
            self.tell(f"{child.name} runs again.")

    def stop(self, names: Collection[str], *steps: tuple[signal.Signals, float]) -> None:
        """Each step signals all that are left, then gives them so many seconds together."""
        chosen = [child.process for child in self.children if child.name in names]
        running = [process for process in chosen if process]
        self.children = [child for child in self.children if child.name not in names]
        for sign, seconds in steps:
            for process in running:
                if process.poll() is None:
                    process.send_signal(sign)
            deadline = time.monotonic() + seconds
            while time.monotonic() < deadline and any(p.poll() is None for p in running):
                time.sleep(0.05)
        for process in running:
            kill_group(process)


def describe(returncode: int) -> str:
    if returncode >= 0:
        return f"exit code {returncode}"
    return f"killed by {signal.Signals(-returncode).name}"
