import secrets
from typing import Any

from django.contrib.auth.models import User
from django.core.management.base import BaseCommand
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils.translation import gettext as _

NAME = "admin"


class Command(BaseCommand):
    help = "Create the account “admin” with a random password, unless there is a superuser already."

    def handle(self, *args: Any, **options: Any) -> None:
        superusers = User.objects.filter(is_superuser=True)
        if superusers.exists():
            if not superusers.exclude(last_login=None).exists():
                self._remind(superusers.order_by("pk").values_list("username", flat=True)[0])
            return
        password = secrets.token_urlsafe(12)
        try:
            with transaction.atomic():
                User.objects.create_superuser(NAME, password=password)
                # Before the commit: a start that is stopped here leaves no account either, and
                # the next one makes it.
                self._show(password)
        except IntegrityError:
            # An account of that name without the rights is somebody's; it isn't ours to raise.
            self.stderr.write(
                _(
                    "“%s” exists and is no superuser. To make one: "
                    ".venv/bin/python manage.py createsuperuser"
                )
                % NAME
            )

    def _show(self, password: str) -> None:
        self.stdout.write(
            _("Admin account: %(name)s / %(password)s (shown only once; change it at %(path)s)")
            % {
                "name": NAME,
                "password": password,
                "path": reverse("admin:password_change"),
            }
        )
        self.stdout.flush()

    def _remind(self, name: str) -> None:
        """Its password may have scrolled away, and perhaps somebody has noted it: it stays."""
        self.stdout.write(
            _(
                "Nobody has logged in as “%(name)s” yet. If its password is lost, another one can "
                "be set while this runs: .venv/bin/python manage.py changepassword %(name)s"
            )
            % {"name": name}
        )
