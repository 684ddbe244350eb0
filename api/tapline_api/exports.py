"""Tables that people take out of the house: Excel, each written down in the audit trail."""

from collections.abc import Sequence

from fastapi import Response

from tapline import audit
from tapline.files import sheets
from tapline.uow import UnitOfWork
from tapline_api.deps import Holder, Member


def excel(
    uow: UnitOfWork, taker: Member | Holder, *, name: str, rows: Sequence[Sequence[sheets.Cell]]
) -> Response:
    """`rows`, the first with headings, as the file `name`.xlsx; who took it out is recorded.

    `name` is ASCII, with no spaces. Amounts are whole fen, as their headings say.
    """
    content = sheets.excel_bytes(rows, title=name)
    return _taken(uow, taker, f"{name}.xlsx", content, sheets.EXCEL_TYPE)


def csv(
    uow: UnitOfWork, taker: Member | Holder, *, name: str, rows: Sequence[Sequence[sheets.Cell]]
) -> Response:
    """The same as the file `name`.csv, for tables too long to look at."""
    return _taken(uow, taker, f"{name}.csv", sheets.csv_bytes(rows), sheets.CSV_TYPE)


def _taken(
    uow: UnitOfWork, taker: Member | Holder, file: str, content: bytes, media_type: str
) -> Response:
    audit.record(
        uow,
        tenant_id=taker.tenant_id,
        actor=taker.actor,
        action="export.take",
        subject=f"export:{file.rpartition('.')[0]}",
    )
    return Response(
        content,
        media_type=media_type,
        headers={"Content-Disposition": f'attachment; filename="{file}"'},
    )
