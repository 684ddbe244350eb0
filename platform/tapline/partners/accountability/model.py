from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Identity, Index
from sqlalchemy.orm import Mapped, mapped_column

from tapline.reconciliation import Side
from tapline.tables import Table


class Standing(StrEnum):
    PROPOSED = "proposed"
    """The side has time to say something."""
    OBJECTED = "objected"
    UNANSWERED = "unanswered"
    """It said nothing in time, which is no guilt: a person decides."""
    AGREED = "agreed"
    UPHELD = "upheld"
    """The objection is right: the operator bears it."""
    OVERRULED = "overruled"
    """The side bears it, objection or not."""
    WITHDRAWN = "withdrawn"
    """What was found turned out otherwise, before anybody decided."""

    @property
    def is_open(self) -> bool:
        """Whether it may still be answered or decided."""
        return self in {Standing.PROPOSED, Standing.OBJECTED, Standing.UNANSWERED}

    @property
    def wants_decision(self) -> bool:
        """Whether a supervisor decides now."""
        return self in {Standing.OBJECTED, Standing.UNANSWERED}

    @property
    def is_borne(self) -> bool:
        """Whether the side answers for it with money."""
        return self in {Standing.AGREED, Standing.OVERRULED}


class Responsibility(Table):
    """A side other than the operator is held to answer for a finding. One row a finding."""

    __tablename__ = "responsibility"
    __table_args__ = (
        Index(None, "tenant_id", "standing", "deadline"),
        Index(None, "site_id", "proposed_at"),
    )

    finding_id: Mapped[UUID] = mapped_column(ForeignKey("finding.finding_id"), primary_key=True)
    tenant_id: Mapped[str]
    site_id: Mapped[UUID] = mapped_column(ForeignKey("site.site_id"))
    device_id: Mapped[str] = mapped_column(ForeignKey("device.device_id"))
    side: Mapped[Side]
    partner_id: Mapped[UUID | None] = mapped_column(ForeignKey("partner.partner_id"))
    """Who stood behind the side when it was proposed or decided; null where nothing was agreed."""
    standing: Mapped[Standing]
    proposed_by: Mapped[str]
    """`system`, or the login of who proposed another side than the evidence."""
    proposed_at: Mapped[datetime]
    deadline: Mapped[datetime]
    """Until then nobody decides without the side's word."""
    decided_at: Mapped[datetime | None]
    """When it was agreed, upheld or overruled."""


class ResponsibilityStep(Table):
    """One thing that happened to a responsibility. Append-only."""

    __tablename__ = "responsibility_step"
    __table_args__ = (Index(None, "finding_id", "position"),)

    position: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)
    finding_id: Mapped[UUID] = mapped_column(ForeignKey("responsibility.finding_id"))
    standing: Mapped[Standing]
    side: Mapped[Side]
    """Who is held to answer, from this step on."""
    party: Mapped[Side]
    """For whom the actor spoke."""
    actor: Mapped[str]
    words: Mapped[str]
    file_ids: Mapped[list[Any]]
    at: Mapped[datetime]
