"""The counter: people pay, lose cards, get new ones, and leave.

Each step is a transaction of its own, as at the edges of the product.
"""

import itertools
from datetime import timedelta
from typing import Any

from tapline import cards, clock, refunds
from tapline.cards import campaigns, topups
from tapline.cards.campaigns import Terms
from tapline.people import Customer, Role
from tapline.refunds import Reason, RefundKind
from tests.integration.year.house import House
from tests.paying import money_arrives


class Desk:
    """What people do with one operator."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._tenant_id = house.tenant_id
        self._keys = itertools.count(1)

    @property
    def customers(self) -> dict[str, Customer]:
        """Who holds a card, by its number."""
        return self._house.customers

    def promises(self, per_mille: int, paid_fen_min: int) -> None:
        """A campaign of thirty days, for which two people stand."""
        terms = Terms(
            name="充值有礼",
            since=clock.now(),
            until=clock.now() + timedelta(days=30),
            paid_fen_min=paid_fen_min,
            per_mille=per_mille,
            customer_fen_max=1_000_000,
        )
        with self._house.open() as uow:
            made = campaigns.propose(
                uow, tenant_id=self._tenant_id, terms=terms, actor="finance", reason="开学季"
            )
            campaigns.approve(
                uow, tenant_id=self._tenant_id, campaign_id=made.campaign_id, actor="supervisor"
            )

    def tops_up(self, card_no: str, amount_fen: int, *, by_hand: bool) -> int:
        """Money for a card, at a till or through a provider; the bonus that it was promised."""
        key = f"form-{next(self._keys)}"
        asked: dict[str, Any] = {"card_no": card_no, "amount_fen": amount_fen, "request_key": key}
        with self._house.open() as uow:
            if by_hand:
                staff = self._house.office[Role.COURIER]
                return topups.take_cash(
                    uow, tenant_id=self._tenant_id, staff=staff, **asked
                ).bonus_fen
            topup = topups.ask(
                uow,
                tenant_id=self._tenant_id,
                customer_id=self._house.customers[card_no].customer_id,
                provider="wechat",
                **asked,
            )
            money_arrives(uow, topup.subject, tenant_id=self._tenant_id)
            return topup.bonus_fen

    def hears_of_loss(self, card_no: str) -> None:
        with self._house.open() as uow:
            cards.report_lost(
                uow,
                tenant_id=self._tenant_id,
                card_no=card_no,
                actor="agent",
                reason="holder called",
            )

    def gives_back(self, card_no: str) -> None:
        """A card that was lost is found again."""
        with self._house.open() as uow:
            cards.found(
                uow, tenant_id=self._tenant_id, card_no=card_no, actor="agent", reason="found"
            )

    def replaces(self, card_no: str, new_card_no: str) -> None:
        with self._house.open() as uow:
            cards.replace(
                uow,
                tenant_id=self._tenant_id,
                card_no=card_no,
                new_card_no=new_card_no,
                actor="agent",
                reason="lost",
            )
        self._house.customers[new_card_no] = self._house.customers[card_no]

    def gives_up(self, card_no: str) -> None:
        """A customer wants his money back and leaves."""
        customer_id = self._house.customers[card_no].customer_id
        with self._house.open() as uow:
            refunds.request(
                uow,
                tenant_id=self._tenant_id,
                kind=RefundKind.CARD_CLOSE,
                customer_id=customer_id,
                card_no=card_no,
                reason=Reason.NOT_NEEDED,
                actor=f"customer:{customer_id}",
            )
