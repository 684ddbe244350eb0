"""Lots of barrels: what was filled together, and what of it must not be handed over."""

from tapline.orders.lots.model import LotHold
from tapline.orders.lots.service import check_not_held, held, hold, let_go, read

__all__ = ["LotHold", "check_not_held", "held", "hold", "let_go", "read"]
