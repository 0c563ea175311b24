from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("game", "0007_check_record")]

    operations = [
        migrations.AlterModelOptions(
            name="puzzle",
            options={
                "ordering": ["play_on", "pk"],
                "permissions": [
                    ("plan_puzzle", "Can give puzzles their days"),
                    ("draw_puzzle", "Can have pictures drawn, and choose among them"),
                    ("approve_puzzle", "Can approve puzzles, and send them back"),
                ],
                "verbose_name": "puzzle",
                "verbose_name_plural": "puzzles",
            },
        ),
    ]
