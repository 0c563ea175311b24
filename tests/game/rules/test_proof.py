"""The seal of a puzzle, and the commands that check it."""

import hashlib
import re
import shutil
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from game.rules.proof import Proof

SALT = "5a" * 32
PICTURES = tuple(f"{number}" * 64 for number in range(1, 7))
PROMPTS = [
    "a red fox",
    "the cat’s cradle: “naïve” café",
    'it\'s $HOME `date` \\n "quoted" %s !!',
    "-n a dash first",
]
DIGESTS = st.text("0123456789abcdef", min_size=64, max_size=64)


def run(command: str) -> str:
    # As a reader would: pasted into a shell.
    shell = subprocess.run(["/bin/sh", "-c", command], capture_output=True, check=True)
    return shell.stdout.decode().split()[0]


def test_it_seals_the_documented_bytes() -> None:
    salt, one = "0" * 64, "f" * 64
    written = f"{salt}\na b\n{one}\n{one}\n{one}\n{one}\n{one}\n{one}\n"
    assert (
        Proof(salt, "a b", (one,) * 6).seal == hashlib.sha256(written.encode("utf-8")).hexdigest()
    )
    # Worked out once with sha256sum, by hand: a change of the form breaks every old seal.
    assert Proof(SALT, "a red fox", PICTURES).seal.startswith("2e3b28a4b5719099")


@given(DIGESTS, st.text(max_size=40).filter(str.isprintable), st.tuples(*[DIGESTS] * 6))
def test_it_changes_the_seal_when_anything_sealed_changes(
    salt: str, prompt: str, pictures: tuple[str, ...]
) -> None:
    seal = Proof(salt, prompt, pictures).seal
    assert re.fullmatch("[0-9a-f]{64}", seal)
    others = [
        Proof(salt[::-1], prompt, pictures),
        Proof(salt, f"{prompt} ", pictures),
        Proof(salt, prompt, pictures[::-1]),
    ]
    sealed = (salt, prompt, *pictures)
    assert all((other.seal == seal) == (other.lines == sealed) for other in others)


@pytest.mark.parametrize("prompt", PROMPTS)
@pytest.mark.skipif(shutil.which("sha256sum") is None, reason="There is no sha256sum to test with.")
def test_it_is_verified_by_its_command_when_a_shell_runs_it(prompt: str) -> None:
    proof = Proof(SALT, prompt, PICTURES)
    assert run(proof.shell_command) == proof.seal
    assert "\n" not in proof.shell_command


@pytest.mark.parametrize("prompt", PROMPTS)
def test_it_is_verified_by_python_when_a_shell_runs_it(prompt: str) -> None:
    proof = Proof(SALT, prompt, PICTURES)
    assert proof.python_command.startswith("python3 -c ")
    assert run(proof.python_command.replace("python3", sys.executable, 1)) == proof.seal
    assert "\n" not in proof.python_command


@pytest.mark.parametrize(
    ("salt", "pictures", "message"),
    [
        (SALT, PICTURES[:5], "needs 6 pictures, not 5"),
        (SALT, (*PICTURES[:5], ""), "'' is not 64"),
        ("salty", PICTURES, "'salty' is not 64"),
        (SALT.upper(), PICTURES, "is not 64 hexadecimal"),
    ],
)
def test_it_refuses_to_seal_what_is_incomplete(
    salt: str, pictures: tuple[str, ...], message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        Proof(salt, "a red fox", pictures)
