"""Machines are held against themselves: what stands follows the facts, whatever order they took."""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from itertools import pairwise
from random import Random

import pytest

from tapline import clock, devices, reconciliation, tickets
from tapline.cards.facts import FactIn, ingest
from tapline.devices import Hello, Presence, Totals, commands, telemetry
from tapline.devices.telemetry import Reading
from tapline.errors import ConflictError, DeniedError
from tapline.people import Role
from tapline.reconciliation import Finding, Resolution
from tapline.uow import UnitOfWork
from tests import factories
from tests.integration.consequences import drain
from tests.integration.reconciliation.fleet import member

CARD = "88001234"
STEP = timedelta(minutes=30)


@pytest.fixture
def machine(uow: UnitOfWork) -> Iterator[UnitOfWork]:
    """Machine A, online, and a card that drinks there alone."""
    with clock.frozen(factories.START):
        factories.tenant(uow)
        factories.device(uow, "A")
        factories.card(uow, CARD, 100_000)
        device = devices.get(uow, tenant_id="demo", device_id="A", lock=True)
        devices.mark_presence(uow, device=device, state=Presence.ONLINE, boot=1, conn=1)
        uow.session.flush()
        yield uow


def pour(seq: int, **changes: object) -> FactIn:
    values = {
        "total_n": 1000 + seq,
        "total_fen": 100_000 + 100 * seq,
        "total_ml": 1_500_000 + 1500 * seq,
        "moment": factories.START + STEP * seq,
    }
    return factories.fact(
        "A", seq, CARD, atc=seq, before_fen=100_000 - 100 * (seq - 1), **values | changes
    )


def arrive(uow: UnitOfWork, facts: Sequence[FactIn]) -> None:
    """They come in one after the other, each when it was written."""
    for fact in facts:
        assert fact.moment is not None
        clock.advance(max(fact.moment + timedelta(seconds=2) - clock.now(), timedelta()))
        ingest(uow, tenant_id="demo", facts=[fact])
    drain(uow)


def swept(uow: UnitOfWork) -> dict[tuple[str, str], Finding]:
    """What holds of machines after they were examined."""
    reconciliation.sweep_meters(uow, tenant_id="demo")
    drain(uow)
    codes = ["D03", "D18", "D19", "D20", "D28"]
    found = reconciliation.listed(uow, tenant_id="demo", codes=codes, limit=1000)
    return {(one.code, one.subject): one for one in found}


def counted_on(seq: int, **more: int) -> dict[str, int]:
    """Counters that are ahead of the facts."""
    right = {"n": 1000 + seq, "fen": 100_000 + 100 * seq, "ml": 1_500_000 + 1500 * seq}
    return {f"total_{name}": value + more.get(name, 0) for name, value in right.items()}


def test_what_a_machine_counted_and_never_sent_is_a_case(machine: UnitOfWork) -> None:
    facts = [
        pour(seq, **counted_on(seq, n=int(seq > 5), fen=200 * (seq > 5))) for seq in range(1, 9)
    ]
    arrive(machine, facts)

    found = swept(machine)

    assert set(found) == {("D19", "dev:A:6")}
    finding = found["D19", "dev:A:6"]
    assert (finding.amount_fen, finding.resolution) == (200, Resolution.TICKET)
    assert finding.evidence["totals"], "the counters around it are evidence"
    assert [ticket.category for ticket in tickets.listed(machine, tenant_id="demo")] == [
        "counters_differ"
    ]


def test_a_gap_that_closes_takes_back_what_followed_from_it(machine: UnitOfWork) -> None:
    facts = [pour(seq) for seq in range(1, 10)]
    odd = [fact for fact in facts if fact.seq != 4]
    arrive(machine, odd)
    assert not swept(machine), "a number is missing: nobody knows what the counters should be"

    devices.declare_lost(machine, tenant_id="demo", device_id="A", from_seq=4, to_seq=4)
    arrive(machine, [pour(10)])
    assert set(swept(machine)) == {("D19", "dev:A:5")}

    arrive(machine, [facts[3]])
    assert not swept(machine)


def test_any_order_of_arrivals_ends_with_the_same_findings(machine: UnitOfWork) -> None:
    changes: dict[int, dict[str, object]] = {
        5: {"total_ml": 0},
        9: {"moment": factories.START - timedelta(days=9)},
        14: {"ml": 2600, **counted_on(14, ml=1100)},
    }
    for seq in range(15, 31):
        changes[seq] = dict(counted_on(seq, ml=1100, n=int(seq > 20)))
    facts = [pour(seq, **changes.get(seq, {})) for seq in range(1, 31)]
    shuffled = [*facts, *facts[::3]]
    Random(7).shuffle(shuffled)
    clock.advance(STEP * 31)

    for at in range(0, len(shuffled), 7):
        ingest(machine, tenant_id="demo", facts=shuffled[at : at + 7])
        drain(machine)
        swept(machine)

    found = {name: one.amount_fen for name, one in swept(machine).items()}
    assert found == {
        ("D03", "dev:A:14"): 73,
        ("D19", "dev:A:21"): 0,
        ("D20", "dev:A:9"): 0,
        ("D28", "dev:A:5"): 0,
    }


