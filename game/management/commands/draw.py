from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.translation import gettext as _

from game.drawing import drawable, studio
from game.editing import review
from game.models import Puzzle
from game.nights import night

BAR = 30


class Command(BaseCommand):
    help = "Draw one puzzle now, in this process: today's, or the one with the given id."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("puzzle", nargs="?", type=int, help="a puzzle's id")
        parser.add_argument("--again", action="store_true", help="replace pictures it has already")

    def handle(self, *args: Any, **options: Any) -> None:
        puzzle = self._find(options["puzzle"])
        try:
            if options["again"]:
                review.redraw(puzzle)
            elif puzzle.state in (Puzzle.State.DRAFT, Puzzle.State.FAILED):
                review.want(puzzle)
            is_drawn = studio.draw(puzzle.pk, self._report)
        except drawable.StudioError as error:
            raise CommandError(str(error)) from error
        finally:
            if self.stderr.isatty():
                self.stderr.write("")
        puzzle.refresh_from_db()
        if not is_drawn:
            raise CommandError(
                _("Nothing was drawn: the puzzle is “%s”.") % puzzle.get_state_display()
            )
        night.warm([puzzle.pk])
        # The prompt itself stays out of logs and terminals that players may look over.
        self.stdout.write(
            _("Puzzle %(id)d is drawn: %(count)d pictures, now “%(state)s”.")
            % {
                "id": puzzle.pk,
                "count": puzzle.candidates.count(),
                "state": puzzle.get_state_display(),
            }
        )

    def _find(self, puzzle_id: int | None) -> Puzzle:
        wanted = {"play_on": timezone.localdate()} if puzzle_id is None else {"pk": puzzle_id}
        puzzle = Puzzle.objects.filter(**wanted).first()
        if puzzle is None:
            raise CommandError(
                _("No puzzle is planned for today.")
                if puzzle_id is None
                else _("There is no puzzle %d.") % puzzle_id
            )
        return puzzle

    def _report(self, fraction: float, stage: str) -> None:
        done = "█" * round(fraction * BAR)
        if self.stderr.isatty():
            self.stderr.write(f"\r{done:░<{BAR}} {fraction:4.0%} {stage:<12}", ending="")
            self.stderr.flush()
