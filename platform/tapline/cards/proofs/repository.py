from collections.abc import Collection
from typing import NamedTuple

from sqlalchemy import String, any_, cast, func, select
from sqlalchemy.dialects.postgresql import ARRAY, insert

from tapline.cards.model import CardKind
from tapline.cards.proofs.model import CardKey, IssuerKey
from tapline.uow import UnitOfWork


class Bound(NamedTuple):
    """A card's kind, and the issuer key that its own follows from."""

    kind: CardKind
    version: int
    sealed: bytes


class KeyRepository:
    def __init__(self, uow: UnitOfWork, tenant_id: str) -> None:
        self._session = uow.session
        self._tenant_id = tenant_id

    def add(self, key: IssuerKey) -> None:
        self._session.add(key)
        self._session.flush()

    def newest(self, kind: CardKind) -> int:
        """The newest version; 0 where there is none."""
        newest = select(func.max(IssuerKey.version)).where(
            IssuerKey.tenant_id == self._tenant_id, IssuerKey.kind == kind
        )
        return self._session.scalar(newest) or 0

    def bind(self, card_no: str, kind: CardKind, version: int) -> None:
        row = {"tenant_id": self._tenant_id, "card_no": card_no, "kind": kind, "version": version}
        bound = insert(CardKey).values(row)
        self._session.execute(
            bound.on_conflict_do_update(
                index_elements=[CardKey.tenant_id, CardKey.card_no],
                set_={"kind": kind, "version": version},
            )
        )

    def of_cards(self, card_nos: Collection[str]) -> dict[str, Bound]:
        """The keys of those cards that have one."""
        keys = (
            select(CardKey.card_no, IssuerKey.kind, IssuerKey.version, IssuerKey.sealed)
            .join(
                IssuerKey,
                (IssuerKey.tenant_id == CardKey.tenant_id)
                & (IssuerKey.kind == CardKey.kind)
                & (IssuerKey.version == CardKey.version),
            )
            .where(
                CardKey.tenant_id == self._tenant_id,
                CardKey.card_no == any_(cast(list(card_nos), ARRAY(String))),
            )
        )
        rows = self._session.execute(keys)
        return {card_no: Bound(kind, version, box) for card_no, kind, version, box in rows}
