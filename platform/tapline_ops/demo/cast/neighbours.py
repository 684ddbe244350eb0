"""The administrator hands a customer's statement to another operator, as the customer allowed."""

from collections.abc import Iterator

from tapline import sharing
from tapline.errors import NotFoundError
from tapline.uow import UnitOfWork
from tapline_ops.demo.cast.stage import Stage
from tapline_ops.provision import DEMO


def act(stage: Stage) -> Iterator[str]:
    """Once, as soon as what happened on the card is sealed."""
    if stage.do(lambda uow: _hand_over(uow, stage)):
        yield "a customer's statement is made out to another operator, as he agreed"


def _hand_over(uow: UnitOfWork, stage: Stage) -> bool:
    given = sharing.consents.of_tenant(uow, tenant_id=DEMO)
    open_ids = [one.consent.consent_id for one in given if one.in_force]
    made = sharing.exports.of_consents(uow, tenant_id=DEMO, consent_ids=open_ids)
    waiting = [one for one in open_ids if one not in made]
    if not waiting:
        return False
    try:
        sharing.exports.export(
            uow, tenant_id=DEMO, consent_id=waiting[0], vault=stage.identity, actor="admin"
        )
    except NotFoundError:
        return False  # it is not sealed yet: a look later
    return True
