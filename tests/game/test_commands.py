import json
from datetime import timedelta
from io import StringIO

import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from django.utils import timezone

from game.models import Puzzle
from game.nights import night
from tests import factories
from tests.painter import Painter, painter, raising

__all__ = ["painter"]
pytestmark = pytest.mark.django_db
State = Puzzle.State
PROMPT = "a fox riding a bicycle on the moon"


def run(name: str, *args: object, **options: object) -> str:
    out = StringIO()
    call_command(name, *args, stdout=out, **options)
    return out.getvalue()


def test_it_makes_an_admin_with_a_password_that_works() -> None:
    said = run("ensure_admin")
    admin = User.objects.get(username="admin")
    assert admin.is_superuser
    assert admin.is_staff
    password = said.split("admin / ")[1].split(" ")[0]
    assert len(password) >= 16
    assert admin.check_password(password)


def test_it_makes_no_second_superuser() -> None:
    User.objects.create_superuser("somebody", last_login=timezone.now())
    assert run("ensure_admin") == ""
    assert User.objects.count() == 1


def test_it_says_how_to_get_a_password_that_nobody_has_used_yet() -> None:
    password = run("ensure_admin").split("admin / ")[1].split(" ")[0]
    said = run("ensure_admin")
    assert "Nobody has logged in as “admin” yet" in said
    assert "changepassword admin" in said
    assert User.objects.get().check_password(password), "somebody may have noted it"


@pytest.mark.parametrize("error", [KeyboardInterrupt, BrokenPipeError])
def test_it_makes_no_account_whose_password_was_not_shown(error: type[BaseException]) -> None:
    class Stopped(StringIO):
        def write(self, text: str) -> int:
            raise error

    with pytest.raises(error):
        call_command("ensure_admin", stdout=Stopped())
    assert not User.objects.exists()
    assert "admin / " in run("ensure_admin")


def test_it_leaves_an_account_called_admin_as_it_is() -> None:
    User.objects.create_user("admin")
    errors = StringIO()
    assert run("ensure_admin", stderr=errors) == ""
    assert "admin" in errors.getvalue()
    assert not User.objects.get().is_superuser


def test_it_runs_the_night_by_hand(painter: Painter, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(night, "sleep", lambda seconds: None)
    today = timezone.localdate()
    for day, prompt in ((2, PROMPT), (3, "a zeppelin on the moon"), (4, "a cat on the moon")):
        factories.make_draft(None, prompt, play_on=today + timedelta(days=day))
    painter.refused = "a cat on the moon"
    gaps = [(today + timedelta(days=day)).isoformat() for day in (0, 1)]
    said = run("night", "--days", "5", "--json").splitlines()
    assert json.loads(said[-1]) == {"drawn": 1, "failed": 2, "gaps": gaps}
    assert gaps[1] in said[-2]
    assert "{" not in run("night")
    assert painter.prompts.count("a cat on the moon") == 4
    painter.refused = ""
    said = run("night", "--days", "5", "--again", "--json").splitlines()
    assert json.loads(said[-1]) == {"drawn": 1, "failed": 1, "gaps": gaps}


def test_it_draws_todays_puzzle_here(painter: Painter) -> None:
    puzzle = factories.make_draft(None, PROMPT, play_on=timezone.localdate())
    said = run("draw")
    assert "9 pictures" in said
    assert PROMPT not in said
    puzzle.refresh_from_db()
    assert puzzle.state == State.REVIEW


def test_it_draws_again_only_when_told_so(painter: Painter) -> None:
    puzzle = factories.make_puzzle(None, PROMPT, state=State.REVIEW)
    with pytest.raises(CommandError, match=r"Nothing was drawn.*in review"):
        run("draw", puzzle.pk)
    assert painter.prompts == []
    run("draw", puzzle.pk, "--again")
    assert painter.prompts == [PROMPT]


def test_it_says_why_it_drew_nothing(painter: Painter) -> None:
    with pytest.raises(CommandError, match="planned for today"):
        run("draw")
    with pytest.raises(CommandError, match="no puzzle 99"):
        run("draw", 99)
    unknown = factories.make_draft(None, "a zeppelin on the moon")
    with pytest.raises(CommandError, match="zeppelin"):
        run("draw", unknown.pk)
    puzzle = factories.make_draft(None, PROMPT)
    painter.while_drawing = raising(RuntimeError("no paint"))
    with pytest.raises(CommandError, match="no paint"):
        run("draw", puzzle.pk)
