from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("game", "0006_fill_record_and_salts")]

    operations = [
        migrations.AddConstraint(
            model_name='play',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('is_solved', False), ('solved_in__isnull', True)), models.Q(('is_solved', True), ('solved_in__range', (1, 6))), _connector='OR'), name='play_solved_in_some_try'),
        ),
    ]
