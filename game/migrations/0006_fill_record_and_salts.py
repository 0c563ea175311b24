import hashlib
import secrets

from django.db import migrations
from django.db.models import Max


def fill_salts(apps, schema_editor):
    Puzzle = apps.get_model("game", "Puzzle")
    for puzzle in Puzzle.objects.only("pk"):
        Puzzle.objects.filter(pk=puzzle.pk).update(salt=secrets.token_hex(32))


def fill_hashes(apps, schema_editor):
    Candidate = apps.get_model("game", "Candidate")
    for candidate in Candidate.objects.filter(sha256=""):
        try:
            with candidate.file.open("rb") as file:
                sha256 = hashlib.file_digest(file, "sha256").hexdigest()
        except (FileNotFoundError, ValueError):
            continue
        Candidate.objects.filter(pk=candidate.pk).update(sha256=sha256)


def fill_record(apps, schema_editor):
    Play = apps.get_model("game", "Play")
    plays = Play.objects.annotate(last=Max("tries__number"), best=Max("tries__score"))
    for play in plays.filter(finished_at__isnull=False, last__isnull=False):
        solved_in = play.last if play.is_solved else None
        Play.objects.filter(pk=play.pk).update(solved_in=solved_in, best_score=play.best)


class Migration(migrations.Migration):
    dependencies = [("game", "0005_add_record_film_and_figures")]

    operations = [
        migrations.RunPython(fill, migrations.RunPython.noop)
        for fill in (fill_salts, fill_hashes, fill_record)
    ]
