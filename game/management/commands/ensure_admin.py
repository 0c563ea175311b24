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
        if User.objects.filter(is_superuser=True).exists():
            return
        password = secrets.token_urlsafe(12)
        try:
            with transaction.atomic():
                User.objects.create_superuser(NAME, password=password)
        except IntegrityError:
            # An account of that name without the rights is somebody's; it isn't ours to raise.
            self.stderr.write(
                _("“%s” exists and is no superuser; make one with createsuperuser.") % NAME
            )
            return
        self.stdout.write(
            _("Admin account: %(name)s / %(password)s (shown only once; change it at %(path)s)")
            % {
                "name": NAME,
                "password": password,
                "path": reverse("admin:password_change"),
            }
        )
