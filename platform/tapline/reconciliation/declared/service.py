from collections.abc import Collection, Sequence

from tapline import clock
from tapline.cards import CardState, issuers
from tapline.cards import ours as cards_of_ours
from tapline.devices import tariffs
from tapline.reconciliation.chain import Version
from tapline.reconciliation.decisions.repository import DecisionRepository
from tapline.reconciliation.decisions.rules import Ruling
from tapline.reconciliation.declared.repository import DeclaredRepository
from tapline.reconciliation.findings.rules import FindingKey
from tapline.reconciliation.judgement import Declared, KnownCard
from tapline.uow import UnitOfWork


def declared(
    uow: UnitOfWork,
    *,
    tenant_id: str,
    card_nos: Collection[str],
    versions: Sequence[Version],
    forged: Sequence[Version],
) -> Declared:
    """What is known of these cards besides `versions`, all that was stored of them, as of now."""
    known = cards_of_ours(uow, tenant_id=tenant_id, card_nos=card_nos)
    stored = DeclaredRepository(uow, tenant_id)
    blocks = stored.blocks(known)
    return Declared(
        now=clock.now(),
        cards={
            card_no: KnownCard(
                opened_fen=int(card.opened_fen),
                opened_atc=card.opened_atc,
                has_purse=card.kind.has_purse,
                active=card.state is CardState.ACTIVE,
                closed=card.state is CardState.CLOSED,
                blocks=blocks.get(card_no, ()),
            )
            for card_no, card in known.items()
        },
        issuers=issuers.of_cards(uow, tenant_id=tenant_id, card_nos=set(card_nos) - known.keys()),
        vouchers=stored.vouchers({one.load_id for one in versions if one.load_id is not None}),
        lost=stored.lost(),
        copies=stored.copies() if blocks else {},
        caught=stored.caught(blocks) if blocks else (),
        tariffs=tariffs.known(uow, tenant_id=tenant_id),
        forged=forged,
        elsewhere=stored.elsewhere(known),
        rulings={
            FindingKey(one.code, one.subject): Ruling(one.choice, frozenset(one.seen))
            for one in DecisionRepository(uow, tenant_id).standing(card_nos)
        },
    )
