"""Detection and money do not depend on the order, number or grouping of arrivals."""

from collections.abc import Callable, Sequence
from datetime import timedelta
from random import Random
from typing import Any, NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tapline import clock, devices, ledger, policy, reconciliation
from tapline.cards import blocklist, vouchers
from tapline.cards.facts import FactIn, ingest
from tapline.devices import Presence, tariffs
from tapline.devices.tariffs import Tariff
from tapline.outbox import OutboxRepository
from tapline.uow import Database, UnitOfWork
from tapline_ops.tasks.topups import note_untapped_money
from tests import factories
from tests.integration.consequences import HANDLERS, drain
from tests.integration.invariants.invariants import broken
from tests.integration.reconciliation.histories import (
    DEVICES,
    KNOWN,
    REPORTED,
    VOUCHER_FEN,
    History,
)
from tests.stateful import examples, rolled_back

NO_LIMITS = {
    "automatic_fen_max": 10**9,
    "automatic_per_card_30d_max": 10**6,
    "automatic_per_device_day_fen_max": 10**9,
}


AFTER_ALL = factories.START + timedelta(days=9)
"""When every window has run out."""


class Books(NamedTuple):
    """Where everything stands: balances, findings, what was given back, who is blocked."""

    balances: dict[str, int]
    findings: set[tuple[Any, ...]]
    owed: set[tuple[Any, ...]]
    blocked: dict[str, set[str]]


def settled(
    database: Database,
    history: Callable[[str], Sequence[Sequence[FactIn]]],
    rng: Random | None,
) -> Books:
    """The books after these batches; with `rng`, events are handled late, shuffled and twice.

    Looked at twice: when all has arrived, and when every window has run out.
    """
    with rolled_back(database) as uow:
        with clock.frozen(factories.START):
            batches = history(prepare(uow))
            for batch in batches:
                ingest(uow, tenant_id="demo", facts=batch)
                if rng is not None and rng.random() < 0.5:
                    handle_some(uow, rng)
            drain(uow)
        with clock.frozen(AFTER_ALL):
            reconciliation.sweep_gaps(uow, tenant_id="demo")
            while reconciliation.sweep_cards(uow, tenant_id="demo"):
                drain(uow)
            reconciliation.sweep_meters(uow, tenant_id="demo")
            reconciliation.sweep_debts(uow, tenant_id="demo")
            note_untapped_money(uow, "demo")
            drain(uow)
            assert broken(uow) == []
            return read(uow)


def prepare(uow: UnitOfWork) -> str:
    """A tenant with machines and cards, one of them reported lost; a voucher leased."""
    factories.tenant(uow)
    policy.publish(uow, tenant_id="demo", changes=NO_LIMITS, actor="test", reason="no limits")
    steps = [(1500 * n, 100 * n) for n in (1, 2, 3)]
    tariff = Tariff(version=1, steps=steps)
    tariffs.publish(uow, tenant_id="demo", tariff=tariff, actor="test", reason="2026")
    for device_id in DEVICES:
        factories.device(uow, device_id)
        device = devices.get(uow, tenant_id="demo", device_id=device_id, lock=True)
        devices.mark_presence(uow, device=device, state=Presence.ONLINE, boot=1, conn=1)
    for card_no, opened_fen in KNOWN.items():
        factories.card(uow, card_no, opened_fen)
    blocklist.block(uow, tenant_id="demo", card_no=REPORTED, reason="lost")
    first = next(iter(KNOWN))
    paid = ledger.Transfer(
        ledger.chart.psp("wechat"), ledger.chart.card(first).pending_load, VOUCHER_FEN
    )
    topup = ledger.Command(
        key="topup", kind="topup", event_at=clock.now(), movement=paid, content="topup"
    )
    ledger.post(uow, tenant_id="demo", commands=[topup])
    (voucher,) = vouchers.ask(uow, tenant_id="demo", taps=[vouchers.Tap("A", "tap", first)])
    assert voucher is not None
    return voucher.voucher_id


def handle_some(uow: UnitOfWork, rng: Random) -> None:
    """Handle what waits in any order, some of it twice, and leave its consequences for later."""
    outbox = OutboxRepository(uow.session)
    messages = outbox.take(1000)
    handled = rng.sample([*messages, *messages[::2]], k=len(messages) + len(messages[::2]))
    for message in handled:
        if handler := HANDLERS.get(message.type):
            handler(uow, message.tenant_id, message.payload)
    outbox.mark_relayed(messages)
    uow.session.flush()


def read(uow: UnitOfWork) -> Books:
    found = reconciliation.listed(uow, tenant_id="demo", limit=10_000)
    targets = [
        reconciliation.target_of(uow, tenant_id="demo", device_id=key.device_id, seq=key.seq)
        for key in {one.fact for one in found}
        if key is not None
    ]
    return Books(
        balances={
            row.code: row.balance for row in ledger.trial(uow, tenant_id="demo") if row.balance
        },
        findings={
            (
                *(one.code, one.subject, one.card_no, one.amount_fen),
                *(one.resolution, one.needs_person),
            )
            for one in found
            if one.code != "D04"
        },
        owed={
            (one.device_id, one.seq, one.card_no, one.target_fen)
            for one in targets
            if one is not None and one.target_fen
        },
        blocked={
            card_no: blocklist.reasons(uow, tenant_id="demo", card_no=card_no) for card_no in KNOWN
        },
    )


def shuffled(facts: Sequence[FactIn], rng: Random) -> list[list[FactIn]]:
    """The facts in another order, some of them again, in other batches."""
    copies = [fact for fact in facts if rng.random() < 0.2]
    order = [*facts, *copies]
    rng.shuffle(order)
    batches: list[list[FactIn]] = [[]]
    for fact in order:
        if rng.random() < 0.4:
            batches.append([])
        batches[-1].append(fact)
    return [batch for batch in batches if batch]


@pytest.mark.req("C2")
@examples(15)
@given(seed=st.integers(0, 2**32), size=st.integers(1, 24), order=st.integers(0, 2**32))
def test_any_order_of_the_same_messages_ends_with_the_same_books(
    database: Database, seed: int, size: int, order: int
) -> None:
    def story(voucher_id: str) -> list[FactIn]:
        history = History(Random(seed), voucher_id)
        for _ in range(size):
            history.happen()
        return history.facts

    rng = Random(order)
    in_order = settled(database, lambda voucher_id: [story(voucher_id)], None)
    out_of_order = settled(database, lambda voucher_id: shuffled(story(voucher_id), rng), rng)
    assert out_of_order == in_order
