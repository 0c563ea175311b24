"""Accounts' second factors: whoever manages the site takes away what somebody has lost.

django-otp's own pages would also show secrets, and let them be made up for others.
"""

from axes.models import AccessFailureLog, AccessLog
from django.contrib import admin
from django.contrib.auth.models import User
from django.db.models import QuerySet
from django.http import HttpRequest
from django_otp.plugins.otp_static.models import StaticDevice
from django_otp.plugins.otp_totp.models import TOTPDevice

from game.admin.read_only import ReadOnlyAdmin
from game.staff import second_factor
from game.staff.second_factor import Device

admin.site.unregister([StaticDevice, TOTPDevice])
# Nothing is ever written to these: see AXES_DISABLE_ACCESS_LOG.
admin.site.unregister([AccessFailureLog, AccessLog])


@admin.register(StaticDevice, TOTPDevice)
class DeviceAdmin(ReadOnlyAdmin):
    list_display = ("user", "name", "confirmed", "created_at", "last_used_at")
    list_select_related = ("user",)
    search_fields = ("user__username",)
    fields = list_display

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest | None = None) -> bool:
        """Not by whatever stands in the address: a list that gets shorter tells a key by and by."""
        return False

    def delete_model(self, request: HttpRequest, obj: Device) -> None:
        super().delete_model(request, obj)
        second_factor.log_out(obj.user, but=request.session.session_key)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Device]) -> None:
        users = [device.user for device in queryset.select_related("user")]
        super().delete_queryset(request, queryset)
        for user in users:
            second_factor.log_out(user, but=request.session.session_key)

    def has_delete_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return isinstance(request.user, User) and request.user.is_superuser
