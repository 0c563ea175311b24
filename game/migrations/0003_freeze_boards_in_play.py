from django.db import migrations

from game.rules import boards


def freeze(apps, schema_editor):
    """Keep the boards that people have played on as they are on this day."""
    puzzles = apps.get_model("game", "Puzzle").objects
    for puzzle in puzzles.filter(plays__isnull=False, frozen_board__isnull=True).distinct():
        board = boards.board(puzzle.prompt, puzzle.hides_given_words)
        frozen = [[word.text, word.is_given] for word in board]
        puzzles.filter(pk=puzzle.pk).update(frozen_board=frozen)


class Migration(migrations.Migration):

    dependencies = [
        ('game', '0002_add_warmth_and_rulings'),
    ]

    operations = [
        migrations.RunPython(freeze, migrations.RunPython.noop, elidable=True),
    ]
