"""What commands say when they need a server that isn't there: one line, and no traceback."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import OperationalError
from pytest_django import Settings

from game.nights import servers

COMMANDS = {
    "night": ["night"],
    "draw": ["draw"],
    "doctor": ["doctor"],
    "export_guesses": ["export_guesses", "--out", "guesses.csv"],
    "createsuperuser": ["createsuperuser", "--noinput", "--username=me", "--email=me@here.example"],
}


def manage(*command: str, **env: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, str(settings.BASE_DIR / "manage.py"), *command],
        env=os.environ | env,
        cwd=env["SIXPIX_VAR"],
        capture_output=True,
        text=True,
    )


@pytest.mark.parametrize("name", COMMANDS)
def test_it_says_in_a_line_how_to_start_what_is_not_running(name: str, tmp_path: Path) -> None:
    done = manage(*COMMANDS[name], SIXPIX_VAR=str(tmp_path))
    said = done.stdout + done.stderr
    assert done.returncode == 1
    assert "PostgreSQL doesn't answer. Start it, with all the rest: make run" in said
    assert "Traceback" not in said
    # Doctor names everything that is wrong.
    assert len(said.splitlines()) == (1 if name != "doctor" else 2)


def test_it_names_the_setting_when_the_servers_are_elsewhere(tmp_path: Path) -> None:
    elsewhere = "postgresql://nobody@127.0.0.1:1/sixpix"
    done = manage("night", SIXPIX_VAR=str(tmp_path), DATABASE_URL=elsewhere, SECRET_KEY="x" * 50)
    assert done.returncode == 1
    assert "Start the one that DATABASE_URL names" in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_it_shows_the_traceback_when_it_is_asked_for(tmp_path: Path) -> None:
    assert "Traceback" in manage("draw", "--traceback", SIXPIX_VAR=str(tmp_path)).stderr


@pytest.mark.django_db
def test_it_leaves_other_errors_as_they_are(settings: Settings, redis_url: str) -> None:
    assert servers.why(OperationalError("deadlock detected")) is None
    settings.REDIS_URL = "unix:///nowhere/redis.sock"
    assert "Redis doesn't answer" in str(servers.why(OperationalError("deadlock detected")))
    assert servers.why(ValidationError("wrong")) is None
