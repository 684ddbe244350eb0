"""One line of time for a card, and what may be made good of it."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated

from fastapi import Query

from tapline import clock, policy, reports
from tapline.cards import Card, CardState
from tapline.cards.facts import Payer
from tapline.people import Role
from tapline.policy import Policy
from tapline.reconciliation import Finding
from tapline.refunds import goodwill
from tapline.refunds.goodwill import Goodwill, Why
from tapline.reports import History, Line, MoneyWaiting, Position, Whereabouts
from tapline.uow import UnitOfWork
from tapline_api.deps import Member

_PAGE = 50
_GIVEN = frozenset(Whereabouts) - {Whereabouts.REJECTED}

Before = Annotated[str | None, Query(max_length=120)]


@dataclass(frozen=True, slots=True)
class CardHistory:
    """A page of a card's history, and what may be done about its lines."""

    card: Card
    page: History
    waiting: MoneyWaiting | None
    found: Sequence[Finding]
    before: str | None
    member: Member
    policy: Policy
    whys: Collection[Why] = tuple(Why)

    @property
    def next_page(self) -> str | None:
        """Where the page after this one begins."""
        return str(self.page.rest) if self.page.rest else None

    def late(self, line: Line) -> timedelta | None:
        """How long a report was under way, where that was long."""
        return line.late(timedelta(seconds=self.policy.late_upload_s))

    def price_fen(self, line: Line) -> int:
        """What may be made good of a line: the price of its pour; 0 where nothing may be."""
        pour = line.pour
        able = self.card.state in {CardState.ACTIVE, CardState.FROZEN}
        if pour is None or not able or self.member.staff.role is Role.FINANCE:
            return 0
        if pour.charge.payer is not Payer.CARD or line.goodwill is not None:
            return 0
        corrected = pour.back is not None and pour.back.where in _GIVEN
        return 0 if corrected else pour.charge.amount_fen

    def may_undo(self, given: Goodwill) -> bool:
        """Whether goodwill can still be taken back."""
        at_desk = self.member.staff.role is not Role.FINANCE
        return at_desk and goodwill.may_undo(
            given, self.member.staff.role, self.policy, clock.now()
        )


def history_of(uow: UnitOfWork, member: Member, card: Card, before: str | None) -> CardHistory:
    """The page of `card` that follows the position `before`, or the newest."""
    tenant_id, card_no = member.tenant_id, card.card_no
    return CardHistory(
        card=card,
        page=reports.card_history(
            uow,
            tenant_id=tenant_id,
            card_no=card_no,
            limit=_PAGE,
            before=Position.parse(before) if before else None,
        ),
        waiting=reports.money_waiting(uow, tenant_id=tenant_id, card_no=card_no),
        found=reports.about_card(uow, tenant_id=tenant_id, card_no=card_no),
        before=before,
        member=member,
        policy=policy.current(uow, tenant_id=tenant_id),
    )
