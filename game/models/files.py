import uuid
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Installation(models.Model):
    """The one row that tells a database from all others; its data folder holds the same key, and
    a dump takes it along. See game.files.pairing."""

    number = models.PositiveSmallIntegerField(primary_key=True, default=1)
    key = models.UUIDField(default=uuid.uuid4)

    class Meta:
        verbose_name = _("installation")
        verbose_name_plural = _("installations")
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(number=1), name="installation_is_one"),
        ]

    def __str__(self) -> str:
        return str(self.key)


class LooseFile(models.Model):
    """A file that this database has named and that no row needs: it is being written, or its
    candidate went away. A trigger on candidates writes these, whoever deletes one and however;
    game.files.sweeping moves their files to the trash. No other file is ever swept."""

    name = models.CharField(_("name"), max_length=100, primary_key=True)
    since = models.DateTimeField(_("since"))
    trashed_at = models.DateTimeField(_("moved to the trash at"), null=True)

    class Meta:
        verbose_name = _("loose file")
        verbose_name_plural = _("loose files")

    def __str__(self) -> str:
        return self.name
