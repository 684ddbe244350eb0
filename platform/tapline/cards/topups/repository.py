from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import func, or_, select, text
from sqlalchemy.dialects.postgresql import insert

from tapline.cards.topups.model import ReceiptCounter, TopUp, TopUpState
from tapline.errors import NotFoundError
from tapline.uow import UnitOfWork

_COUNTED = (TopUpState.ASKED, TopUpState.LANDED, TopUpState.STRANDED)

# Money waits since its accounts last stood at zero: corrections, top-ups and allotments alike.
UNTAPPED = text("""
select card.card_no, sum(account.c_posted - account.d_posted)::bigint as waiting_fen,
       min(first.event_at) as since
from card
join ledger_account account on account.tenant_id = card.tenant_id and account.unit = 'CNY.fen'
 and account.code in (concat('card:', card.card_no, ':', 'pending_load'),
                      concat('card:', card.card_no, ':', 'pending_bonus'))
cross join lateral (
  select journal.event_at
  from ledger_entry entry join ledger_journal journal using (journal_id)
  where entry.account_id = account.account_id and entry.side = 'C' and not entry.pending
    and entry.account_version > coalesce((
      select max(zero.account_version) from ledger_entry zero
      where zero.account_id = account.account_id and zero.balance_after = 0
    ), 0)
  order by entry.account_version
  limit 1
) first
where card.tenant_id = :tenant_id and card.state = 'active'
  and (card.card_no = :card_no or cast(:card_no as text) is null)
  and account.c_posted > account.d_posted
group by card.card_no
having min(first.event_at) <= :before
order by since, card.card_no
""")


class Untapped(NamedTuple):
    """A card that was not tapped although money waits for it, since `since`."""

    card_no: str
    waiting_fen: int
    since: datetime


class TopUpRepository:
    """Top-ups of one tenant."""

    def __init__(self, uow: UnitOfWork, tenant_id: str) -> None:
        self._session = uow.session
        self._tenant_id = tenant_id

    def add(self, topup: TopUp) -> None:
        self._session.add(topup)
        self._session.flush()

    def get(self, topup_id: UUID, *, lock: bool = False) -> TopUp:
        topup = self._session.get(
            TopUp, topup_id, with_for_update=lock or None, populate_existing=lock
        )
        if topup is None or topup.tenant_id != self._tenant_id:
            raise NotFoundError(f"no top-up {topup_id}")
        return topup

    def requested(self, request_key: str) -> TopUp | None:
        return self._session.scalar(
            select(TopUp).where(
                TopUp.tenant_id == self._tenant_id, TopUp.request_key == request_key
            )
        )

    def of_card(self, card_no: str, limit: int) -> Sequence[TopUp]:
        """Meant for the card or landed on it, newest first."""
        return self._session.scalars(
            select(TopUp)
            .where(
                TopUp.tenant_id == self._tenant_id,
                or_(TopUp.card_no == card_no, TopUp.landed_on == card_no),
            )
            .order_by(TopUp.topup_id.desc())
            .limit(limit)
        ).all()

    def landed_on(self, card_nos: Collection[str]) -> Sequence[TopUp]:
        """Those whose money these cards got, newest first."""
        return self._session.scalars(
            select(TopUp)
            .where(TopUp.tenant_id == self._tenant_id, TopUp.landed_on.in_(card_nos))
            .order_by(TopUp.topup_id.desc())
        ).all()

    def listed(self, limit: int) -> Sequence[TopUp]:
        """Newest first."""
        return self._session.scalars(
            select(TopUp)
            .where(TopUp.tenant_id == self._tenant_id)
            .order_by(TopUp.topup_id.desc())
            .limit(limit)
        ).all()

    def taken_by(self, staff_id: UUID, limit: int) -> Sequence[TopUp]:
        """In cash, newest first."""
        return self._session.scalars(
            select(TopUp)
            .where(TopUp.tenant_id == self._tenant_id, TopUp.staff_id == staff_id)
            .order_by(TopUp.topup_id.desc())
            .limit(limit)
        ).all()

    def since(self, card_no: str, moment: datetime) -> int:
        """How many were asked for since then; those that nobody paid do not count."""
        counted = select(func.count()).where(
            TopUp.tenant_id == self._tenant_id,
            TopUp.card_no == card_no,
            TopUp.asked_at >= moment,
            TopUp.state.in_(_COUNTED),
        )
        return self._session.scalar(counted) or 0

    def asked_fen(self, card_no: str) -> int:
        """What customers are still being asked for, with its bonus."""
        summed = select(func.sum(TopUp.amount_fen + TopUp.bonus_fen)).where(
            TopUp.tenant_id == self._tenant_id,
            TopUp.card_no == card_no,
            TopUp.state == TopUpState.ASKED,
        )
        return int(self._session.scalar(summed) or 0)

    def bonus_used(self, *, card_no: str, customer_id: UUID | None) -> dict[UUID, int]:
        """What each campaign has promised to the customer; of a bearer card, to the card."""
        whose = TopUp.customer_id == customer_id
        if customer_id is None:
            whose = TopUp.customer_id.is_(None) & (TopUp.card_no == card_no)
        rows = self._session.execute(
            select(TopUp.campaign_id, func.sum(TopUp.bonus_fen))
            .where(
                TopUp.tenant_id == self._tenant_id,
                whose,
                TopUp.campaign_id.is_not(None),
                TopUp.state.in_(_COUNTED),
            )
            .group_by(TopUp.campaign_id)
        )
        return {campaign_id: int(fen) for campaign_id, fen in rows if campaign_id is not None}

    def open_since(self, moment: datetime) -> Sequence[UUID]:
        """What has waited for its money since then or longer."""
        return self._session.scalars(
            select(TopUp.topup_id)
            .where(
                TopUp.tenant_id == self._tenant_id,
                TopUp.state == TopUpState.ASKED,
                TopUp.asked_at <= moment,
            )
            .order_by(TopUp.topup_id)
        ).all()

    def next_count(self, day: date) -> int:
        """The day's next receipt; others wait until this transaction ends."""
        first = insert(ReceiptCounter).values(tenant_id=self._tenant_id, day=day, last=1)
        counted = first.on_conflict_do_update(
            index_elements=["tenant_id", "day"], set_={"last": ReceiptCounter.last + 1}
        )
        return self._session.scalars(counted.returning(ReceiptCounter.last)).one()

    def untapped(self, before: datetime, card_no: str | None) -> list[Untapped]:
        asked = {"tenant_id": self._tenant_id, "before": before, "card_no": card_no}
        rows = self._session.execute(UNTAPPED, asked)
        return [Untapped(*row) for row in rows]
