from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("game", "0014_add_shares")]

    operations = [
        migrations.AddField(
            model_name="candidate",
            name="offered",
            field=models.PositiveSmallIntegerField(
                blank=True,
                editable=False,
                null=True,
                validators=[MinValueValidator(1), MaxValueValidator(6)],
            ),
        ),
    ]
