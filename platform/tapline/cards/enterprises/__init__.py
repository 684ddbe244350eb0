"""Enterprise accounts: an employer pays in, and his people's cards get a share each month.

What he has paid in and not passed on is the account `enterprise:<id>`. An allotment that no
machine has written to its card can be taken back; what is written is the member's to drink.
"""

from tapline.cards.enterprises.allotting import allot, allot_all, unwritten_fen
from tapline.cards.enterprises.deposits import decide_deposit, deposits, record_deposit
from tapline.cards.enterprises.members import (
    change_share,
    follow_replaced,
    join,
    leave,
    members,
    part,
)
from tapline.cards.enterprises.model import (
    Allotment,
    Deposit,
    DepositState,
    Enterprise,
    Member,
)
from tapline.cards.enterprises.service import (
    balances_fen,
    create,
    found_at,
    get,
    listed,
    mind_levels,
    statement,
)

__all__ = [
    "Allotment",
    "Deposit",
    "DepositState",
    "Enterprise",
    "Member",
    "allot",
    "allot_all",
    "balances_fen",
    "change_share",
    "create",
    "decide_deposit",
    "deposits",
    "follow_replaced",
    "found_at",
    "get",
    "join",
    "leave",
    "listed",
    "members",
    "mind_levels",
    "part",
    "record_deposit",
    "statement",
    "unwritten_fen",
]
