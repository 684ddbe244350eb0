"""What other operators say that our cards drew at their machines."""

from tapline.cards.abroad.model import AbroadLine, AbroadStatement, LineState
from tapline.cards.abroad.repository import AbroadRepository

__all__ = ["AbroadLine", "AbroadRepository", "AbroadStatement", "LineState"]
