"""Style sheets and scripts as they are served."""

from pathlib import Path

from django.conf import settings
from django.core.files.storage import FileSystemStorage

from game.pages.static_files import HashedFiles

SOURCE = Path(settings.BASE_DIR) / "static"


def served(folder: Path, source: Path, *names: str) -> HashedFiles:
    storage = FileSystemStorage(source)
    files = HashedFiles(location=folder, base_url="/static/")
    for name in names:
        files.save(name, storage.open(name))
    assert not [
        result
        for _name, _hashed, result in files.post_process({name: (storage, name) for name in names})
        if isinstance(result, Exception)
    ]
    return files


def content(files: HashedFiles, name: str) -> str:
    text: str = (Path(files.location) / files.stored_name(name)).read_text()
    return text


def test_it_serves_the_puzzles_style_sheet_in_one_file(tmp_path: Path) -> None:
    lines = (SOURCE / "css/puzzle.css").read_text().splitlines()
    imported = [line.split('"')[1] for line in lines if line.startswith("@import")]
    names = [f"css/{name}" for name in imported]
    files = served(tmp_path, SOURCE, "css/puzzle.css", *names)
    parts = [(SOURCE / name).read_text() for name in names]
    assert content(files, "css/puzzle.css") == "\n".join([lines[0], *parts, ""])
    assert len(names) > 10


def test_it_names_a_joined_sheet_anew_when_a_part_of_it_changes(tmp_path: Path) -> None:
    source = tmp_path / "source/css"
    source.mkdir(parents=True)
    (source / "all.css").write_text('@import "one.css";\na { color: red }\n')
    names = set()
    for colour in ("green", "blue"):
        (source / "one.css").write_text(f"b {{ color: {colour} }}\n")
        files = served(tmp_path / colour, source.parent, "css/all.css", "css/one.css")
        assert content(files, "css/all.css") == f"b {{ color: {colour} }}\n\na {{ color: red }}\n"
        names.add(files.stored_name("css/all.css"))
    assert len(names) == 2
