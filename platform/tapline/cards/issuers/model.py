"""Issuers of cards that are not ours, and the numbers that are theirs."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, Text
from sqlalchemy.orm import Mapped, mapped_column

from tapline.ledger import chart
from tapline.tables import Table


class Issuer(Table):
    """Who answers for some cards: a school with its 一卡通, or another operator."""

    __tablename__ = "issuer"
    __table_args__ = (
        CheckConstraint("settlement_day between 1 and 28", name="every_month_has_the_day"),
        CheckConstraint("commission_permille between 0 and 1000", name="commission_is_a_share"),
    )

    tenant_id: Mapped[str] = mapped_column(ForeignKey("tenant.tenant_id"), primary_key=True)
    issuer_id: Mapped[str] = mapped_column(primary_key=True)
    """A slug, part of its account's name; another operator's begins with `op-`."""
    name: Mapped[str]
    legal_entity: Mapped[str]
    contact: Mapped[str]
    """Where holders ask about balance and loss, and we about money."""
    settlement_day: Mapped[int]
    """Day of the month on which the month before is settled."""
    commission_permille: Mapped[int]
    """What the issuer keeps of each settlement."""
    created_at: Mapped[datetime]

    @property
    def is_operator(self) -> bool:
        """Whether it runs water machines as we do."""
        return self.issuer_id.startswith(chart.OPERATOR)

    @property
    def account_code(self) -> str:
        """The account that says what it owes."""
        return chart.issuer_due(self.issuer_id).code


class IssuerNumbers(Table):
    """A run of card numbers: as long as `first_no`, from it to `last_no` in the order of their
    characters. Runs of a tenant never overlap, so each number has one issuer."""

    __tablename__ = "issuer_numbers"
    __table_args__ = (
        ForeignKeyConstraint(["tenant_id", "issuer_id"], ["issuer.tenant_id", "issuer.issuer_id"]),
        CheckConstraint("length(first_no) = length(last_no)", name="one_length"),
        CheckConstraint('first_no <= last_no collate "C"', name="first_to_last"),
        Index(None, "tenant_id", "issuer_id"),
    )

    tenant_id: Mapped[str] = mapped_column(ForeignKey("tenant.tenant_id"), primary_key=True)
    length: Mapped[int] = mapped_column(primary_key=True)
    first_no: Mapped[str] = mapped_column(Text(collation="C"), primary_key=True)
    last_no: Mapped[str] = mapped_column(Text(collation="C"))
    issuer_id: Mapped[str]
    added_by: Mapped[str]
    added_at: Mapped[datetime]
