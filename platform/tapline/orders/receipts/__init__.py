"""What a customer says that he got, where it is not what his courier counted.

The courier is asked again. If the customer is right it is counted anew: barrels that did not come
are his tickets and his money again. If the courier insists, a person decides.
"""

from tapline.orders.receipts.model import Answer, DeliveryDoubt
from tapline.orders.receipts.service import answer, doubt, doubt_of, doubts_of, unanswered_of

__all__ = ["Answer", "DeliveryDoubt", "answer", "doubt", "doubt_of", "doubts_of", "unanswered_of"]
