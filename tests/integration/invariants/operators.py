"""An operator in a physical world: what people and machines do with him, and what is true of it."""

from contextlib import suppress
from random import Random

from tapline import payments, refunds
from tapline.errors import ConflictError
from tests.integration.invariants.counters import AtTheCounter
from tests.integration.invariants.machines import AtMachines
from tests.integration.payments.provider import delivery
from tests.integration.year.world import Plastic


class Operator(AtMachines, AtTheCounter):
    """Everything that can happen to him, and the evening that follows."""

    def loses(self, card_no: str) -> None:
        with self.attempt():
            self.desk.hears_of_loss(card_no)
            self.card(card_no).is_retired = True

    def finds(self, card_no: str) -> None:
        with self.attempt():
            self.desk.gives_back(card_no)
            self.card(card_no).is_retired = False

    def replaces(self, card_no: str) -> None:
        """Only a card that somebody has reported lost is replaced."""
        self.numbers += 1
        number = f"{30_000_000 + self.numbers}"
        with self.attempt():
            self.desk.replaces(card_no, number)
            card = self.card(card_no)
            card.is_retired, card.is_sane = True, False
            self.world.is_seen_no_more(card)
            self.world.cards.append(Plastic(number, card.kind, 0))
            self.world.tell("replaced", card=card_no, by=number)

    def evening_comes(self) -> None:
        self.evening.sweeps()
        with self.house.open() as uow:
            for refund_id in refunds.open_claims(uow, tenant_id=self.tenant_id):
                refunds.advance(uow, tenant_id=self.tenant_id, refund_id=refund_id)
        with suppress(ConflictError):  # where journals wait for a transaction: another day
            self.evening.closes()

    def says_everything_again(self, rng: Random) -> None:
        """Every fact and every letter of the provider arrives once more."""
        self.house.takes_in(rng.sample(self.sent, len(self.sent)))
        with self.house.open() as uow:
            for number in self.provider.trades:
                headers, body = delivery(f"again{number}", {"trade": number})
                payments.take_notice(
                    uow,
                    tenant_id=self.tenant_id,
                    provider="wechat",
                    headers=headers,
                    body=body,
                    gateway=self.provider,
                )
