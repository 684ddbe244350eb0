"""Work orders: a technician's errand under a ticket, from the phone page to the part he changed."""

from tapline.tickets.work_orders import obstacles
from tapline.tickets.work_orders.confirming import confirm_by_code
from tapline.tickets.work_orders.model import WorkOrder, WorkOrderState
from tapline.tickets.work_orders.parts import PARTS, cost_fen
from tapline.tickets.work_orders.service import (
    accept,
    dispatch,
    finish,
    get,
    hand_back,
    of_machine,
    of_technician,
    of_ticket,
    recall,
    start,
)

__all__ = [
    "PARTS",
    "WorkOrder",
    "WorkOrderState",
    "accept",
    "confirm_by_code",
    "cost_fen",
    "dispatch",
    "finish",
    "get",
    "hand_back",
    "obstacles",
    "of_machine",
    "of_technician",
    "of_ticket",
    "recall",
    "start",
]
