"""What machines bring to the acts that are killed."""

from typing import Any

from tapline import clock
from tapline.cards.facts import FactIn, ingest
from tests.integration.invariants.operators import Operator
from tests.integration.year.world import Plastic


def poured(operator: Operator, card_no: str, **changes: Any) -> FactIn:
    """The next pour of the first machine."""
    machine = operator.world.machines[0]
    card = next(
        (one for one in operator.world.cards if one.number == card_no),
        Plastic(card_no, "cpu", 3000),
    )
    return operator.world.pours(card, machine, clock.now(), **changes)


def arrives(operator: Operator, fact: FactIn) -> None:
    """It is stored, and nobody has looked at it."""
    with operator.house.untouched() as uow:
        ingest(uow, tenant_id=operator.tenant_id, facts=[fact])
