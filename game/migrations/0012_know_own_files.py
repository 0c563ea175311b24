import uuid

from django.db import migrations, models
from django.db.models import Q

# In the transaction that drops or replaces the row, whoever does it and however: by the admin, by
# a cascade, by hand. `since` is when that transaction began.
NOTE_LOOSE_FILES = """
CREATE FUNCTION game_note_loose_files() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    gone varchar[] := ARRAY[OLD.file, OLD.film];
BEGIN
    IF TG_OP = 'UPDATE' THEN
        gone := array_remove(array_remove(gone, NEW.file), NEW.film);
    END IF;
    INSERT INTO game_loosefile (name, since)
    SELECT DISTINCT each, now() FROM unnest(gone) AS each WHERE each <> ''
    ON CONFLICT (name) DO NOTHING;
    RETURN NULL;
END
$$;
CREATE TRIGGER game_candidate_note_loose_files
AFTER DELETE OR UPDATE OF file, film ON game_candidate
FOR EACH ROW EXECUTE FUNCTION game_note_loose_files();
"""
STOP = """
DROP TRIGGER game_candidate_note_loose_files ON game_candidate;
DROP FUNCTION game_note_loose_files();
"""


class Migration(migrations.Migration):
    dependencies = [("game", "0011_add_source_of_plays")]

    operations = [
        migrations.CreateModel(
            name="Installation",
            fields=[
                ("number", models.PositiveSmallIntegerField(default=1, primary_key=True, serialize=False)),
                ("key", models.UUIDField(default=uuid.uuid4)),
            ],
            options={
                "verbose_name": "installation",
                "verbose_name_plural": "installations",
                "constraints": [
                    models.CheckConstraint(condition=Q(number=1), name="installation_is_one")
                ],
            },
        ),
        migrations.CreateModel(
            name="LooseFile",
            fields=[
                ("name", models.CharField(max_length=100, primary_key=True, serialize=False, verbose_name="name")),
                ("since", models.DateTimeField(verbose_name="since")),
                ("trashed_at", models.DateTimeField(null=True, verbose_name="moved to the trash at")),
            ],
            options={"verbose_name": "loose file", "verbose_name_plural": "loose files"},
        ),
        migrations.RunSQL(NOTE_LOOSE_FILES, STOP),
    ]
