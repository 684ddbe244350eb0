"""What a regulator is handed about a case of bad water, however many pours it has."""

import shutil
import tempfile
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import IO

from fastapi.responses import StreamingResponse

from tapline import people
from tapline.files import sheets
from tapline.uow import UnitOfWork
from tapline.water import traces
from tapline.water.samples import Sample
from tapline.water.traces import Case
from tapline_api.assets import STATIC
from tapline_api.formats import mask_card
from tapline_api.water_results import results

Rows = Iterable[Sequence[sheets.Cell]]
_CHUNK = 2**16


def tables(
    uow: UnitOfWork, case: Case, samples: Iterable[Sample], *, with_names: bool
) -> dict[str, Rows]:
    """The tables of a pack by name, without names of customers but in one of their own."""
    found: dict[str, Rows] = {
        "pours": _pours(uow, case),
        "orders": _orders(uow, case),
        "samples": _tests(samples),
    }
    return found | {"customers": _customers(uow, case)} if with_names else found


def packed(report: str, tables: Mapping[str, Rows], name: str) -> StreamingResponse:
    """The report and its tables as a ZIP: written to disk row by row, then sent as it is read."""
    out = tempfile.TemporaryFile()  # noqa: SIM115 (closed once it is sent)
    try:
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("report.html", report)
            archive.write(STATIC / "report.css", "report.css")
            for title, rows in tables.items():
                _add(archive, title, rows)
    except BaseException:
        out.close()
        raise
    return StreamingResponse(
        _sent(out),
        media_type="application/zip",
        headers={
            "Content-Disposition": f'attachment; filename="{name}.zip"',
            "Content-Length": str(out.tell()),
        },
    )


def _add(archive: zipfile.ZipFile, title: str, rows: Rows) -> None:
    with tempfile.TemporaryFile() as table:
        sheets.write_excel(table, rows, title=title)
        table.seek(0)
        with archive.open(f"{title}.xlsx", "w", force_zip64=True) as entry:
            shutil.copyfileobj(table, entry)


def _sent(file: IO[bytes]) -> Iterator[bytes]:
    with file:
        file.seek(0)
        while chunk := file.read(_CHUNK):
            yield chunk


def _pours(uow: UnitOfWork, case: Case) -> Rows:
    yield ("machine", "number", "time", "card", "millilitres", "paid_fen", "given_back_fen", "late")
    for one in traces.pours_of(uow, tenant_id=case.trace.tenant_id, trace_id=case.trace.trace_id):
        yield (
            one.device_id,
            one.seq,
            one.at.isoformat(),
            mask_card(one.card_no) if one.card_no else "",
            one.ml,
            one.amount_fen,
            one.given_fen,
            "late" if one.late else "",
        )


def _orders(uow: UnitOfWork, case: Case) -> Rows:
    yield ("order", "delivered", "barrels", "paid_fen", "late")
    for one in traces.orders_of(uow, tenant_id=case.trace.tenant_id, trace_id=case.trace.trace_id):
        yield (
            str(one.order_id),
            one.at.isoformat(),
            one.barrels,
            one.amount_fen,
            "late" if one.late else "",
        )


def _tests(samples: Iterable[Sample]) -> Rows:
    yield ("taken", "laboratory", "report", "verdict", "parameter", "found", "unit", "limit")
    for one in samples:
        for name, found in results(one):
            limit = found.limit or "0"
            head = (one.taken_at.isoformat(), one.laboratory, one.report_no, one.verdict.value)
            yield (*head, name, found.found, found.unit, limit)


def _customers(uow: UnitOfWork, case: Case) -> Rows:
    yield ("customer", "name", "phone")
    tenant_id = case.trace.tenant_id
    for customer_id in traces.customers(uow, tenant_id=tenant_id, trace_id=case.trace.trace_id):
        customer = people.find_customer(uow, tenant_id=tenant_id, customer_id=customer_id)
        if customer is not None:
            yield (str(customer_id), customer.name or "", people.contact_phone(customer))
