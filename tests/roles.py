"""Accounts on staff, in the roles that a migration makes."""

from importlib import import_module
from typing import Any

from django.apps import apps
from django.contrib.auth.models import Group, User
from django.db import connection

migration = import_module("game.migrations.0009_make_roles")
ROLES = tuple(migration.ROLES)


def make_staff(role: str | None = None, name: str = "ada", **fields: Any) -> User:
    """An account that may log in to the admin, with a role or without a single permission."""
    user: User = User.objects.create_user(name, is_staff=True, **fields)
    if role is not None:
        user.groups.add(_group(role))
    return user


def _group(role: str) -> Group:
    # A test with real transactions empties every table after itself, and so that of the groups.
    if not Group.objects.filter(name=role).exists():
        migration.make_roles(apps, connection.schema_editor())
    return Group.objects.get(name=role)
