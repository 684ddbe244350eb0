"""A call's present state, and its events, which only grow."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Identity, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from tapline.tables import Table


class Direction(StrEnum):
    IN = "in"
    OUT = "out"


class CallState(StrEnum):
    ARRIVED = "arrived"
    IVR = "ivr"
    QUEUED = "queued"
    RINGING = "ringing"
    """One agent's telephone rings, and his console shows who calls."""
    CONNECTING = "connecting"
    """An agent has accepted; the exchange joins the two."""
    TALKING = "talking"
    HELD = "held"
    LEAVING = "leaving"
    """We have said goodbye; the exchange is to say that it is over."""
    ENDED = "ended"


class Outcome(StrEnum):
    """What became of a call: one, for good, when it has ended."""

    ANSWERED = "answered"
    ABANDONED_IVR = "abandoned_ivr"
    ABANDONED_QUEUE = "abandoned_queue"
    ABANDONED_RING = "abandoned_ring"
    CALLBACK_REGISTERED = "callback_registered"
    SELF_SERVED = "self_served"
    """The flow itself said goodbye."""
    NO_ANSWER = "no_answer"
    """A call of ours that the customer did not take."""
    REJECTED_BLACKLIST = "rejected_blacklist"
    REJECTED_CAP = "rejected_cap"
    REJECTED_SUSPENDED = "rejected_suspended"
    FAILED = "failed"


class Call(Table):
    __tablename__ = "call"
    __table_args__ = (
        UniqueConstraint("tenant_id", "provider", "ref"),
        Index("ix_call_live", "tenant_id", "state", postgresql_where=text("state <> 'ended'")),
        Index(None, "tenant_id", "ani", "begun_at"),
        Index(None, "tenant_id", "agent_id", "begun_at"),
        Index(None, "work_id"),
    )

    call_id: Mapped[UUID] = mapped_column(primary_key=True)
    tenant_id: Mapped[str] = mapped_column(ForeignKey("tenant.tenant_id"))
    provider: Mapped[str]
    ref: Mapped[str]
    """The provider's name for it."""
    direction: Mapped[Direction]
    number: Mapped[str] = mapped_column(ForeignKey("hotline_number.number"))
    """The hotline number that was called, or for which we call back."""
    ani: Mapped[str]
    """The customer's number as we write numbers; empty where it is hidden."""
    state: Mapped[CallState]
    outcome: Mapped[Outcome | None]
    """Decided at the latest when it ends; a goodbye of ours decides it before."""
    begun_at: Mapped[datetime]

    period: Mapped[str | None]
    flow_code: Mapped[str | None]
    flow_version: Mapped[int | None]
    node: Mapped[str | None]
    """Where in the flow it waits for keys, asked by `asked_by`."""
    asked_by: Mapped[UUID | None]
    tries: Mapped[int] = mapped_column(server_default=text("0"))
    intent: Mapped[str | None]
    """What the caller chose: untrusted, as is `attached`."""
    attached: Mapped[dict[str, Any]] = mapped_column(server_default=text("'{}'"))
    list_kind: Mapped[str | None]
    list_reason: Mapped[str | None]
    urgent: Mapped[bool] = mapped_column(server_default=text("false"))

    work_id: Mapped[str]
    """The router's name of the work: of the call itself, or of the call-back that it makes good."""
    effective_at: Mapped[datetime | None]
    """Since when its place in the queue counts; a kept place is older than the call."""
    offer_id: Mapped[str | None]
    agent_id: Mapped[UUID | None] = mapped_column(ForeignKey("staff.staff_id"))
    """Who is offered it, talks, or talked; nobody while it waits."""
    ended_at: Mapped[datetime | None]

    disposition: Mapped[str | None]
    note: Mapped[str | None]
    disposed_at: Mapped[datetime | None]
    ticket_id: Mapped[UUID | None] = mapped_column(ForeignKey("ticket.ticket_id"))


class CallEvent(Table):
    """Something that happened; never changed (trigger in `sql/hotline.sql`)."""

    __tablename__ = "call_event"
    __table_args__ = (
        UniqueConstraint("tenant_id", "provider", "provider_event_id"),
        Index(None, "call_id", "position"),
    )

    position: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)
    tenant_id: Mapped[str] = mapped_column(ForeignKey("tenant.tenant_id"))
    call_id: Mapped[UUID | None] = mapped_column(ForeignKey("call.call_id"))
    provider: Mapped[str | None]
    """Who said so; None: we did it ourselves."""
    provider_event_id: Mapped[str | None]
    kind: Mapped[str]
    occurred_at: Mapped[datetime]
    received_at: Mapped[datetime]
    detail: Mapped[dict[str, Any]]
    ignored: Mapped[str | None]
    """Why it moved nothing, if so; the record of the call reads it all the same."""
