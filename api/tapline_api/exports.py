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
    audit.record(
        uow,
        tenant_id=taker.tenant_id,
        actor=taker.actor,
        action="export.take",
        subject=f"export:{name}",
    )
    return Response(
        sheets.excel_bytes(rows, title=name),
        media_type=sheets.EXCEL_TYPE,
        headers={"Content-Disposition": f'attachment; filename="{name}.xlsx"'},
    )
