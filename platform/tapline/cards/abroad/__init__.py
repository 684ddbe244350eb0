"""What other operators say that our cards drew at their machines."""

from tapline.cards.abroad.model import OVERTURNED, AbroadLine, AbroadStatement, LineState
from tapline.cards.abroad.repository import AbroadRepository

__all__ = ["OVERTURNED", "AbroadLine", "AbroadRepository", "AbroadStatement", "LineState"]
