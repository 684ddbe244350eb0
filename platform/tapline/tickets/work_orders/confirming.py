"""The customer confirms at the machine, or does so later in the portal."""

from uuid import UUID

from tapline.errors import ConflictError
from tapline.people import Staff
from tapline.tickets import closing
from tapline.tickets.work_orders import codes
from tapline.tickets.work_orders.model import WorkOrderState
from tapline.tickets.work_orders.service import own
from tapline.uow import UnitOfWork


def confirm_by_code(
    uow: UnitOfWork, *, tenant_id: str, work_order_id: UUID, technician: Staff, code: str
) -> bool:
    """The customer stands by and says his code: the case is settled, and closed. False where it is
    another code; after five of those only the portal confirms.

    Raises:
        NotFoundError: he has no such work order.
        ConflictError: it is not done, nobody was sent a code, or too many were tried.
    """
    done = WorkOrderState.FINISHED
    ticket, work = own(uow, tenant_id, work_order_id, technician, done=done)
    if work.state is not done:
        raise ConflictError("finish your work first: then the customer is sent a code")
    if work.code_hash is None or work.code_tries >= codes.TRIES_MAX or ticket.customer_id is None:
        raise ConflictError("the customer confirms in the portal")
    if not codes.is_right(work, code):
        return False
    work.code_hash = None
    closing.confirm(
        uow,
        tenant_id=tenant_id,
        ticket_id=ticket.ticket_id,
        customer_id=ticket.customer_id,
        settled=True,
        words="现场确认码",
    )
    return True
