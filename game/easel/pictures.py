"""The pictures of orders and their files: stored, copied for the same order again, deleted."""

import hashlib
import json
from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import QuerySet
from django.db.models.functions import Now

from game.drawing import claims, loose
from game.drawing.candidates import webp
from game.easel import line
from game.models import Order, OrderPicture, order_picture_path

if TYPE_CHECKING:
    from game.drawing.painting import Drawing

COUNT = 9

State = Order.State


def recipe_of(order: Order, facts: dict[str, Any]) -> str:
    """A digest of all that the pictures follow from; "" where the model isn't known."""
    if not facts:
        return ""
    parts = [order.prompt, order.without, order.seed, facts["model"]["hash"], facts["settings"]]
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()


def store(order: Order, drawing: "Drawing", loop_size: int, loop_seconds: float) -> None:
    """Files first, rows after, as in game.drawing.candidates.

    Raises:
        LostClaimError: the order was cancelled, deleted or claimed by somebody else.
    """
    contents = [webp(picture.image) for picture in drawing.pictures]
    rows = [
        OrderPicture(rank=each.rank, score=each.score, seed=each.seed, side=each.image.width)
        for each in drawing.pictures
    ]
    facts = drawing.manifest
    changes = {
        "recipe": recipe_of(order, facts),
        "model": facts["model"]["name"],
        "loop_size": loop_size,
        "loop_seconds": loop_seconds,
    }
    _write(rows, contents, partial(_store_rows, order, rows, changes))


def _store_rows(order: Order, rows: Sequence[OrderPicture], changes: dict[str, Any]) -> None:
    held = line.held(order).select_for_update().first()
    if held is None:
        raise claims.LostClaimError
    for row in rows:
        row.order = held
    OrderPicture.objects.bulk_create(rows)
    free = {"claim": None, "leased_until": None}
    Order.objects.filter(pk=held.pk).update(
        state=State.PAINTED, progress=100, ended_at=Now(), **free, **changes
    )


def _write(rows: Sequence[OrderPicture], contents: Sequence[bytes], store_rows: Any) -> None:
    for row in rows:
        row.file.name = order_picture_path(row, "picture.webp")
    names = [str(row.file) for row in rows]
    loose.note(names)
    try:
        for name, content in zip(names, contents, strict=True):
            default_storage.save(name, ContentFile(content))
        with transaction.atomic():
            store_rows()
            loose.note_named(names)
    except BaseException:
        # A connection lost during COMMIT doesn't tell whether the rows are there.
        kept = OrderPicture.objects.filter(file__in=names).values_list("file", flat=True)
        loose.delete(sorted(set(names) - set(kept)))
        raise


def take_from_store(order: Order) -> bool:
    """Give a new order the pictures of one that was the same, if there is one that is whole."""
    painted = Order.objects.filter(recipe=order.recipe, state=State.PAINTED).exclude(recipe="")
    same = painted.first()
    if same is None:
        return False
    found = list(same.pictures.all())
    try:
        contents = [_read(each) for each in found]
    except OSError:
        return False
    rows = [
        OrderPicture(order=order, rank=each.rank, score=each.score, seed=each.seed, side=each.side)
        for each in found
    ]
    _write(rows, contents, partial(_finish_again, order, same, rows))
    return True


def _read(picture: OrderPicture) -> bytes:
    with picture.file.open("rb") as file:
        content: bytes = file.read()
        return content


def _finish_again(order: Order, same: Order, rows: Sequence[OrderPicture]) -> None:
    order.state, order.is_again, order.progress = State.PAINTED, True, 100
    order.model = same.model
    order.ended_at = Now()
    order.save()
    OrderPicture.objects.bulk_create(rows)


def delete(orders: QuerySet[Order]) -> int:
    """Rows and files, for good; how many orders."""
    with transaction.atomic():
        gone = list(orders.select_for_update(of=("self",)))
        pictures = OrderPicture.objects.filter(order__in=gone)
        files = list(pictures.values_list("file", flat=True))
        Order.objects.filter(pk__in=[order.pk for order in gone]).delete()
        transaction.on_commit(partial(loose.delete, files), robust=True)
    return len(gone)
