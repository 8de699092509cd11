"""What was deleted in the last week, and bringing it back."""

from __future__ import annotations

from datetime import date, datetime

from ..clock import utc_now
from ..domain.history import Price
from ..ledger import deleting
from ..ledger.keeping import ALWAYS
from ..models import Base
from .operations import Reply, Work, operation
from .problems import NotFound, Problem
from .wire import Wire


class DeletedOut(Wire):
    """Something that was deleted, and until when it can be brought back."""

    id: str
    kind: str
    name: str
    date: date | None
    deleted_at: datetime
    kept_until: datetime


@operation("GET", "/deleted")
def list_deleted(work: Work) -> list[DeletedOut]:
    """What was deleted in the last week and is not brought back, the last first."""
    found = deleting.kept_now(work.session, utc_now())
    return [_out(one.id, deleting.Note(one.kind, one.name, one.on, one.at)) for one in found]


@operation("POST", "/deleted/<uuid:deleted_id>/restore")
def restore_deleted(work: Work, deleted_id: str) -> DeletedOut:
    """Bring back what was deleted, with all that belonged to it, under its old ids. Refused with 409 when
    something else has its place, and with 422 when later entries do not go with it.
    """
    try:
        note = deleting.bring_back(work.session, work.prices, deleted_id, utc_now(), work.today)
    except deleting.NotKept:
        raise NotFound("deletion, or it was undone") from None
    except deleting.InTheWay as why:
        raise Problem(409, str(why), "in-the-way") from None
    return _out(deleted_id, note)


def gone(work: Work, row: Base, what: tuple[str, str, date | None], since: date = ALWAYS) -> Reply[None]:
    """Delete a row; ``what`` is its kind, its name and its day. The answer says how to undo it.

    :param since: the day from which on figures follow from it
    """
    deleted_id = deleting.throw_away(work.session, work.prices, row, _note(what), since)
    return Reply(None, restore=f"/api/deleted/{deleted_id}/restore")


def price_gone(work: Work, fund_id: str, name: str, price: Price) -> Reply[None]:
    """The same of a closing price; ``name`` is its fund's."""
    note = _note(("price", name, price.on))
    deleted_id = deleting.throw_price_away(work.session, work.prices, fund_id, price, note)
    return Reply(None, restore=f"/api/deleted/{deleted_id}/restore")


def _note(what: tuple[str, str, date | None]) -> deleting.Note:
    return deleting.Note(*what, utc_now())


def _out(deleted_id: str, note: deleting.Note) -> DeletedOut:
    return DeletedOut(
        id=deleted_id,
        kind=note.kind,
        name=note.name,
        date=note.on,
        deleted_at=note.at,
        kept_until=note.at + deleting.KEPT,
    )
