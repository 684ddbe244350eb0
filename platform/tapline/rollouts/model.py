"""Rollouts: an image for all machines of a model, ring by ring."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from tapline.tables import Table


class RolloutState(StrEnum):
    PROPOSED = "proposed"
    """It waits for a second person."""
    RUNNING = "running"
    PAUSED = "paused"
    """No machine is told to update any more, by the stop rule's word or a person's."""
    DONE = "done"
    ENDED = "ended"
    """Withdrawn, or rolled back."""


class MemberState(StrEnum):
    WAITING = "waiting"
    UPDATING = "updating"
    UPDATED = "updated"
    FAILED = "failed"
    """It was tried as often as the policy allows."""
    EXCLUDED = "excluded"


class JobState(StrEnum):
    """How far a machine has come, by its own word, and how it ended."""

    ASKED = "asked"
    DOWNLOADING = "downloading"
    VERIFYING = "verifying"
    INSTALLING = "installing"
    TESTING = "testing"
    """It runs the new image on trial."""
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"
    SILENT = "silent"
    """Nothing was heard of it for so long that it was given up."""


class Rollout(Table):
    """One image for one model. A roll-back is another rollout, which names the one it undoes."""

    __tablename__ = "rollout"
    __table_args__ = (
        Index(
            "uq_rollout_live",
            "tenant_id",
            "hw",
            unique=True,
            postgresql_where=text("state in ('proposed', 'running', 'paused')"),
        ),
        Index(None, "tenant_id", "proposed_at"),
        CheckConstraint(
            "approved_by <> proposed_by or approved_by is null", name="approved_by_another"
        ),
    )

    rollout_id: Mapped[UUID] = mapped_column(primary_key=True)
    tenant_id: Mapped[str] = mapped_column(ForeignKey("tenant.tenant_id"))
    image_id: Mapped[UUID] = mapped_column(ForeignKey("firmware_image.image_id"))
    hw: Mapped[str]
    state: Mapped[RolloutState]
    reason: Mapped[str]
    undoes: Mapped[UUID | None] = mapped_column(ForeignKey("rollout.rollout_id"))
    proposed_by: Mapped[str]
    proposed_at: Mapped[datetime]
    approved_by: Mapped[str | None]
    started_at: Mapped[datetime | None]
    ring: Mapped[int] = mapped_column(server_default=text("0"))
    """Machines of this ring and of those before it are told; the numbers begin at 0."""
    ring_at: Mapped[datetime | None]
    """Since when this ring is told."""
    looked_at: Mapped[datetime | None]
    """When the stop rule last looked."""
    figures: Mapped[dict[str, Any] | None]
    """What it saw then."""
    forgiven_at: Mapped[datetime | None]
    """What came in before this moment a person has looked at, and let it go on."""
    paused_at: Mapped[datetime | None]
    paused_by: Mapped[str | None]
    """`system` where the stop rule did."""
    paused_why: Mapped[dict[str, Any] | None]
    """Which rule, with its figures; or a person's words."""
    ended_at: Mapped[datetime | None]
    ended_by: Mapped[str | None]

    @property
    def subject(self) -> str:
        """As audit and tickets name it."""
        return f"rollout:{self.rollout_id}"

    @property
    def is_live(self) -> bool:
        return self.state not in {RolloutState.DONE, RolloutState.ENDED}


class RolloutDevice(Table):
    """One machine of a rollout."""

    __tablename__ = "rollout_device"
    __table_args__ = (Index(None, "rollout_id", "ring", "state"), Index(None, "device_id"))

    rollout_id: Mapped[UUID] = mapped_column(ForeignKey("rollout.rollout_id"), primary_key=True)
    device_id: Mapped[str] = mapped_column(ForeignKey("device.device_id"), primary_key=True)
    ring: Mapped[int]
    place: Mapped[str]
    """Its stable hash within the model: by it the rings are cut, and it is told in this order."""
    state: Mapped[MemberState]
    attempts: Mapped[int] = mapped_column(server_default=text("0"))
    """Jobs that failed since somebody last said to try again."""
    settled_at: Mapped[datetime | None]
    """When it was updated, failed for good, or was left out."""
    why: Mapped[str | None]
    """Why a person left it out."""


class RolloutJob(Table):
    """One try to update one machine: a command, and what came of it. To cancel it is another
    command; a job's state is what the machine said, or that it said nothing."""

    __tablename__ = "rollout_job"
    __table_args__ = (
        Index(
            "uq_rollout_job_open",
            "device_id",
            unique=True,
            postgresql_where=text("ended_at is null"),
        ),
        Index(None, "rollout_id", "device_id", "asked_at"),
    )

    job_id: Mapped[UUID] = mapped_column(primary_key=True)
    rollout_id: Mapped[UUID] = mapped_column(ForeignKey("rollout.rollout_id"))
    tenant_id: Mapped[str]
    device_id: Mapped[str] = mapped_column(ForeignKey("device.device_id"))
    image_id: Mapped[UUID] = mapped_column(ForeignKey("firmware_image.image_id"))
    command_id: Mapped[str]
    link_key: Mapped[bytes]
    """What the address of its download is signed with."""
    state: Mapped[JobState]
    percent: Mapped[int] = mapped_column(server_default=text("0"))
    rc: Mapped[int] = mapped_column(server_default=text("0"))
    asked_at: Mapped[datetime]
    heard_at: Mapped[datetime]
    """When it last got further."""
    expires_at: Mapped[datetime]
    """Its download address holds until then."""
    cancel_id: Mapped[str | None]
    """The command that asks the machine to leave it be."""
    ended_at: Mapped[datetime | None]
