"""Machines looked after by plan: weekly inspections with photos, one of which found something."""

import struct
import zlib
from collections.abc import Iterator
from datetime import timedelta
from functools import partial
from typing import Final
from uuid import UUID

from tapline import clock, files
from tapline.rounds import plans, visits
from tapline.rounds.plans import USUAL, RoundKind
from tapline.sites import closures
from tapline.sites.closures import ClosureKind, Span
from tapline.uow import UnitOfWork
from tapline_ops.demo.past.scenes import Scene
from tapline_ops.demo.past.stage import Past, at
from tapline_ops.provision import DEMO

_TECHNICIAN: Final = "shi.fu"
_FINE: Final = ("yes", "yes", "12", "yes", "21")
_WORN: Final = ("yes", "yes", "58", "yes", "22")
"""More dissolved than the plan allows."""


def scenes(past: Past) -> Iterator[Scene]:
    """Two plans since the month began; rounds each week, the last of them today's; and a house
    that closes next month."""
    yield Scene(at(past.began_on, 9), partial(_plan, past))
    for days in (22, 15, 8):
        yield Scene(past.ago(days, 10), partial(_go_round, past, worn=days == 8))
    yield Scene(past.ago(0, 8), _fall_due)
    yield Scene(past.ago(1, 15), partial(_close, past))


def _plan(past: Past, uow: UnitOfWork) -> None:
    for kind, name, every_days in (
        (RoundKind.INSPECTION, "每周巡检", 7),
        (RoundKind.CLEANING, "双周清洁", 14),
    ):
        plans.create(
            uow,
            tenant_id=DEMO,
            name=name,
            kind=kind,
            every_days=every_days,
            first_on=past.began_on,
            items=USUAL[kind],
            actor="he.qing",
            device_ids=[one.device_id for one in past.machines],
        )


def _fall_due(uow: UnitOfWork) -> None:
    visits.plan_due(uow, tenant_id=DEMO)


def _go_round(past: Past, uow: UnitOfWork, *, worn: bool) -> None:
    """Every inspection that is due; `worn`: the first machine is not as it should be."""
    _fall_due(uow)
    him = past.people[_TECHNICIAN]
    until = clock.business_date(clock.now())
    for place, machine in enumerate(past.machines):
        for visit in visits.at_machine(uow, tenant_id=DEMO, device_id=machine.device_id):
            if not visit.state.is_open or visit.due_on > until:
                continue
            is_inspection = visit.kind is RoundKind.INSPECTION
            given = (_WORN if worn and not place else _FINE) if is_inspection else ("yes",) * 3
            visits.open_at(
                uow,
                tenant_id=DEMO,
                visit_id=visit.visit_id,
                technician=him,
                code=machine.device_id,
            )
            visits.finish(
                uow,
                tenant_id=DEMO,
                visit_id=visit.visit_id,
                technician=him,
                given=given,
                words="滤芯该换了" if given is _WORN else "",
                file_ids=[photo(uow, visit.device_id, until.toordinal())],
                request_key=visit.visit_id.hex,
            )


def _close(past: Past, uow: UnitOfWork) -> None:
    begins = at(past.today + timedelta(days=25), 8)
    closures.announce(
        uow,
        tenant_id=DEMO,
        site_id=past.places[-1].site_id,
        kind=ClosureKind.CLOSED,
        span=Span(begins, begins + timedelta(days=12), "机房改造，停用"),
        actor="he.qing",
    )


def photo(uow: UnitOfWork, device_id: str, day: int) -> UUID:
    """A picture of its own, of nothing but a colour."""
    shade = zlib.crc32(f"{device_id}:{day}".encode())
    row = b"\0" + struct.pack(">I", shade)[1:] * 320
    head = struct.pack(">IIBBBBB", 320, 240, 8, 2, 0, 0, 0)
    chunks = ((b"IHDR", head), (b"IDAT", zlib.compress(row * 240)), (b"IEND", b""))
    content = b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(kind, body) for kind, body in chunks)
    kept = files.keep(
        uow, tenant_id=DEMO, name="round.png", media_type="image/png", content=content
    )
    return kept.file_id


def _chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
