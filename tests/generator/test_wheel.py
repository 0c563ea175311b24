"""The wheel: all of the generator, the bundled weights with it, and nothing of the game."""

import subprocess
import sys
import zipfile
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_it_holds_every_file_of_the_generator_and_nothing_else(tmp_path: Path) -> None:
    files = [file for file in (ROOT / "generator").rglob("*") if file.is_file()]
    listed = {str(f.relative_to(ROOT)) for f in files if "__pycache__" not in f.parts}
    source = tmp_path / "source"
    for name in (*listed, "pyproject.toml", "README.md", "LICENSE", "NOTICE"):
        (source / name).parent.mkdir(parents=True, exist_ok=True)
        (source / name).write_bytes((ROOT / name).read_bytes())
    build = [sys.executable, "-m", "pip", "wheel", "--no-deps", "--no-build-isolation"]
    subprocess.run([*build, "--wheel-dir", str(tmp_path), str(source)], check=True, timeout=300)
    [wheel] = tmp_path.glob("*.whl")
    names = {n for n in zipfile.ZipFile(wheel).namelist() if ".dist-info/" not in n}
    assert names == listed
