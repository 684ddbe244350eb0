import secrets
from collections.abc import Sequence
from typing import NamedTuple

from tapline import clock
from tapline.cards.model import CardKind
from tapline.cards.proofs.model import IssuerKey
from tapline.cards.proofs.repository import Bound, KeyRepository
from tapline.cards.proofs.rules import KEY_BYTES, PROOF_KINDS, Proof, Statement, card_key, judge
from tapline.cards.repository import CardRepository
from tapline.devices import Vault
from tapline.errors import InvalidError, NotFoundError
from tapline.uow import UnitOfWork


class Claim(NamedTuple):
    """A code that a machine reports to have had from a card, and what it shall prove; no statement
    where a part of it was not reported."""

    card_no: str
    code: str
    statement: Statement | None


def verify(
    uow: UnitOfWork, *, tenant_id: str, vault: Vault, claims: Sequence[Claim]
) -> list[Proof]:
    """Judge each claim, in order. A card without a key on record cannot be judged."""
    if not claims:
        return []
    bound = KeyRepository(uow, tenant_id).of_cards({claim.card_no for claim in claims})
    keys = {
        card_no: (_own_key(vault, tenant_id, card_no, one), one.kind)
        for card_no, one in bound.items()
    }
    return [
        judge(*keys[claim.card_no], claim.statement, claim.code)
        if claim.card_no in keys and claim.statement is not None
        else Proof.ABSENT
        for claim in claims
    ]


def issue_key(uow: UnitOfWork, *, tenant_id: str, vault: Vault, kind: CardKind) -> int:
    """Make the next version of a tenant's secret for a kind of card; its number.

    Raises:
        InvalidError: cards of this kind give no code.
    """
    if kind not in PROOF_KINDS:
        raise InvalidError(f"{kind} cards give no code: use one of {', '.join(PROOF_KINDS)}")
    keys = KeyRepository(uow, tenant_id)
    version = keys.newest(kind) + 1
    sealed = vault.seal(_name(tenant_id, kind, version), secrets.token_bytes(KEY_BYTES))
    keys.add(
        IssuerKey(
            tenant_id=tenant_id, kind=kind, version=version, sealed=sealed, made_at=clock.now()
        )
    )
    return version


def bind(uow: UnitOfWork, *, tenant_id: str, vault: Vault, card_no: str) -> bytes:
    """Give a card its own key under the newest version, for whoever writes it to the card; 16
    bytes, told this once. A tenant's first card of a kind makes the first version.

    Raises:
        NotFoundError: the tenant has no such card.
        InvalidError: cards of its kind give no code.
    """
    kind = CardRepository(uow).get(tenant_id, card_no).kind
    keys = KeyRepository(uow, tenant_id)
    version = keys.newest(kind) or issue_key(uow, tenant_id=tenant_id, vault=vault, kind=kind)
    keys.bind(card_no, kind, version)
    return key_of(uow, tenant_id=tenant_id, vault=vault, card_no=card_no)


def key_of(uow: UnitOfWork, *, tenant_id: str, vault: Vault, card_no: str) -> bytes:
    """A card's own key; `NotFoundError` where none was written to it."""
    bound = KeyRepository(uow, tenant_id).of_cards([card_no]).get(card_no)
    if bound is None:
        raise NotFoundError(f"card {card_no} has no key on record")
    return _own_key(vault, tenant_id, card_no, bound)


def _own_key(vault: Vault, tenant_id: str, card_no: str, bound: Bound) -> bytes:
    secret = vault.open(_name(tenant_id, bound.kind, bound.version), bound.sealed)
    return card_key(secret, bound.kind, card_no)


def _name(tenant_id: str, kind: CardKind, version: int) -> str:
    """What a secret is sealed for. No device can be called so."""
    return f"issuer-key:{tenant_id}:{kind}:{version}"