def test_a_long_life_is_judged_as_it_comes_in_as_it_would_be_at_once(machine: UnitOfWork) -> None:
    changes: dict[int, dict[str, object]] = {
        seq: dict(counted_on(seq, n=int(seq >= 130), ml=1100 * (seq >= 144)))
        for seq in range(130, 171)
    }
    changes[138] |= {"total_ml": 0}
    facts = [pour(seq, **changes.get(seq, {})) for seq in range(1, 171)]
    clock.advance(STEP * 171)
    for at in (0, *range(120, 170, 7)):
        ingest(machine, tenant_id="demo", facts=facts[at : at + 7] if at else facts[:120])
        reconciliation.sweep_meters(machine, tenant_id="demo")
    as_it_came = {name: one.amount_fen for name, one in swept(machine).items()}

    reconciliation.sweep_meters(machine, tenant_id="demo", since=factories.START)

    assert {"dev:A:130", "dev:A:138", "dev:A:144"} <= {subject for _, subject in as_it_came}
    assert {name: one.amount_fen for name, one in swept(machine).items()} == as_it_came


@pytest.mark.parametrize("ends", [(120, 139), (119, 139), (60, 110, 139), (139,)])
def test_whether_a_meter_drifts_follows_from_its_pours_however_they_were_grouped(
    machine: UnitOfWork, ends: Sequence[int]
) -> None:
    """From the 65th pour on it counts too little: half of the first 139 pours, not of 120."""
    over = [dict(counted_on(seq, ml=100 * max(0, seq - 64))) for seq in range(1, 141)]
    facts = [pour(seq, **changes) for seq, changes in enumerate(over, start=1)]
    clock.advance(STEP * 141)
    for first, last in pairwise((0, *ends)):
        ingest(machine, tenant_id="demo", facts=facts[first:last])
        assert ("D18", "device:A") not in swept(machine)

    ingest(machine, tenant_id="demo", facts=facts[139:])

    assert swept(machine)["D18", "device:A"].facts == {"witness": "totals", "per_mille": 67}


def test_a_machine_far_off_stops_selling_until_a_person_lets_it(machine: UnitOfWork) -> None:
    arrive(
        machine,
        [pour(seq, total_ml=1_500_000 + 1600 * seq) for seq in range(1, 31)],
    )

    found = swept(machine)
    swept(machine)

    assert found["D18", "device:A"].facts == {"witness": "totals", "per_mille": 67}
    (stop,) = commands.open_commands(machine, device_id="A", op="stop_sale")
    assert stop.reason == "D18"
    assert reconciliation.drifts(machine, tenant_id="demo", device_id="A")
    with pytest.raises(DeniedError, match="supervisor"):
        release(machine, Role.AGENT)
    release(machine, Role.SUPERVISOR)
    assert len(commands.open_commands(machine, device_id="A", op="resume_sale")) == 1
    assert ("D18", "device:A") not in swept(machine), "what it did before is over"
    with pytest.raises(ConflictError, match="not stopped"):
        release(machine, Role.ADMIN)


def release(uow: UnitOfWork, role: Role) -> None:
    reconciliation.resume_sale(
        uow,
        tenant_id="demo",
        device_id="A",
        staff=member(uow, role, f"{role.value}.m"),
        reason="流量计已更换",
    )


def test_a_reference_meter_is_asked_where_there_is_one(machine: UnitOfWork) -> None:
    device = devices.get(machine, tenant_id="demo", device_id="A", lock=True)
    document = {"hw": "RO-50", "fw": "2", "caps": ["ref_volume"]}
    hello = Hello(boot=1, seq_head=0, seq_acked=0, document=document)
    devices.greet(machine, hellos=[(device, hello)])
    facts = [pour(seq) for seq in range(1, 31)]
    for fact in facts:
        arrive(machine, [fact])
        measured(machine, fact.seq, ref_volume_ml=700_000 + 1560 * fact.seq)

    found = swept(machine)

    assert found["D18", "device:A"].facts == {"witness": "reference", "per_mille": 40}
    assert not commands.open_commands(machine, device_id="A", op="stop_sale"), "only far off"


def measured(uow: UnitOfWork, seq: int, **extra: int) -> None:
    now = clock.now()
    up_ms = int((now - factories.START).total_seconds() * 1000)
    telemetry.store(uow, readings=[Reading("demo", "A", 1, up_ms, now, now, {}, extra)])


def test_counters_reported_beside_facts_are_held_against_them_after_a_while(
    machine: UnitOfWork,
) -> None:
    arrive(machine, [pour(seq) for seq in range(1, 6)])
    device = devices.get(machine, tenant_id="demo", device_id="A", lock=True)
    devices.report_totals(device=device, totals=Totals(1006, 100_600, 1_509_000))
    machine.session.flush()
    assert not swept(machine), "the sixth may be on its way"

    clock.advance(timedelta(minutes=16))

    assert set(swept(machine)) == {("D19", "device:A")}
    arrive(machine, [pour(6)])
    assert not swept(machine)
