"""Facts come in, the ledger follows, findings say why, and money finds its way back."""

from datetime import timedelta

import pytest

from tapline import cards, ledger, reconciliation
from tapline.cards.facts import FactIn, ingest
from tapline.money import Fen
from tapline.reconciliation import Finding, Resolution
from tapline.reconciliation.evidence.rules import digest
from tapline.uow import UnitOfWork
from tests import factories
from tests.integration.consequences import drain

CARD, OTHER = "88001234", "88009999"


@pytest.fixture
def desk(uow: UnitOfWork) -> UnitOfWork:
    """A tenant with two machines and a card with 50.00 yuan."""
    factories.tenant(uow)
    for device_id in ("A", "B"):
        factories.device(uow, device_id)
    factories.card(uow, CARD, 5000)
    return uow


def pour(seq: int, atc: int | None, before_fen: int, **changes: object) -> FactIn:
    device = str(changes.pop("device", "A"))
    return factories.fact(device, seq, CARD, atc=atc, before_fen=before_fen, **changes)


def dry(seq: int, atc: int, before_fen: int, **changes: object) -> FactIn:
    return pour(seq, atc, before_fen, ml=0, pulses=0, status="no_flow", **changes)


def torn(seq: int, before_fen: int, **changes: object) -> FactIn:
    return pour(seq, None, before_fen, status="torn", bal_after_fen=None, **changes)


def arrive(uow: UnitOfWork, *facts: FactIn) -> None:
    ingest(uow, tenant_id="demo", facts=facts)
    drain(uow)


def findings(uow: UnitOfWork) -> dict[tuple[str, int], Finding]:
    return {
        (one.code, one.seq): one
        for one in reconciliation.listed(uow, tenant_id="demo")
        if one.seq is not None
    }


def balance_fen(uow: UnitOfWork, card_no: str = CARD) -> int:
    return ledger.card(uow, tenant_id="demo", card_no=card_no).balance_fen


def suspense_fen(uow: UnitOfWork, device_id: str = "A") -> int:
    code = f"suspense:{device_id}"
    found = ledger.balances(uow, tenant_id="demo", codes=[code])
    return found[code].posted if code in found else 0


@pytest.mark.req("C1", "H386")
def test_a_charge_without_water_is_given_back_before_anyone_complains(desk: UnitOfWork) -> None:
    arrive(desk, pour(1, 1, 5000), dry(2, 2, 4900))
    card = ledger.card(desk, tenant_id="demo", card_no=CARD)
    assert (card.balance_fen, card.pending_load_fen) == (4900, 100), "written at the next tap"
    assert findings(desk)["D01", 2].resolution is Resolution.AUTO


def test_a_partial_pour_costs_what_came(desk: UnitOfWork) -> None:
    arrive(desk, pour(1, 1, 5000, ml=500))
    assert balance_fen(desk) == 5000 - 33
    assert findings(desk)["D02", 1].amount_fen == 67


def test_one_pour_named_by_two_rules_is_corrected_once(desk: UnitOfWork) -> None:
    start = factories.START
    arrive(desk, dry(1, 1, 5000, moment=start))
    arrive(desk, pour(2, 2, 4900, moment=start))
    assert balance_fen(desk) == 4900
    assert {one: row.resolution for one, row in findings(desk).items()} == {
        ("D01", 1): Resolution.AUTO,
        ("D06", 1): Resolution.AUTO,
    }


def test_contradicting_contents_charge_the_card_for_none_until_the_chain_decides(
    desk: UnitOfWork,
) -> None:
    arrive(desk, pour(1, 1, 5000), pour(2, 2, 4900), pour(2, 2, 4900, amt_fen=900))
    assert (balance_fen(desk), suspense_fen(desk)) == (4900, 100)
    assert findings(desk)["D05", 2].resolution is Resolution.TICKET
    arrive(desk, pour(3, 3, 4800))
    assert (balance_fen(desk), suspense_fen(desk)) == (4700, 0)
    assert findings(desk)["D05", 2].resolution is Resolution.NONE


def test_a_correction_is_taken_back_when_the_version_it_rested_on_falls(desk: UnitOfWork) -> None:
    arrive(desk, pour(1, 1, 5000), dry(2, 2, 4900))
    assert balance_fen(desk) == 4900
    arrive(desk, pour(2, 2, 4900))
    assert (balance_fen(desk), suspense_fen(desk)) == (4900, 100), "nobody's while it is disputed"
    assert ("D01", 2) not in findings(desk), "what never was is retracted"
    retracted = reconciliation.target_of(desk, tenant_id="demo", device_id="A", seq=2)
    assert retracted is not None
    assert retracted.target_fen == 0


def test_a_torn_debit_costs_nothing_until_the_next_tap_proves_it(desk: UnitOfWork) -> None:
    arrive(desk, pour(1, 1, 5000), torn(2, 4900))
    assert balance_fen(desk) == 4900
    arrive(desk, pour(3, 3, 4800))
    assert balance_fen(desk) == 4700
    arrive(desk, pour(1, 2, 4900, device="B"))
    assert balance_fen(desk) == 4700, "the late fact fills the hole, and the torn debit is void"
    assert findings(desk)["D12", 2].facts["verdict"] == "void"


