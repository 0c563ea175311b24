from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from game import checks  # noqa: F401 - importing it is what registers the checks


class GameConfig(AppConfig):
    name = "game"
    label = "game"
    verbose_name = _("Sixpix")
    default_auto_field = "django.db.models.BigAutoField"
