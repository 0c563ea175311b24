"""Fair by proof: the seal of a puzzle is public from its first moment, what it seals only later.

What is hashed is eight lines of UTF-8, each with a line feed at its end: the salt, the prompt
letter for letter, and the SHA-256 of the six picture files in their order. The salt and the hashes
are 64 small hexadecimal digits each, so lines can't be mistaken for one another; and the salt is
random, so nobody finds the prompt by trying sentences.

Pure Python.
"""

import hashlib
import re
import shlex
from dataclasses import dataclass

PICTURES = 6
_DIGEST = re.compile("[0-9a-f]{64}")
# Hashes what it is called with, a line each, byte for byte whatever the terminal's encoding is.
_SCRIPT = (
    "import hashlib, os, sys; "
    'print(hashlib.sha256(b"".join(os.fsencode(line) + b"\\n" for line in sys.argv[1:]))'
    ".hexdigest())"
)


@dataclass(frozen=True, slots=True)
class Proof:
    """What a seal is made of.

    Args:
        pictures: the SHA-256 of each picture's file, in the order shown.
    Raises:
        ValueError: there are not six of them, or one of the digests isn't one.
    """

    salt: str
    prompt: str
    pictures: tuple[str, ...]

    def __post_init__(self) -> None:
        if len(self.pictures) != PICTURES:
            raise ValueError(f"a proof needs {PICTURES} pictures, not {len(self.pictures)}")
        for digest in (self.salt, *self.pictures):
            if not _DIGEST.fullmatch(digest):
                raise ValueError(f"{digest!r} is not 64 hexadecimal digits")

    @property
    def lines(self) -> tuple[str, ...]:
        return (self.salt, self.prompt, *self.pictures)

    @property
    def seal(self) -> str:
        sealed = "".join(f"{line}\n" for line in self.lines)
        return hashlib.sha256(sealed.encode()).hexdigest()

    @property
    def shell_command(self) -> str:
        """For every Unix with GNU tools or BusyBox, and new Macs."""
        return rf"printf '%s\n' {shlex.join(self.lines)} | sha256sum"

    @property
    def python_command(self) -> str:
        return f"python3 -c {shlex.quote(_SCRIPT)} {shlex.join(self.lines)}"
