"""Cards and sheets: six pictures in one, made once."""

import errno
import io
from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import FileSystemStorage, default_storage
from PIL import Image, ImageChops, ImageStat

from game.models import Puzzle
from game.nights import night
from game.playing import cards, play
from game.playing.cards import Kind
from tests import factories
from tests.game.drawing.drawings import stored_files

pytestmark = pytest.mark.django_db


@pytest.fixture
def puzzle() -> Puzzle:
    """Its pictures are one colour each, so that they are known again after scaling."""
    puzzle = factories.make_puzzle(12)
    for picture in play.pictures(puzzle):
        Image.new("RGB", (64, 64), colour(picture.position or 0)).save(picture.file.path, "WEBP")
    return puzzle


def colour(position: int) -> tuple[int, int, int]:
    return (position * 40, 250 - position * 40, 128)


def read(kind: Kind, puzzle: Puzzle) -> bytes:
    fresh = Puzzle.objects.get(pk=puzzle.pk)
    return cards.read(kind, fresh, play.pictures(fresh))


def kept() -> list[str]:
    return [name for name in stored_files() if name.startswith("cards/")]


def is_near(pixel: object, wanted: tuple[int, int, int]) -> bool:
    assert isinstance(pixel, tuple)
    return all(abs(a - b) < 12 for a, b in zip(pixel, wanted, strict=True))


def test_it_lays_six_pictures_out_in_their_order(puzzle: Puzzle) -> None:
    sheet = Image.open(io.BytesIO(read(Kind.SHEET, puzzle)))
    assert (sheet.format, sheet.size) == ("JPEG", (336, 224))
    for index in range(6):
        middle = (56 + index % 3 * 112, 56 + index // 3 * 112)
        assert is_near(sheet.getpixel(middle), colour(index + 1))


def test_it_makes_a_card_with_pictures_wordmark_and_number(puzzle: Puzzle) -> None:
    content = read(Kind.CARD, puzzle)
    card = Image.open(io.BytesIO(content))
    assert (card.format, card.size) == ("JPEG", (1200, 630))
    assert len(content) < 200_000
    for index in range(6):
        middle = (309 + 139 + index % 3 * 291, 30 + 139 + index // 3 * 291)
        assert is_near(card.getpixel(middle), colour(index + 1))
    wordmark, number = card.crop((0, 0, 300, 200)), card.crop((0, 500, 300, 630))
    assert ImageStat.Stat(wordmark.convert("L")).extrema[0][0] < 60
    other = Image.open(io.BytesIO(read(Kind.CARD, factories.make_puzzle(13))))
    assert ImageChops.difference(number, other.crop((0, 500, 300, 630))).getbbox()
    plain = ImageChops.difference(wordmark, other.crop((0, 0, 300, 200)))
    assert ImageStat.Stat(plain.convert("L")).extrema[0][1] < 20


@pytest.mark.parametrize("number", [1, 9999])
def test_it_keeps_the_number_clear_of_the_pictures(number: int) -> None:
    card = Image.open(io.BytesIO(read(Kind.CARD, factories.make_puzzle(number))))
    margin = card.crop((285, 0, 305, 630)).convert("L")
    assert ImageStat.Stat(margin).extrema[0][0] > 200


def test_it_makes_each_once(puzzle: Puzzle, monkeypatch: pytest.MonkeyPatch) -> None:
    first = {kind: read(kind, puzzle) for kind in Kind}
    assert len(kept()) == 2
    monkeypatch.setattr(cards, "_PAINTERS", {})
    assert {kind: read(kind, puzzle) for kind in Kind} == first


def test_it_makes_another_when_the_pictures_change(puzzle: Puzzle) -> None:
    before = read(Kind.SHEET, puzzle)
    for rank in range(1, 7):
        puzzle.candidates.filter(rank=rank).update(position=7 - rank)
    assert read(Kind.SHEET, puzzle) != before


@pytest.mark.parametrize("share", [0.0, 0.5])
def test_it_makes_it_again_when_half_of_it_was_written(puzzle: Puzzle, share: float) -> None:
    whole = read(Kind.SHEET, puzzle)
    [name] = kept()
    path = Path(default_storage.path(name))
    path.write_bytes(whole[: int(len(whole) * share)])
    assert read(Kind.SHEET, puzzle) == whole
    assert path.read_bytes() == whole
    assert kept() == [name]


def test_it_keeps_one_when_two_make_it_at_once(
    puzzle: Puzzle, monkeypatch: pytest.MonkeyPatch
) -> None:
    delete = FileSystemStorage.delete

    def come_first(storage: FileSystemStorage, name: str) -> None:
        """Between our deleting what is broken and our writing, somebody else writes theirs."""
        monkeypatch.setattr(FileSystemStorage, "delete", delete)
        storage.save(name, ContentFile(b"theirs"))

    monkeypatch.setattr(FileSystemStorage, "delete", come_first)
    assert read(Kind.SHEET, puzzle) != b"theirs"
    [name] = kept()
    assert Path(default_storage.path(name)).read_bytes() == b"theirs"


def test_it_serves_what_it_cannot_keep_when_the_disk_is_full(
    puzzle: Puzzle, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def save(*_: object) -> str:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as full:
        full.setattr(FileSystemStorage, "save", save)
        content = read(Kind.CARD, puzzle)
    assert "No space left on device" in caplog.text
    assert read(Kind.CARD, puzzle) == content
    assert len(kept()) == 1


def test_it_leaves_a_picture_blank_and_keeps_nothing_when_its_file_is_gone(
    puzzle: Puzzle, caplog: pytest.LogCaptureFixture
) -> None:
    picture = play.pictures(puzzle)[4]
    path = Path(picture.file.path)
    content = path.read_bytes()
    path.unlink()
    sheet = Image.open(io.BytesIO(read(Kind.SHEET, puzzle)))
    assert is_near(sheet.getpixel((56 + 112, 56 + 112)), (0xE5, 0xDC, 0xCA))
    assert is_near(sheet.getpixel((56, 56)), colour(1))
    assert f"picture {picture.pk} can't be read" in caplog.text
    assert kept() == []
    path.write_bytes(content)
    sheet = Image.open(io.BytesIO(read(Kind.SHEET, puzzle)))
    assert is_near(sheet.getpixel((56 + 112, 56 + 112)), colour(5))
    assert len(kept()) == 1


def test_it_sweeps_what_no_puzzle_needs(puzzle: Puzzle) -> None:
    assert cards.sweep() == 0
    gone = factories.make_puzzle(13)
    for each in (puzzle, gone):
        for kind in Kind:
            read(kind, each)
    mine = {cards._name(kind, puzzle, play.pictures(puzzle)) for kind in Kind}
    default_storage.save("cards/ab/old.jpg", ContentFile(b"from an older version"))
    gone.candidates.all().delete()
    gone.delete()
    assert len(kept()) == 5
    night.prepare()
    assert len(kept()) == 5, "a start sweeps nothing"
    night.sweep_up()
    assert set(kept()) == mine
    assert cards.sweep() == 0
