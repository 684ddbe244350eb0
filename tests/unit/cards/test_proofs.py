"""Cards' codes: vectors that stay right for ever, and what must not move from fact to fact."""

import pytest

from tapline.cards import CardKind
from tapline.cards.proofs import PROOF_KINDS, Proof, Statement, card_key, code_for, rules
from tapline.cards.proofs.rules import judge

ISSUER_KEY = bytes(range(16))
CARD = "88001234"
DEBIT = Statement("WD-0001", 10234, "debit", 100, 5130, 412)

GOLDEN = [
    (CardKind.CPU, DEBIT, "60F17D84"),
    (CardKind.DESFIRE, DEBIT, "FA0EC6D05EF9D2CF"),
]


@pytest.mark.req("C2")
@pytest.mark.parametrize(("kind", "statement", "code"), GOLDEN)
def test_a_code_is_what_the_manual_says(kind: CardKind, statement: Statement, code: str) -> None:
    assert code_for(card_key(ISSUER_KEY, kind, CARD), kind, statement) == code


def test_the_mac_is_the_standards() -> None:
    """RFC 4493, example 2, by way of a key that diversifies to nothing else."""
    key = bytes.fromhex("2b7e151628aed2a6abf7158809cf4f3c")
    message = bytes.fromhex("6bc1bee22e409f96e93d7e117393172a")

    assert rules._cmac(key, message).hex() == "070a16b46b4d4144f79bdd9dd04a287c"


@pytest.mark.parametrize("kind", PROOF_KINDS)
@pytest.mark.parametrize(
    "other",
    [
        DEBIT._replace(device_id="WD-0002"),
        DEBIT._replace(seq=10235),
        DEBIT._replace(op="load"),
        DEBIT._replace(amt_fen=101),
        DEBIT._replace(bal_after_fen=5131),
        DEBIT._replace(atc=413),
    ],
)
def test_a_code_proves_one_transaction_of_one_card_alone(kind: CardKind, other: Statement) -> None:
    key = card_key(ISSUER_KEY, kind, CARD)
    code = code_for(key, kind, DEBIT)

    assert judge(key, kind, DEBIT, code.lower()) is Proof.VERIFIED
    assert judge(key, kind, other, code) is Proof.WRONG
    assert judge(card_key(ISSUER_KEY, kind, "88001235"), kind, DEBIT, code) is Proof.WRONG


def test_keys_of_two_kinds_differ() -> None:
    cpu, desfire = (card_key(ISSUER_KEY, kind, CARD) for kind in PROOF_KINDS)

    assert cpu != desfire
