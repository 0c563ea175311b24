from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("game", "0010_add_chores"),
    ]

    operations = [
        migrations.AddField(
            model_name="play",
            name="source",
            field=models.PositiveSmallIntegerField(editable=False, null=True),
        ),
    ]
