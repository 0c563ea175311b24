from django.contrib.auth.management import create_permissions
from django.db import migrations

WRITER = ["game.add_puzzle"]
LOOKER = [
    "game.view_batch",
    "game.view_candidate",
    "game.view_figures",
    "game.view_play",
    "game.view_player",
    "game.view_puzzle",
    "game.view_standin",
    "game.view_try",
]
EDITOR = [
    *WRITER,
    *LOOKER,
    "game.approve_puzzle",
    "game.change_puzzle",
    "game.delete_puzzle",
    "game.draw_puzzle",
    "game.plan_puzzle",
]
BEAT = ("clockedschedule", "crontabschedule", "intervalschedule", "periodictask", "solarschedule")
OPERATOR = [
    *LOOKER,
    *(
        f"django_celery_beat.{verb}_{model}"
        for verb in ("add", "change", "delete", "view")
        for model in BEAT
    ),
    # Those whom too many wrong passwords have locked out.
    "axes.delete_accessattempt",
    "axes.view_accessattempt",
]
ROLES = {"writer": WRITER, "editor": EDITOR, "operator": OPERATOR}


def make_permissions(apps, schema_editor):
    """On a new database Django makes them after the last migration, which is too late for us."""
    for label in ("axes", "django_celery_beat", "game"):
        config = apps.get_app_config(label)
        # What create_permissions looks at to see whether there are models.
        config.models_module = True
        create_permissions(config, verbosity=0, using=schema_editor.connection.alias, apps=apps)
        config.models_module = None


def make_roles(apps, schema_editor):
    """Adds and never takes away: what a site has given its groups already stays theirs."""
    using = schema_editor.connection.alias
    groups = apps.get_model("auth", "Group").objects.using(using)
    permissions = apps.get_model("auth", "Permission").objects.using(using)
    for role, names in ROLES.items():
        group, _ = groups.get_or_create(name=role)
        for name in names:
            label, codename = name.split(".")
            group.permissions.add(
                permissions.get(content_type__app_label=label, codename=codename)
            )


class Migration(migrations.Migration):
    dependencies = [
        ("game", "0008_add_roles_permissions"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
        ("axes", "0010_accessattemptexpiration"),
        ("django_celery_beat", "0019_alter_periodictasks_options"),
    ]

    # Going back leaves the groups, because people are in them.
    operations = [
        migrations.RunPython(make, migrations.RunPython.noop)
        for make in (make_permissions, make_roles)
    ]
