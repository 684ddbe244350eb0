"""A card's word that it did what a machine reports: codes over the transaction, by kind of card."""

from tapline.cards.proofs.model import CardKey, IssuerKey
from tapline.cards.proofs.rules import PROOF_KINDS, Proof, Statement, card_key, code_for
from tapline.cards.proofs.service import Claim, bind, issue_key, key_of, verify

__all__ = [
    "PROOF_KINDS",
    "CardKey",
    "Claim",
    "IssuerKey",
    "Proof",
    "Statement",
    "bind",
    "card_key",
    "code_for",
    "issue_key",
    "key_of",
    "verify",
]
