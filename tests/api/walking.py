"""Every route of the application, and what to fill in where one asks for something."""

from collections.abc import Iterator

from fastapi import FastAPI
from fastapi.routing import iter_route_contexts

ENDLESS = {"/live"}
"""Streams, which carry names of events alone."""
FORM = {
    "version": "0",
    "outcome": "fixed",
    "body": "x",
    "approve": "true",
    "amount_fen": "100",
    "reason": "other",
    "words": "x",
    "name": "x",
    "old": "x" * 12,
    "new": "y" * 12,
    "sku": "x",
    "count": "1",
    "buckets_returned": "0",
    "category": "other",
    "window": "2026-11-22.morning",
    "held": "true",
    "code": "answered",
    "staff_id": "00000000-0000-7000-8000-000000000000",
    "technician_id": "00000000-0000-7000-8000-000000000000",
    "payee": "x",
    "reference": "x",
    "confirm": "true",
    "resolution": "loss",
    "owner": "00000000-0000-7000-8000-000000000000",
    "why": "waited",
    "seq": "1",
    "device_id": "WD-0001",
    "side": "property",
    "uphold": "true",
    "agree": "false",
    "said": "objected",
    "month": "2026-10",
    "total_fen": "0",
    "valid_from": "2040-01-01",
    "take": "true",
    "evidence": "x",
    "request_id": "00000000-0000-7000-8000-000000000000",
    "new_card_no": "77770000",
    "phone": "13700137000",
    "real_name": "x",
    "document": "passport",
    "number": "AB123456",
    "born_on": "2015-01-01",
    "yuan": "1",
    "card": "x",
    "monthly": "1",
    "counted": "1",
    "expected_fen": "0",
    "bank_reference": "x",
    "received_on": "2026-01-02",
    "request_key": "0" * 32,
    "partner": "00000000-0000-7000-8000-000000000000",
    "purpose": "switch",
    "back_days": "30",
    "days": "30",
    "public_key": "x",
    "choice": "none",
    "op": "flush",
    "booklet": "X-1:1",
    "tickets": "1",
    "price": "1",
    "buckets_given": "0",
    "customer_is_right": "true",
}


def routes(app: FastAPI) -> Iterator[tuple[str, str]]:
    """(method, path) of everything that the application answers."""
    for context in iter_route_contexts(app.routes):
        for method in sorted(context.methods or ()):
            if method != "HEAD" and context.path:
                yield method, context.path
