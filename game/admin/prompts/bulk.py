"""Importing prompts: a list is tried first, and what was fine in it is saved then."""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.admin.models import ADDITION
from django.contrib.auth.models import User
from django.core import signing
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from game.admin import history
from game.admin.pages import ModelAdmin, page
from game.editing import access, bulk, rows
from game.editing.bulk import Draft, Flaw, Saved
from game.editing.rows import MOST_ROWS, Row


class ImportForm(forms.Form):
    """What is to be judged. `held` are rows that were fine, signed so that they stay as shown."""

    text = forms.CharField(
        label=_("Prompts"),
        required=False,
        strip=False,
        widget=forms.Textarea({"rows": 12, "spellcheck": "true", "maxlength": rows.MOST_BYTES}),
    )
    file = forms.FileField(
        label=_("or a CSV file"),
        required=False,
        widget=forms.FileInput({"accept": ".csv,.tsv,.txt,text/csv,text/plain"}),
    )
    held = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, user: User, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._user = user

    def clean_text(self) -> list[Row]:
        return _read(self.cleaned_data["text"])

    def clean_file(self) -> list[Row]:
        file: UploadedFile[bytes] | None = self.cleaned_data["file"]
        return _read(file) if file else []

    def clean_held(self) -> list[Row]:
        held = self.cleaned_data["held"]
        try:
            return unsign(held, self._user) if held else []
        except signing.BadSignature:
            raise ValidationError(
                gettext("The prompts that were fine came back changed. Start again from your list.")
            ) from None

    def clean(self) -> dict[str, Any]:
        cleaned = self.cleaned_data
        got = len(self.held_rows()) + len(self.fresh_rows())
        if not got and not self.errors:
            raise ValidationError(gettext("Paste some prompts, or choose a file with some."))
        if got > MOST_ROWS:
            raise ValidationError(
                gettext("At most %(most)d prompts can be read at once, these are %(got)d."),
                params={"most": MOST_ROWS, "got": got},
            )
        return cleaned

    def held_rows(self) -> list[Row]:
        return self.cleaned_data.get("held") or []

    def fresh_rows(self) -> list[Row]:
        return [*self.cleaned_data.get("text", ()), *self.cleaned_data.get("file", ())]


def _read(source: "str | UploadedFile[bytes]") -> list[Row]:
    try:
        if isinstance(source, str):
            return rows.read(source)
        rows.refuse_large(source.size or 0)
        return rows.read(rows.decode(source.read()))
    except rows.UnreadableError as error:
        raise ValidationError(bulk.tell(error)) from error


def sign(drafts: Iterable[Draft], user: User) -> str:
    fine = [draft.row.cells for draft in drafts]
    return signing.dumps(fine, salt=_salt(user), compress=True) if fine else ""


def unsign(held: str, user: User) -> list[Row]:
    return [Row(*cells) for cells in signing.loads(held, salt=_salt(user))]


def _salt(user: User) -> str:
    return f"game.admin.bulk.{user.pk}"


class BulkAdmin(ModelAdmin):
    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.import_view)
        return [path("import/", view, name="game_puzzle_import"), *super().get_urls()]

    def import_view(self, request: HttpRequest) -> HttpResponse:
        user = writer_of(request)
        if request.method != "POST":
            return self._show(request, ImportForm(user))
        form = ImportForm(user, request.POST, request.FILES)
        if not form.is_valid():
            return self._show(request, form)
        if "save" in request.POST:
            return self._import(request, form, user)
        drafts = bulk.judge([*form.held_rows(), *form.fresh_rows()], user)
        return self._show_verdicts(request, drafts, user)

    def _import(self, request: HttpRequest, form: ImportForm, user: User) -> HttpResponse:
        saved = make_drafts(form.held_rows(), user)
        self.message_user(request, count_made(saved), messages.SUCCESS)
        rest = [*saved.refused, *bulk.judge(form.fresh_rows(), user)]
        if rest:
            return self._show_verdicts(request, rest, user)
        return redirect("admin:game_puzzle_changelist")

    def _show_verdicts(
        self, request: HttpRequest, drafts: Sequence[Draft], user: User
    ) -> HttpResponse:
        fine = [draft for draft in drafts if not draft.problems]
        others = [draft for draft in drafts if draft.problems]
        flaws = Counter(problem.flaw for draft in others for problem in draft.problems)
        form = ImportForm(
            user,
            initial={"text": rows.write([each.row for each in others]), "held": sign(fine, user)},
        )
        labels = [(Flaw(flaw).label, count) for flaw, count in flaws.most_common()]
        return self._show(request, form, fine=fine, others=others, flaws=labels, is_judged=True)

    def _show(self, request: HttpRequest, form: ImportForm, **context: Any) -> HttpResponse:
        context |= {"title": gettext("Import prompts"), "form": form, "most": MOST_ROWS}
        return page(self, request, "import.html", context | {"columns": rows.COLUMNS})


@transaction.atomic
def make_drafts(chosen: Sequence[Row], user: User) -> Saved:
    saved = bulk.save(chosen, user)
    history.note(user, dict.fromkeys(saved.puzzles, "Imported."), ADDITION)
    return saved


def count_made(saved: Saved) -> str:
    count = len(saved.puzzles)
    text = ngettext("%(count)d draft was made.", "%(count)d drafts were made.", count)
    return text % {"count": count}


def writer_of(request: HttpRequest) -> User:
    access.require(request.user, access.ADD)
    return signed_in(request)


def signed_in(request: HttpRequest) -> User:
    if not isinstance(request.user, User):
        raise PermissionDenied
    return request.user
