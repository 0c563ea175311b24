import django.core.validators
import django.db.models.deletion
import game.models.shares
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('game', '0013_add_easel'),
    ]

    operations = [
        migrations.CreateModel(
            name='Share',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(default=game.models.shares.new_code, editable=False, max_length=10, unique=True)),
                ('rank', models.PositiveSmallIntegerField(null=True, validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(9)], verbose_name='rank')),
                ('state', models.CharField(choices=[('shown', 'shown'), ('hidden', 'hidden after reports'), ('kept', 'kept by an editor'), ('removed', 'removed by an editor')], db_index=True, default='shown', max_length=7, verbose_name='state')),
                ('reason', models.CharField(blank=True, max_length=200, verbose_name='reason')),
                ('card', models.BinaryField()),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='created at')),
                ('order', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='share', to='game.order')),
            ],
            options={
                'verbose_name': 'shared order',
                'verbose_name_plural': 'shared orders',
                'ordering': ['-pk'],
            },
        ),
        migrations.CreateModel(
            name='Report',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('reporter', models.CharField(editable=False, max_length=64)),
                ('reason', models.CharField(choices=[('sexual', 'Sexual'), ('violent', 'Violent'), ('hateful', 'Hateful'), ('person', 'About a real person'), ('other', 'Something else')], max_length=8, verbose_name='reason')),
                ('text', models.CharField(blank=True, max_length=500, verbose_name='text')),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='created at')),
                ('share', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='reports', to='game.share')),
            ],
            options={
                'verbose_name': 'report',
                'verbose_name_plural': 'reports',
                'ordering': ['pk'],
                'constraints': [models.UniqueConstraint(fields=('share', 'reporter'), name='report_is_one_a_person')],
            },
        ),
    ]
