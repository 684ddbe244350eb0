from collections.abc import Collection, Sequence
from datetime import timedelta

from tapline import clock, ledger, policy
from tapline.cards.model import Card, CardState
from tapline.cards.repository import CardRepository
from tapline.cards.warnings import rules
from tapline.cards.warnings.model import CardWarning, Kind
from tapline.cards.warnings.repository import WarningRepository
from tapline.cards.warnings.telling import tell
from tapline.ledger import CardBalance
from tapline.policy import Policy
from tapline.uow import UnitOfWork


def watch(uow: UnitOfWork, *, tenant_id: str, card_nos: Collection[str]) -> None:
    """Look at cards with which something was done, and tell their holders what is the matter.

    Each thing is told once; told again when it was not so in between. Cards of nobody are left
    alone, and so are those that are not in use.
    """
    if not card_nos:
        return
    in_force = policy.current(uow, tenant_id=tenant_id)
    known = CardRepository(uow).known(tenant_id, card_nos)
    warnings = WarningRepository(uow, tenant_id)
    standing = warnings.of(known)
    since = clock.now() - timedelta(seconds=in_force.card_failing_window_s)
    failures = warnings.failures(known, since)
    money = ledger.cards(uow, tenant_id=tenant_id, card_nos=sorted(known))
    for card_no in sorted(known):
        card = known[card_no]
        true: set[Kind] = set()
        if card.state is CardState.ACTIVE and card.customer_id is not None:
            true = set(rules.matters(money[card_no], failures.get(card_no, 0), in_force))
        mine = {kind: one for (no, kind), one in standing.items() if no == card_no}
        _keep(warnings, card, true, mine)
        _tell(uow, card, money[card_no], mine, in_force)


def sweep(uow: UnitOfWork, *, tenant_id: str) -> None:
    """Look again at cards with which something was the matter: paid meanwhile, or owed too long."""
    warned = WarningRepository(uow, tenant_id).warned()
    watch(uow, tenant_id=tenant_id, card_nos=warned)


def of_card(uow: UnitOfWork, *, tenant_id: str, card_no: str) -> Sequence[CardWarning]:
    """What is the matter with a card now."""
    return list(WarningRepository(uow, tenant_id).of([card_no]).values())


def _keep(
    warnings: WarningRepository, card: Card, true: set[Kind], mine: dict[Kind, CardWarning]
) -> None:
    """Make `mine` what is true."""
    for kind in sorted(mine.keys() - true):
        warnings.remove(mine.pop(kind))
    for kind in sorted(true - mine.keys()):
        mine[kind] = CardWarning(
            tenant_id=card.tenant_id, card_no=card.card_no, kind=kind, since=clock.now()
        )
        warnings.add(mine[kind])


def _tell(
    uow: UnitOfWork,
    card: Card,
    money: CardBalance,
    mine: dict[Kind, CardWarning],
    in_force: Policy,
) -> None:
    now = clock.now()
    for kind, warning in sorted(mine.items()):
        if warning.told_at is None and rules.is_due(kind, money, warning.since, now, in_force):
            tell(uow, card, warning, money, in_force)
            warning.told_at = now
