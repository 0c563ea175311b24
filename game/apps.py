from axes import apps as axes_apps
from django.apps import AppConfig
from django.contrib.admin import apps as admin_apps
from django.utils.translation import gettext_lazy as _
from django_otp.plugins.otp_static import apps as otp_static_apps
from django_otp.plugins.otp_totp import apps as otp_totp_apps


class GameConfig(AppConfig):
    name = "game"
    label = "game"
    verbose_name = _("Sixpix")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from game import checks  # noqa: F401 - importing it is what registers the checks


class StudioConfig(admin_apps.AdminConfig):
    default = False
    default_site = "game.staff.login.Studio"


# The names under which the admin lists what these packages keep.


class AxesConfig(axes_apps.AppConfig):  # type: ignore[misc]  # untyped
    default = False
    verbose_name = _("Wrong passwords")


class AppCodesConfig(otp_totp_apps.DefaultConfig):  # type: ignore[misc]  # untyped
    default = False
    verbose_name = _("Second factor: apps")


class PaperCodesConfig(otp_static_apps.DefaultConfig):  # type: ignore[misc]  # untyped
    default = False
    verbose_name = _("Second factor: codes on paper")
