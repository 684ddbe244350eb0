"""Work orders: a technician's errand under a ticket, from the phone page to the part he changed."""

from tapline.tickets.work_orders.model import WorkOrder, WorkOrderState
from tapline.tickets.work_orders.service import (
    accept,
    dispatch,
    finish,
    get,
    hand_back,
    of_technician,
    of_ticket,
    recall,
    start,
)

__all__ = [
    "WorkOrder",
    "WorkOrderState",
    "accept",
    "dispatch",
    "finish",
    "get",
    "hand_back",
    "of_technician",
    "of_ticket",
    "recall",
    "start",
]
