"""What a card proves of a fact: a wrong code charges nobody, a missing one is no lie."""

import pytest

from tapline import cards, ledger
from tapline.cards import CardKind, facts, proofs, vouchers
from tapline.cards.facts import Fact, FactFlaw, FactIn, Verdict
from tapline.cards.facts.repository import FactRepository
from tapline.cards.proofs import Proof, Statement
from tapline.errors import InvalidError, NotFoundError
from tapline.money import Fen
from tapline.uow import UnitOfWork
from tests.factories import START, VAULT, card, device, fact, tenant

CARD, PLAIN, DEVICE = "88001234", "88005678", "WD-0001"


@pytest.fixture
def key(uow: UnitOfWork) -> bytes:
    """The key on a card; another card has none."""
    tenant(uow)
    device(uow, DEVICE)
    card(uow, CARD, 1_000)
    card(uow, PLAIN, 1_000)
    return proofs.bind(uow, tenant_id="demo", vault=VAULT, card_no=CARD)


def pour(key: bytes, **changes: object) -> FactIn:
    """A pour with the code that the card gives."""
    code = proofs.code_for(key, CardKind.CPU, Statement(DEVICE, 1, "debit", 100, 900, 1))
    return fact(DEVICE, 1, CARD, atc=1, before_fen=1_000, **{"tac": code} | changes)


def take(uow: UnitOfWork, one: FactIn) -> tuple[Verdict, Fact]:
    released = facts.ingest(uow, tenant_id="demo", facts=[one], vault=VAULT)
    assert released.upto == {DEVICE: 1}
    stored = FactRepository(uow).get(one.device_id, one.seq, one.content_hash)
    assert stored is not None
    return released.verdicts[0], stored


def balance_fen(uow: UnitOfWork, card_no: str = CARD) -> int:
    return ledger.card(uow, tenant_id="demo", card_no=card_no).balance_fen


@pytest.mark.req("C2")
def test_a_right_code_is_kept_as_verified(uow: UnitOfWork, key: bytes) -> None:
    verdict, stored = take(uow, pour(key))

    assert (verdict, stored.proof) == (Verdict.ACCEPTED, Proof.VERIFIED)
    assert balance_fen(uow) == 900


@pytest.mark.req("C2")
@pytest.mark.parametrize("code", ["00000000", "zz", "60F17D8"])
def test_a_wrong_code_is_set_aside_and_charges_nobody(
    uow: UnitOfWork, key: bytes, code: str
) -> None:
    verdict, stored = take(uow, pour(key, tac=code))

    assert (verdict, stored.proof) == (Verdict.QUARANTINED, Proof.WRONG)
    assert stored.flaw is FactFlaw.WRONG_PROOF
    assert balance_fen(uow) == 1_000


@pytest.mark.parametrize("wrong_first", [True, False])
def test_a_wrong_version_does_not_bar_the_right_one(
    uow: UnitOfWork, key: bytes, wrong_first: bool
) -> None:
    versions = [pour(key, tac="00000000"), pour(key)]
    for one in versions if wrong_first else reversed(versions):
        take(uow, one)

    assert balance_fen(uow) == 900


def test_a_code_that_cannot_be_judged_is_none(uow: UnitOfWork, key: bytes) -> None:
    """A missing code, a card that was given no key, a debit of which nobody saw the end."""
    unproven = [
        pour(key, tac=None),
        fact(DEVICE, 1, PLAIN, atc=1, before_fen=1_000, tac="9F3C2A10"),
        pour(key, status="torn", bal_after_fen=None),
    ]
    for one in unproven:
        _, stored = take(uow, one)
        assert (stored.proof, stored.flaw) == (Proof.ABSENT, None)


def test_a_write_with_a_wrong_code_leaves_the_money_waiting(uow: UnitOfWork, key: bytes) -> None:
    ledger.post(
        uow,
        tenant_id="demo",
        commands=[
            ledger.Command(
                key="fix:test",
                kind="correction",
                event_at=START,
                movement=ledger.Correct(CARD, 100),
                content="D01",
            )
        ],
    )
    voucher = vouchers.ask(uow, tenant_id="demo", taps=[vouchers.Tap(DEVICE, "r1", CARD)])[0]
    assert voucher is not None
    written = {"op": "load", "load_id": voucher.voucher_id, "bal_after_fen": 1_100}
    take(uow, pour(key, tac="00000000", **written))

    held = ledger.card(uow, tenant_id="demo", card_no=CARD)
    assert (held.principal_fen, held.pending_load_fen, held.held_fen) == (1_000, 100, 100)


def test_a_new_version_of_the_secret_leaves_older_cards_judged_by_theirs(
    uow: UnitOfWork, key: bytes
) -> None:
    assert proofs.issue_key(uow, tenant_id="demo", vault=VAULT, kind=CardKind.CPU) == 2
    newer = proofs.bind(uow, tenant_id="demo", vault=VAULT, card_no=PLAIN)

    assert proofs.key_of(uow, tenant_id="demo", vault=VAULT, card_no=CARD) == key
    assert proofs.key_of(uow, tenant_id="demo", vault=VAULT, card_no=PLAIN) == newer


def test_cards_that_give_no_code_get_no_key(uow: UnitOfWork) -> None:
    tenant(uow)
    cards.issue(uow, tenant_id="demo", card_no="7001", kind=CardKind.ID, balance_fen=Fen(0))

    with pytest.raises(InvalidError, match="give no code"):
        proofs.bind(uow, tenant_id="demo", vault=VAULT, card_no="7001")
    with pytest.raises(NotFoundError):
        proofs.bind(uow, tenant_id="demo", vault=VAULT, card_no="7002")
