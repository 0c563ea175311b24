"""Whose pictures are in the data folder is known before anything is written or swept."""

from io import StringIO

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.management import call_command
from django.db import connection

from game.files import pairing, sweeping
from game.models import Installation, Puzzle
from game.nights import night
from game.playing import cards
from tests import factories
from tests.game.drawing.drawings import stored_files

pytestmark = pytest.mark.django_db


def write_key(key: str) -> None:
    default_storage.delete(pairing.KEY_FILE)
    default_storage.save(pairing.KEY_FILE, ContentFile(key.encode()))


def test_it_introduces_a_fresh_database_and_a_fresh_folder() -> None:
    pairing.introduce()
    assert pairing.folder_key() == pairing.database_key() == str(Installation.objects.get().key)
    pairing.introduce()
    assert Installation.objects.count() == 1


def test_it_introduces_those_that_were_a_pair_before_there_were_keys() -> None:
    factories.make_puzzle(1)
    pairing.check()
    assert pairing.folder_key() is None, "to look is not to touch"
    pairing.introduce()
    assert pairing.folder_key() == pairing.database_key()


def test_it_goes_on_when_it_was_killed_between_the_two() -> None:
    Installation.objects.create()
    pairing.introduce()
    assert pairing.folder_key() == pairing.database_key()


def empty_database_on_a_full_folder() -> None:
    factories.make_puzzle(1)
    Puzzle.objects.all().delete()


def empty_database_on_a_folder_with_a_key() -> None:
    write_key("11111111-2222-3333-4444-555555555555")


def other_database() -> None:
    pairing.introduce()
    write_key("11111111-2222-3333-4444-555555555555")


def empty_folder() -> None:
    factories.make_puzzle(1)
    pairing.introduce()
    for name in [*stored_files(), pairing.KEY_FILE]:
        default_storage.delete(name)


def folder_with_other_pictures_and_no_key() -> None:
    empty_folder()
    default_storage.save("candidates/ab/other.webp", ContentFile(b"RIFF"))


STRANGERS = [
    empty_database_on_a_full_folder,
    empty_database_on_a_folder_with_a_key,
    other_database,
    empty_folder,
    folder_with_other_pictures_and_no_key,
]


@pytest.mark.parametrize("make_strangers", STRANGERS)
def test_it_refuses_strangers_and_touches_nothing(make_strangers: object) -> None:
    assert callable(make_strangers)
    make_strangers()
    default_storage.save("cards/ab/theirs.jpg", ContentFile(b"JPEG"))
    before = (stored_files(), pairing.folder_key(), list(Installation.objects.values()))
    for act in (pairing.check, pairing.introduce, sweeping.sweep, cards.sweep):
        with pytest.raises(pairing.Stranger, match="don't belong together"):
            act()
    night.sweep_up()
    assert (stored_files(), pairing.folder_key(), list(Installation.objects.values())) == before


def test_it_refuses_a_full_folder_when_the_database_has_no_tables_yet() -> None:
    default_storage.save("candidates/ab/theirs.webp", ContentFile(b"RIFF"))
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL search_path TO pg_temp")
    with pytest.raises(pairing.Stranger):
        pairing.check()


@pytest.mark.parametrize("make_strangers", STRANGERS)
def test_it_takes_a_stranger_that_is_adopted(make_strangers: object) -> None:
    assert callable(make_strangers)
    make_strangers()
    before = stored_files()
    call_command("adopt_folder", stdout=StringIO())
    pairing.introduce()
    assert stored_files() == before


def test_it_knows_a_database_again_that_was_dumped_and_restored() -> None:
    factories.make_puzzle(1)
    pairing.introduce()
    dumped = Installation.objects.values().get()
    Installation.objects.all().delete()
    Installation.objects.create(**dumped)
    pairing.check()
