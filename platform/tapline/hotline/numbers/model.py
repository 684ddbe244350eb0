from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from tapline.tables import Table


class NumberState(StrEnum):
    LIVE = "live"
    SUSPENDED = "suspended"
    """Calls are refused and counted as blocked."""


class HotlineNumber(Table):
    __tablename__ = "hotline_number"

    number: Mapped[str] = mapped_column(primary_key=True)
    """Digits alone, e.g. `4000001234`; a number is one operator's."""
    tenant_id: Mapped[str] = mapped_column(ForeignKey("tenant.tenant_id"), index=True)
    state: Mapped[NumberState]
    flow_code: Mapped[str]
    provider_routes: Mapped[bool]
    """The provider has menu and queue of its own and tells us what it did: we only follow."""
    calls_max_per_month: Mapped[int | None]
    """Above it calls are refused until the month ends (Asia/Shanghai)."""
    calls_max_at_once: Mapped[int | None]
    outbound_number: Mapped[str]
    """What a customer sees when we call back: a 400 number can only receive."""
    duty_phone: Mapped[str]
    """Whom an emergency reaches by SMS when nobody answers; empty: nobody."""
    opened_at: Mapped[datetime]
