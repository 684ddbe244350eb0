"""Something of every kind on the estate, by the names that paths give it."""

from typing import Final

from sqlalchemy import select

from tapline import faults, files, people, tickets
from tapline.devices import messages
from tapline.devices.messages import Which, replays
from tapline.refunds import Refund
from tapline.uow import UnitOfWork
from tests import (
    world_bills,
    world_books,
    world_cards,
    world_desk,
    world_imports,
    world_machines,
    world_money,
    world_outages,
    world_proving,
    world_rollouts,
    world_rounds,
    world_sharing,
    world_tickets,
    world_water,
)
from tests.api.browsing import PICTURE
from tests.world import World
from tests.world_field import Field
from tests.world_partners import Shared

CHOSEN: Final = {
    "tenant_id": "demo",
    "reading_id": "00000000-0000-7000-8000-000000000000",
    "provider": "wechat",
    "vendor": "yunshui",
    "day": "2026-11-20",
    "line": "1",
    "seq": "1",
    "policy_version": "1",
    "model_version": "1",
}
"""Names that are not ids."""


def of_the_desk(uow: UnitOfWork, field: Field) -> dict[str, str]:
    """Work, and what it is about."""
    ticket = tickets.listed(uow, tenant_id="demo")[0]
    refund = uow.session.scalars(select(Refund).where(Refund.tenant_id == "demo")).first()
    assert refund is not None
    photo = files.keep(
        uow, tenant_id="demo", name="door.png", media_type="image/png", content=PICTURE
    )
    world_desk.learnt(uow)
    payout_id, call_id = world_desk.stuck(uow), world_desk.rang(uow)
    found = {
        "ticket_id": ticket.ticket_id,
        "refund_id": refund.refund_id,
        "screen_id": people.screens_of(uow, tenant_id="demo")[0].screen_id,
        "order_id": field.orders["assigned"],
        "work_order_id": field.work_order_id,
        "file_id": photo.file_id,
        "payout_id": payout_id,
        "call_id": call_id,
        "callback_id": call_id,
        "work_id": f"refund:{refund.refund_id}",
        "offer_id": f"refund:{refund.refund_id}.1",
        "proposal_id": world_desk.rules_changed(uow),
        "decision_id": world_desk.left_to_the_chain(uow),
    }
    return {name: str(one) for name, one in found.items()}


def of_machines(uow: UnitOfWork, estate: World) -> dict[str, str]:
    """Machines, what they are told, and what they said that was not understood."""
    letter = messages.buried(uow, tenant_id="demo")[0]
    which = Which(dead_letter_id=letter.dead_letter_id)
    replay = replays.ask(uow, tenant_id="demo", which=which, rehearsal=True, actor="he.qing")
    foreseen = faults.predictions_of(uow, tenant_id="demo")[0]
    found = {
        "device_id": estate.devices[0],
        "site_id": estate.sites[0].site_id,
        "breaker_id": world_desk.tripped(uow),
        "dead_letter_id": letter.dead_letter_id,
        "replay_id": replay.replay_id,
        "prediction_id": foreseen.prediction_id,
    }
    return (
        world_water.treated(uow, estate)
        | world_outages.planned(uow, estate)
        | world_rounds.looked_after(uow, estate)
        | world_rollouts.begun(uow, estate)
        | world_machines.kept(uow, estate)
        | {name: str(one) for name, one in found.items()}
    )


def of_money(uow: UnitOfWork, estate: World) -> dict[str, str]:
    """Cards, and money on its ways."""
    posted, adjustment = world_books.adjusted(uow)
    found = {
        "card_no": estate.card_no,
        "transfer_id": world_cards.offered(uow, estate),
        "goodwill_id": world_cards.made_good(uow, estate),
        "challenge_id": world_proving.asked(uow, estate),
        "journal_id": posted.journal_id,
        "adjustment_id": adjustment.adjustment_id,
    }
    return (
        world_money.on_its_way(uow, estate)
        | world_sharing.allowed(uow, estate)
        | world_bills.billed(uow)
        | world_tickets.bought(uow, estate)
        | world_imports.sent(uow)
        | {name: str(one) for name, one in found.items()}
    )


def of_partners(shared: Shared) -> dict[str, str]:
    """What was agreed with others."""
    return {
        "partner_id": str(shared.property_id),
        "agreement_id": str(shared.proposed_id),
        "finding_id": str(shared.finding_id),
        "statement_id": str(shared.statement_id),
    }
