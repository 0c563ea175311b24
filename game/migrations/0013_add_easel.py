import django.core.validators
import django.db.models.deletion
import django.db.models.functions.datetime
import game.models.easel
import game.models.puzzles
from django.db import migrations, models

# As for candidates, whoever deletes a picture and however.
NOTE_LOOSE_FILES = """
CREATE FUNCTION game_note_loose_order_file() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO game_loosefile (name, since) VALUES (OLD.file, now()) ON CONFLICT (name) DO NOTHING;
    RETURN NULL;
END
$$;
CREATE TRIGGER game_orderpicture_note_loose_file AFTER DELETE ON game_orderpicture
FOR EACH ROW EXECUTE FUNCTION game_note_loose_order_file();
"""
STOP = """
DROP TRIGGER game_orderpicture_note_loose_file ON game_orderpicture;
DROP FUNCTION game_note_loose_order_file();
"""


class Migration(migrations.Migration):

    dependencies = [
        ('game', '0012_know_own_files'),
    ]

    operations = [
        migrations.AddField(
            model_name='player',
            name='served_at',
            field=models.DateTimeField(editable=False, null=True),
        ),
        migrations.CreateModel(
            name='Order',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.CharField(default=game.models.puzzles.new_picture_token, editable=False, max_length=32, unique=True)),
                ('prompt', models.CharField(max_length=200, verbose_name='prompt')),
                ('without', models.CharField(blank=True, max_length=200, verbose_name='without')),
                ('seed', models.PositiveBigIntegerField(verbose_name='seed')),
                ('state', models.CharField(choices=[('wanted', 'waiting'), ('claimed', 'being painted'), ('painted', 'painted'), ('refused', 'refused'), ('cancelled', 'cancelled'), ('failed', 'failed')], default='wanted', max_length=9, verbose_name='state')),
                ('failure', models.TextField(blank=True, verbose_name='failure')),
                ('recipe', models.CharField(blank=True, db_index=True, max_length=64)),
                ('is_again', models.BooleanField(default=False, verbose_name='from the store')),
                ('model', models.CharField(blank=True, max_length=200, verbose_name='model')),
                ('claim', models.UUIDField(editable=False, null=True)),
                ('leased_until', models.DateTimeField(editable=False, null=True)),
                ('attempts', models.PositiveSmallIntegerField(default=0, verbose_name='attempts')),
                ('progress', models.PositiveSmallIntegerField(default=0, verbose_name='progress')),
                ('told_seconds', models.PositiveIntegerField(null=True)),
                ('loop_size', models.PositiveSmallIntegerField(null=True)),
                ('loop_seconds', models.FloatField(null=True)),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name='created at')),
                ('claimed_at', models.DateTimeField(null=True, verbose_name='claimed at')),
                ('ended_at', models.DateTimeField(null=True, verbose_name='ended at')),
                ('player', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='orders', to='game.player')),
            ],
            options={
                'verbose_name': 'order',
                'verbose_name_plural': 'orders',
                'ordering': ['-pk'],
            },
        ),
        migrations.CreateModel(
            name='OrderPicture',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('rank', models.PositiveSmallIntegerField(validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(9)], verbose_name='rank')),
                ('score', models.FloatField(verbose_name='CLIP score')),
                ('seed', models.PositiveBigIntegerField(verbose_name='seed')),
                ('file', models.FileField(upload_to=game.models.easel.order_picture_path, verbose_name='file')),
                ('side', models.PositiveSmallIntegerField()),
                ('token', models.CharField(default=game.models.puzzles.new_picture_token, editable=False, max_length=32, unique=True)),
                ('order', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='pictures', to='game.order')),
            ],
            options={
                'verbose_name': 'ordered picture',
                'verbose_name_plural': 'ordered pictures',
                'ordering': ['order', 'rank'],
            },
        ),
        migrations.AddIndex(
            model_name='order',
            index=models.Index(condition=models.Q(('state__in', ['wanted', 'claimed'])), fields=['player', 'id'], name='order_is_open'),
        ),
        migrations.AddConstraint(
            model_name='order',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state', 'claimed'), _negated=True), models.Q(('claim__isnull', False), ('leased_until__isnull', False)), _connector='OR'), name='order_claimed_has_a_lease'),
        ),
        migrations.AddConstraint(
            model_name='orderpicture',
            constraint=models.UniqueConstraint(fields=('order', 'rank'), name='order_picture_rank_is_unique'),
        ),
        migrations.RunSQL(NOTE_LOOSE_FILES, STOP),
    ]
