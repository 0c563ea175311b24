"""The pictures' own addresses."""

import errno
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.files.storage import FileSystemStorage
from django.test import Client
from django_otp.plugins.otp_totp.models import TOTPDevice

from game.models import Candidate, Puzzle
from tests import factories
from tests.game.pages.visits import noon_of_day_three, puzzle

__all__ = ["noon_of_day_three", "puzzle"]
pytestmark = pytest.mark.django_db


def get_picture(client: Client, candidate: Candidate) -> Any:
    return client.get(f"/pictures/{candidate.token}.webp")


def test_it_serves_a_picture_when_its_day_has_come(client: Client, puzzle: Puzzle) -> None:
    candidate = puzzle.candidates.get(position=1)
    response = get_picture(client, candidate)
    assert response.status_code == 200
    assert b"".join(response) == Path(candidate.file.path).read_bytes()
    assert response.headers["Content-Type"] == "image/webp"
    assert response.headers["Cache-Control"] == "private, max-age=86400, immutable"
    assert response.headers["X-Content-Type-Options"] == "nosniff"


def test_it_hides_a_picture_when_it_is_not_for_players(client: Client, puzzle: Puzzle) -> None:
    hidden = [
        puzzle.candidates.get(rank=7),
        factories.make_puzzle(4).candidates.get(position=1),
        factories.make_puzzle(2, state=Puzzle.State.REVIEW).candidates.get(position=1),
        factories.make_puzzle(None).candidates.get(position=1),
    ]
    pages = [get_picture(client, candidate) for candidate in hidden]
    pages.append(client.get(f"/pictures/{'0' * 32}.webp"))
    assert {page.status_code for page in pages} == {404}
    assert len({page.content for page in pages}) == 1


def test_it_says_not_found_when_the_file_of_a_picture_is_gone(
    client: Client, puzzle: Puzzle, caplog: pytest.LogCaptureFixture
) -> None:
    candidate = puzzle.candidates.get(position=1)
    Path(candidate.file.path).unlink()
    assert get_picture(client, candidate).status_code == 404
    assert f"picture {candidate.pk}" in caplog.text


def test_it_says_not_found_when_the_file_of_a_picture_is_somebody_elses(
    client: Client, puzzle: Puzzle, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(self: FileSystemStorage, name: str, mode: str) -> None:
        raise PermissionError(errno.EACCES, "Permission denied", name)

    cards = [f"/puzzle/3/{kind}.jpg" for kind in ("card", "sheet")]
    assert [client.get(card).status_code for card in cards] == [200, 200]
    monkeypatch.setattr(FileSystemStorage, "_open", refuse)
    assert get_picture(client, puzzle.candidates.get(position=1)).status_code == 404
    # Whatever is left to show of it is made again.
    assert [client.get(card).status_code for card in cards] == [200, 200]


def test_it_shows_a_coming_picture_only_with_the_second_factor(
    client: Client, puzzle: Puzzle
) -> None:
    coming = factories.make_puzzle(9).candidates.get(position=1)
    editor = User.objects.create_superuser("ada", password="of no use here")
    client.force_login(editor)
    assert get_picture(client, coming).status_code == 200
    TOTPDevice.objects.create(user=editor, name="app")
    assert get_picture(client, coming).status_code == 404
