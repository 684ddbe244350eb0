"""D12, D13, D16, D22, D23, D25: how records came, and what was declared of their cards."""

from datetime import timedelta
from typing import Any

from tapline.cards.facts import Payer
from tapline.reconciliation.chain import FactKey, Version
from tapline.reconciliation.findings.rules import FindingKey
from tapline.reconciliation.judgement import Block, Judgement, KnownCard, Leased, ListCopy
from tests.unit.reconciliation.stories import CARD, LATER, START, found, judged, pour, torn

ONE = FactKey("A", 1)
REPORTED = Block(since=START + timedelta(minutes=15), until=None, version=4)
LOST_CARD = {CARD: KnownCard(opened_fen=5000, blocks=[REPORTED])}


def after_report(**besides: Any) -> Judgement:
    return judged(pour(1, 1, 5000), pour(2, 2, 4900), cards=LOST_CARD, **besides)


def load(seq: int, atc: int, before_fen: int, load_id: str, **changes: object) -> Version:
    after_fen = before_fen + 100
    values = {"op": "load", "load_id": load_id, "bal_after_fen": after_fen, "ml": 0} | changes
    return pour(seq, atc, before_fen, **values)


def test_a_record_that_comes_days_late_is_booked_and_told() -> None:
    for days, codes in [(1, {}), (3, {("D13", 1): 100}), (31, {("D13", 1): 100})]:
        late = pour(1, 1, 5000, received_at=START + timedelta(days=days))
        judgement = judged(late, now=late.received_at)
        assert found(judgement) == codes
        assert judgement.bearings[ONE].payer is Payer.CARD
        assert [one.needs_person for one in judgement.findings.values()] == [days > 30] * len(codes)


def test_a_late_record_of_a_closed_card_is_for_a_person() -> None:
    late = pour(1, 1, 5000, received_at=START + timedelta(days=3))
    closed = {CARD: KnownCard(opened_fen=5000, closed=True)}
    (finding,) = judged(late, now=late.received_at, cards=closed).findings.values()
    assert finding.needs_person


def test_what_is_drawn_after_the_report_the_operator_bears() -> None:
    judgement = after_report()
    assert found(judgement) == {("D22", 2): 100}
    assert judgement.owed == {FactKey("A", 2): (CARD, 100, "D22")}
    assert not judgement.findings[FindingKey.of_fact("D22", FactKey("A", 2))].needs_person


def test_a_machine_that_had_the_list_is_at_fault() -> None:
    key = FindingKey.of_fact("D22", FactKey("A", 2))
    assert after_report(copies={"A": ListCopy(4, 1)}).findings[key].needs_person
    assert not after_report(copies={"A": ListCopy(4, 2)}).findings[key].needs_person
    assert not after_report(copies={"A": ListCopy(3, 0)}).findings[key].needs_person
    known = after_report(copies={"A": ListCopy(9, 7)}, caught={FactKey("A", 2)})
    assert known.findings[key].needs_person, "lists move on, what was known stays known"


def test_what_is_drawn_before_the_report_or_after_it_is_taken_back_is_the_holders() -> None:
    found_again = Block(since=REPORTED.since, until=START + timedelta(minutes=16), version=4)
    cards = {CARD: KnownCard(opened_fen=5000, blocks=[found_again])}
    assert not judged(pour(1, 1, 5000), pour(2, 2, 4900), cards=cards).findings


def test_money_written_that_nobody_owed_is_not_credited_and_stops_the_card() -> None:
    vouchers = {"V": Leased(CARD, "A", 100)}
    right = load(1, 1, 5000, "V")
    assert not judged(right, vouchers=vouchers).findings
    for wrong, why in [
        (load(2, 2, 5100, "V"), "twice"),
        (load(2, 2, 5100, "W"), "unknown"),
        (load(2, 2, 5100, "X"), "other"),
    ]:
        others = vouchers | {"X": Leased(CARD, "B", 100)}
        judgement = judged(wrong, right, vouchers=others)
        assert found(judgement) == {("D16", 2): 100}
        assert judgement.findings[FindingKey.of_fact("D16", wrong.key)].facts["why"] == why
        assert judgement.blocks == {CARD: {"overload"}}


def test_a_write_that_did_not_happen_is_no_write() -> None:
    assert not judged(load(1, 1, 5000, "W", status="reversed", bal_after_fen=5000)).findings


def test_a_card_that_nobody_issued_waits_a_day_before_anybody_is_asked() -> None:
    strangers = [pour(1, 1, 5000, card_no="7"), pour(2, 2, 4900, card_no="7")]
    since = strangers[0].received_at
    early = judged(*strangers, now=since + timedelta(hours=1))
    (finding,) = early.findings.values()
    assert (finding.amount_fen, finding.needs_person) == (200, False)
    assert early.again_at == {"7": since + timedelta(hours=24)}
    (finding,) = judged(*strangers, now=since + timedelta(hours=24)).findings.values()
    assert finding.needs_person


def test_a_wrong_proof_is_always_for_a_person_and_costs_nothing() -> None:
    judgement = judged(forged=[pour(1, 1, 5000)])
    (finding,) = judgement.findings.values()
    assert finding.needs_person
    assert not judgement.bearings


def test_an_interrupted_charge_that_no_tap_decides_is_for_a_person_after_a_week() -> None:
    open_ = torn(2, 4900)
    story = [pour(1, 1, 5000), open_]
    key = FindingKey.of_fact("D12", open_.key)
    assert not judged(*story, now=LATER).findings[key].needs_person
    assert judged(*story, now=LATER).again_at == {CARD: open_.received_at + timedelta(days=7)}
    assert judged(*story, now=LATER + timedelta(days=8)).findings[key].needs_person
