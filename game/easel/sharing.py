"""Orders that their people show to others, what others report of them, and what editors decide."""

from collections import Counter
from datetime import timedelta

from django.db import transaction
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _
from PIL import Image

from game.easel import cards
from game.easel.errors import EaselError
from game.guarding import limits
from game.guarding.limits import Limit
from game.models import Order, OrderPicture, Report, Share

# As many reports by different people hide it until an editor decides.
HIDE_AFTER = 3
REPORTS = Limit(20, timedelta(hours=1))

State = Share.State


class TooManyReports(EaselError):
    status, code = 429, "too_many_reports"

    def __init__(self, seconds: int) -> None:
        super().__init__(_("Very many reports came from your network. Try again in an hour."))
        self.seconds = seconds


def share(order: Order, rank: int | None) -> Share:
    """Show the nine, or one of them; whoever shares again only chooses anew.

    Raises:
        EaselError: there is nothing to show, a picture's file is gone, or an editor removed it.
    """
    chosen = [each for each in order.pictures.all() if rank is None or each.rank == rank]
    if not chosen:
        raise EaselError(_("Only what is painted can be shared."))
    # Before anybody is told the address.
    try:
        card = cards.paint(order.prompt, [_open(each) for each in chosen])
    except OSError as error:
        raise EaselError(_("A picture can’t be read any more. Have them painted again.")) from error
    with transaction.atomic():
        found, _is_new = Share.objects.select_for_update().get_or_create(
            order=order, defaults={"rank": rank, "card": card}
        )
        if found.state == State.REMOVED:
            raise EaselError(_("An editor removed it; it can’t be shared again."))
        found.rank, found.card = rank, card
        found.save(update_fields=["rank", "card"])
    return found


def _open(picture: OrderPicture) -> Image.Image:
    with picture.file.open("rb") as file, Image.open(file) as image:
        return image.convert("RGB")


def stop(order: Order) -> None:
    """Its page, card and address go. What an editor removed stays known as such."""
    Share.objects.filter(order=order).exclude(state=State.REMOVED).delete()


def shown(code: str) -> Share | None:
    found = Share.objects.select_related("order").defer("card").filter(code=code).first()
    return found if found and found.is_public else None


def pictures(share: Share) -> list[OrderPicture]:
    every = share.order.pictures.all()
    return [each for each in every if share.rank in (None, each.rank)]


def report(share: Share, address: str | None, reason: str, text: str) -> None:
    """A person's second report replaces the first.

    Raises:
        EaselError: no such reason, or too many came from there.
    """
    if reason not in Report.Reason.values:
        raise EaselError(_("Choose a reason."))
    if wait := limits.take("reports", address, [REPORTS]).wait:
        raise TooManyReports(wait)
    digest = salted_hmac("game.easel.reports", f"{share.pk} {address}", algorithm="sha256")
    with transaction.atomic():
        # Reports that come at once are counted one after the other.
        if not Share.objects.select_for_update().filter(pk=share.pk).exists():
            return  # its person has just deleted it
        Report.objects.update_or_create(
            share=share, reporter=digest.hexdigest(), defaults={"reason": reason, "text": text}
        )
        if share.reports.count() >= HIDE_AFTER:
            Share.objects.filter(pk=share.pk, state=State.SHOWN).update(state=State.HIDDEN)


def decide(share: Share, *, is_kept: bool) -> None:
    """An editor's word: later reports hide it no more, or nobody sees it again."""
    state = State.KEPT if is_kept else State.REMOVED
    reasons = Counter(share.reports.values_list("reason", flat=True)).most_common(1)
    told = Report.Reason(reasons[0][0]).label if reasons and not is_kept else ""
    Share.objects.filter(pk=share.pk).update(state=state, reason=told)
