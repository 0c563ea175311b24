from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("game", "0009_make_roles")]

    operations = [
        migrations.CreateModel(
            name="Chore",
            fields=[
                ("name", models.CharField(max_length=20, primary_key=True, serialize=False, verbose_name="name")),
                ("done_at", models.DateTimeField(null=True, verbose_name="done at")),
            ],
            options={"verbose_name": "chore", "verbose_name_plural": "chores"},
        ),
    ]
