"""The evidence behind a finding, as it stood when it was found, and its hash. Pure."""

import hashlib
import json
from collections.abc import Iterable, Sequence
from typing import Any

from tapline.cards.facts import Charge, Fact
from tapline.devices import Device
from tapline.faults import Alarm
from tapline.orders import Order, OrderStep
from tapline.reconciliation.model import Finding, Side

REACH = 5
"""How many neighbours on the card's chain stand on each side of the fact."""

_SITE_SUPPLY = frozenset({"mains_lost", "inlet_lost"})
"""Alarms that say that power or water did not reach the machine."""


def pack(
    *,
    versions: Sequence[Fact],
    chain: Sequence[Fact],
    beside: Sequence[Fact],
    charge: Charge | None,
    device: Device | None,
    alarms: Sequence[Alarm],
) -> dict[str, Any]:
    """What a person needs to agree or to object, as JSON values.

    `versions` are the fact's own, `chain` its neighbours on the card, `beside` the facts right
    before and after it on the machine, whose lifetime totals frame it.
    """
    return {
        "versions": [_told(fact) for fact in versions],
        "chain": [_told(fact) for fact in chain],
        "totals": [_totals(fact) for fact in (*beside, *versions)],
        "device": None if device is None else _device(device),
        "alarms": [
            {"code": alarm.code, "since": alarm.raised_at.isoformat(), "data": alarm.data}
            for alarm in alarms
        ],
        "ledger_keys": [] if charge is None else ledger_keys(charge),
    }


def order_pack(order: Order, steps: Sequence[OrderStep]) -> dict[str, Any]:
    """What stands behind a finding about an order: its lines, and who said what and when, with the
    courier's photos."""
    return {
        "order": {
            "number": order.number,
            "state": order.state.value,
            "buckets_returned": order.buckets_returned,
            "lines": [
                {
                    "sku": line.sku,
                    "ordered": line.quantity,
                    "tickets": line.tickets,
                    "delivered": line.delivered,
                }
                for line in order.lines
            ],
        },
        "steps": [
            {
                "kind": step.kind.value,
                "actor": step.actor,
                "words": step.words,
                "facts": step.facts,
                "photo": str(step.file_id) if step.file_id else None,
                "at": step.at.isoformat(),
            }
            for step in steps
        ],
    }


def digest(evidence: dict[str, Any]) -> bytes:
    """SHA-256 of a pack, over its canonical JSON: sorted, compact, ASCII."""
    return hashlib.sha256(
        json.dumps(evidence, sort_keys=True, separators=(",", ":")).encode("ascii")
    ).digest()


def ledger_keys(charge: Charge) -> list[str]:
    """The keys under which the ledger may hold lines of a fact; not every one was posted."""
    name = f"{charge.device_id}:{charge.seq}"
    restated = [
        f"restate:{name}:{revision}:{step}"
        for revision in range(1, charge.revision + 1)
        for step in ("undo", "redo")
    ]
    return [f"dev:{name}", *restated]


def proposed_side(finding: Finding, alarm_codes: Iterable[str]) -> Side:
    """Who should bear it: a proposal that the other side may object to."""
    if finding.code == "D05" or (finding.code == "D22" and finding.facts["knew"]):
        return Side.VENDOR
    if finding.code == "D14":
        return Side.CUSTOMER
    if finding.code in {"D01", "D02", "D12"} and _SITE_SUPPLY.intersection(alarm_codes):
        return Side.PROPERTY
    return Side.OPERATOR


def _told(fact: Fact) -> dict[str, Any]:
    return {
        "device": fact.device_id,
        "seq": fact.seq,
        "hash": fact.content_hash.hex(),
        "op": fact.op,
        "ts": fact.ts,
        "received_at": fact.received_at.isoformat(),
        "offline": fact.off,
        "clock": fact.clk,
        "card": fact.card_no,
        "atc": fact.atc,
        "bal_before_fen": fact.bal_before_fen,
        "amt_fen": fact.amt_fen,
        "bal_after_fen": fact.bal_after_fen,
        "tariff": fact.tariff,
        "ml": fact.ml,
        "ml_req": fact.ml_req,
        "pulses": fact.pulses,
        "nozzle": fact.nozzle,
        "status": fact.status,
        "tac": fact.tac,
        "proof": fact.proof.value,
    }


def _totals(fact: Fact) -> dict[str, Any]:
    return {"seq": fact.seq, "n": fact.total_n, "fen": fact.total_fen, "ml": fact.total_ml}


def _device(device: Device) -> dict[str, Any]:
    hello = device.hello or {}
    return {
        "presence": device.presence.value,
        "firmware": hello.get("fw"),
        "hardware": hello.get("hw"),
        "boot": device.hello_boot,
        "boot_reason": hello.get("boot_reason"),
        "seen_at": device.last_seen_at.isoformat() if device.last_seen_at else None,
    }
