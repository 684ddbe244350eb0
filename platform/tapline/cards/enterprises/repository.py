from collections.abc import Collection, Sequence
from uuid import UUID

from sqlalchemy import select

from tapline.cards.enterprises.model import Allotment, Deposit, Enterprise, Member
from tapline.errors import NotFoundError
from tapline.uow import UnitOfWork


class EnterpriseRepository:
    """Enterprises of one tenant, with all that hangs on them."""

    def __init__(self, uow: UnitOfWork, tenant_id: str) -> None:
        self._session = uow.session
        self._tenant_id = tenant_id

    def add(self, row: Enterprise | Deposit | Member | Allotment) -> None:
        self._session.add(row)
        self._session.flush()

    def get(self, enterprise_id: UUID, *, lock: bool = False) -> Enterprise:
        found = self._session.get(
            Enterprise, enterprise_id, with_for_update=lock or None, populate_existing=lock
        )
        if found is None or found.tenant_id != self._tenant_id:
            raise NotFoundError(f"no enterprise {enterprise_id}")
        return found

    def listed(self) -> Sequence[Enterprise]:
        """By name."""
        return self._session.scalars(
            select(Enterprise)
            .where(Enterprise.tenant_id == self._tenant_id)
            .order_by(Enterprise.name)
        ).all()

    def named(self, name: str) -> Enterprise | None:
        return self._session.scalar(
            select(Enterprise).where(
                Enterprise.tenant_id == self._tenant_id, Enterprise.name == name
            )
        )

    def deposit(self, deposit_id: UUID) -> Deposit:
        """A transfer, locked."""
        found = self._session.get(Deposit, deposit_id, with_for_update=True, populate_existing=True)
        if found is None or found.tenant_id != self._tenant_id:
            raise NotFoundError(f"no transfer {deposit_id}")
        return found

    def by_reference(self, bank_reference: str) -> Deposit | None:
        return self._session.scalar(
            select(Deposit).where(
                Deposit.tenant_id == self._tenant_id, Deposit.bank_reference == bank_reference
            )
        )

    def deposits(self, enterprise_id: UUID) -> Sequence[Deposit]:
        """Newest first."""
        return self._session.scalars(
            select(Deposit)
            .where(Deposit.tenant_id == self._tenant_id, Deposit.enterprise_id == enterprise_id)
            .order_by(Deposit.deposit_id.desc())
        ).all()

    def member(self, member_id: UUID, *, lock: bool = False) -> Member:
        found = self._session.get(
            Member, member_id, with_for_update=lock or None, populate_existing=lock
        )
        if found is None or found.tenant_id != self._tenant_id:
            raise NotFoundError(f"no member {member_id}")
        return found

    def member_of_card(self, card_no: str) -> Member | None:
        """Whose card this is now."""
        return self._session.scalar(
            select(Member).where(
                Member.tenant_id == self._tenant_id,
                Member.card_no == card_no,
                Member.left_at.is_(None),
            )
        )

    def members(self, enterprise_id: UUID) -> Sequence[Member]:
        """Those who have not left, by card."""
        return self._session.scalars(
            select(Member)
            .where(
                Member.tenant_id == self._tenant_id,
                Member.enterprise_id == enterprise_id,
                Member.left_at.is_(None),
            )
            .order_by(Member.card_no)
        ).all()

    def members_of_cards(self, card_nos: Collection[str]) -> Sequence[Member]:
        """Whoever these cards were given to by an enterprise, also if he has left."""
        return self._session.scalars(
            select(Member)
            .where(Member.tenant_id == self._tenant_id, Member.card_no.in_(card_nos))
            .order_by(Member.member_id)
        ).all()

    def allotments(self, member_id: UUID) -> Sequence[Allotment]:
        """Oldest first."""
        return self._session.scalars(
            select(Allotment)
            .where(Allotment.tenant_id == self._tenant_id, Allotment.member_id == member_id)
            .order_by(Allotment.at, Allotment.allotment_id)
        ).all()
