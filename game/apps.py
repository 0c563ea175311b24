from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class GameConfig(AppConfig):
    name = "game"
    label = "game"
    verbose_name = _("Sixpix")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from game import checks  # noqa: F401 - importing it is what registers the checks
