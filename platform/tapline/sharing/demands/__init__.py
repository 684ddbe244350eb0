"""What we ask other operators for water that their cards drew at our machines, by signed file."""

from tapline.sharing.demands.model import Demand
from tapline.sharing.demands.service import demand, made, of_settlement

__all__ = ["Demand", "demand", "made", "of_settlement"]