def test_a_card_issued_later_pays_for_what_rested_in_suspense(desk: UnitOfWork) -> None:
    unknown = factories.fact("A", 1, OTHER, atc=1, before_fen=3000)
    arrive(desk, unknown)
    assert suspense_fen(desk) == 100
    factories.card(desk, OTHER, 3000)
    reconciliation.reconcile_cards(desk, tenant_id="demo", cards=[OTHER])
    drain(desk)
    assert (suspense_fen(desk), balance_fen(desk, OTHER)) == (0, 2900)


def test_a_pour_claimed_for_two_cards_moves_with_its_correction(desk: UnitOfWork) -> None:
    factories.card(desk, OTHER, 3000)
    mine = dry(5, 1, 5000)
    theirs = factories.fact("A", 5, OTHER, atc=2, before_fen=2900, ml=0, pulses=0, status="no_flow")
    arrive(desk, mine)
    arrive(desk, theirs)
    arrive(
        desk,
        factories.fact("B", 1, OTHER, atc=1, before_fen=3000),
        factories.fact("B", 2, OTHER, atc=3, before_fen=2800),
    )
    assert balance_fen(desk) == 5000
    assert balance_fen(desk, OTHER) == 3000 - 300 + 100
    assert findings(desk)["D01", 5].card_no == OTHER


def test_a_fact_delivered_again_is_noted_and_changes_nothing(desk: UnitOfWork) -> None:
    arrive(desk, pour(1, 1, 5000))
    arrive(desk, pour(1, 1, 5000))
    arrive(desk, pour(1, 1, 5000))
    assert list(findings(desk)) == [("D04", 1)]
    assert balance_fen(desk) == 4900


def test_reconciling_again_writes_nothing(desk: UnitOfWork) -> None:
    arrive(desk, pour(1, 1, 5000), dry(2, 2, 4900), torn(3, 4800), pour(4, 3, 4800))
    before = [(row.finding_id, row.updated_at) for row in findings(desk).values()]
    entries = len(list(ledger.export_entries(desk)))
    reconciliation.reconcile_cards(desk, tenant_id="demo", cards=[CARD])
    drain(desk)
    assert [(row.finding_id, row.updated_at) for row in findings(desk).values()] == before
    assert len(list(ledger.export_entries(desk))) == entries


@pytest.mark.req("C20")
def test_evidence_holds_the_facts_around_and_its_hash(desk: UnitOfWork) -> None:
    chain = [pour(seq, seq, 5100 - 100 * seq) for seq in range(1, 8)]
    arrive(desk, *chain)
    arrive(desk, dry(8, 8, 4300))
    finding = findings(desk)["D01", 8]
    assert finding.evidence_hash == digest(finding.evidence)
    assert [fact["atc"] for fact in finding.evidence["chain"]] == [3, 4, 5, 6, 7]
    assert finding.evidence["versions"][0]["status"] == "no_flow"
    assert finding.evidence["ledger_keys"] == ["dev:A:8"]


def test_another_tenant_sees_none_of_it(desk: UnitOfWork) -> None:
    factories.tenant(desk, "other")
    arrive(desk, dry(1, 1, 5000))
    assert not reconciliation.listed(desk, tenant_id="other")
    assert not reconciliation.of_fact(desk, tenant_id="other", device_id="A", seq=1)
    assert reconciliation.target_of(desk, tenant_id="other", device_id="A", seq=1) is None


@pytest.mark.parametrize("kind", [cards.CardKind.ID, cards.CardKind.QR])
def test_a_card_without_a_purse_has_its_money_back_at_once(
    uow: UnitOfWork, kind: cards.CardKind
) -> None:
    factories.tenant(uow)
    factories.device(uow, "A")
    cards.issue(uow, tenant_id="demo", card_no=CARD, kind=kind, balance_fen=Fen(5000))
    arrive(uow, pour(1, None, 5000, ml=0, pulses=0, bal_before_fen=None, bal_after_fen=None))
    card = ledger.card(uow, tenant_id="demo", card_no=CARD)
    assert (card.principal_fen, card.pending_load_fen) == (5000, 0)


def test_a_machine_that_nobody_here_built_ends_with_the_right_balance(desk: UnitOfWork) -> None:
    """Repeats, a contradiction, a gap filled late, a charge without water: 25 s apart each."""

    def at(seq: int, **changes: object) -> FactIn:
        moment = factories.START + timedelta(seconds=25 * seq)
        return pour(seq, seq, 5100 - 100 * seq, moment=moment, **changes)

    first = [at(seq) for seq in range(1, 6)]
    arrive(desk, *first)
    arrive(desk, *first)
    arrive(desk, at(3, amt_fen=900))
    arrive(desk, at(7), at(8))
    arrive(desk, at(6))
    arrive(desk, at(9, ml=0, pulses=0, status="no_flow"))
    arrive(desk, at(10))
    assert balance_fen(desk) == 5000 - 1000 + 100
    assert findings(desk).keys() == {
        *(("D04", seq) for seq in range(1, 6)),
        ("D05", 3),
        ("D01", 9),
        ("D06", 9),
    }


def test_a_card_that_is_issued_after_its_first_pour_pays_for_it(desk: UnitOfWork) -> None:
    stranger = factories.fact("A", 1, OTHER, atc=1, before_fen=900)
    arrive(desk, stranger)
    assert suspense_fen(desk) == 100

    factories.card(desk, OTHER, 900)
    drain(desk)

    assert suspense_fen(desk) == 0
    assert balance_fen(desk, OTHER) == 800
