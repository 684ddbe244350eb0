"""The chart of accounts: which there are, on which side they grow, which are bounded.

A code is a path; the part after the first colon names whose account it is. Money is in fen
(`CNY.fen`); water tickets and buckets are units of their own. An account opens with its first use.
"""

from functools import lru_cache
from typing import Literal, NamedTuple
from uuid import UUID

from tapline.errors import InvalidError

Side = Literal["D", "C"]

FEN = "CNY.fen"
BUCKET = "BUCKET"


CLEARING = (
    *("suspense:%", "psp:%", "cash:%", "topup:%", "booklet:%"),
    *("refund_payable", "paid_twice"),
)
"""Accounts that come to nothing in the end, as SQL patterns; until then somebody can say why."""


class Account(NamedTuple):
    """An account of a tenant. `side` is where it grows: D (assets, expenses) or C (the rest).

    A bounded account refuses decisions that it cannot cover: posted less pending stays >= 0.
    """

    code: str
    side: Side
    bounded: bool = False
    unit: str = FEN

    @property
    def guarded(self) -> bool:
        """Whether who touches it has locked another account first: a card's principal. It need
        not exist before something is posted to it."""
        return self.code.startswith("card:") and not self.code.endswith(":principal")


class CardAccounts(NamedTuple):
    """The five accounts of one card, in the order in which they pay for water."""

    principal: Account
    """What the customer paid; for a card with a purse, what is written on the card."""
    bonus: Account
    """Promotional value; never paid out by itself."""
    pending_load: Account
    """The customer's money that waits to be written to the card."""
    pending_bonus: Account
    """Promotional value that waits to be written to the card."""
    receivable: Account
    """What the customer drank beyond all of these."""


@lru_cache(maxsize=65536)
def card(card_no: str) -> CardAccounts:
    """The accounts of card `card_no`, which holds no colon."""
    if not card_no or ":" in card_no:
        raise InvalidError(f"a card number is not empty and has no colon: {card_no!r}")
    return CardAccounts(
        principal=Account(f"card:{card_no}:principal", "C", bounded=True),
        bonus=Account(f"card:{card_no}:bonus", "C", bounded=True),
        pending_load=Account(f"card:{card_no}:pending_load", "C", bounded=True),
        pending_bonus=Account(f"card:{card_no}:pending_bonus", "C", bounded=True),
        receivable=Account(f"card:{card_no}:receivable", "D"),
    )


def card_of(account: Account) -> CardAccounts | None:
    """The card that `account` belongs to, if it is a card's."""
    return card(account.code.split(":")[1]) if account.code.startswith("card:") else None


def suspense(device_id: str) -> Account:
    """What a device took and no card is charged for yet; must reach 0."""
    return Account(f"suspense:{device_id}", "D")


def revenue(product: str) -> Account:
    """`rev:water`, `rev:bottled`."""
    return Account(f"rev:{product}", "C")


def expense(reason: str) -> Account:
    """`exp:bonus`, `exp:goodwill`, `exp:psp_fee`."""
    return Account(f"exp:{reason}", "D")


def loss(reason: str) -> Account:
    """`loss:fraud`, `loss:meter`."""
    return Account(f"loss:{reason}", "D")


def psp(provider: str) -> Account:
    """Money a payment provider holds for us: `psp:wechat`, `psp:alipay`; equals its daily bill."""
    return Account(f"psp:{provider}", "D")


def cash(station_id: str) -> Account:
    """Cash in a station's till."""
    return Account(f"cash:{station_id}", "D")


def order_unearned(order_id: UUID | str) -> Account:
    """What was paid for barrels that are not delivered; 0 once they are, or refunded."""
    return Account(f"order:{order_id}:unearned", "C", bounded=True)


def topup(topup_id: UUID | str) -> Account:
    """What was paid for a top-up and is on no card yet; 0 once it is, or is given back."""
    return Account(f"topup:{topup_id}:unplaced", "C", bounded=True)


def bucket_deposit(customer_id: UUID | str) -> Account:
    """What a customer has deposited for the buckets that he may keep at home."""
    return Account(f"deposit:bucket:{customer_id}", "C", bounded=True)


def buckets_at(customer_id: UUID | str) -> Account:
    """Our buckets at a customer's, full or empty. A fact: negative when he gave back more than
    we knew of."""
    return Account(f"bucket:customer:{customer_id}", "D", unit=BUCKET)


BUCKETS_OUT = Account("bucket:out", "C", unit=BUCKET)
"""All buckets at customers': the other side of each of them."""
BOTTLED = revenue("bottled")
FEES = revenue("fees")
"""What a customer pays for a service, such as another card."""
BANK = Account("bank", "D")
BONUS = expense("bonus")
CLOSING_LOSS = loss("closing")
"""Drawn with a card after its money was given back."""
WATER = revenue("water")
OPENING = Account("equity:opening", "C")
"""Where balances come from that customers brought along when the system was introduced."""
REFUND_PAYABLE = Account("refund_payable", "C", bounded=True)
"""Approved refunds that the provider has not confirmed."""
PAID_TWICE = Account("paid_twice", "D")
"""Refunds transferred by hand that the provider made after all: to be claimed back."""


SHARES = expense("share")
"""What properties' shares of revenue cost."""
GOODWILL = expense("goodwill")
FRAUD = loss("fraud")
"""Drawn with a card after its holder had reported it lost: the operator bears it."""
TILL = loss("till")
"""What was counted short in tills, less what was counted over."""
RECOVERED = expense("recovered")
"""What partners make good for water that was given back because of them: an expense that shrinks.
Revenue stays what was drawn, and no share is paid of it."""
VISITS = expense("visits")
"""Technicians' visits that a partner answers for: as `RECOVERED`."""
COMPENSATION = expense("compensation")
"""Owed to properties for machines that stood still."""
UTILITIES = expense("utilities")
"""Electricity and water that machines used, paid to properties by reading; less where a property
pays for the operator's."""
METER = loss("meter")
"""Water that no card paid for."""


def property_share(site_id: UUID | str) -> Account:
    """A property's share of revenue; negative when water it was paid for is refunded later."""
    return Account(f"share:property:{site_id}", "C")


def enterprise(enterprise_id: UUID | str) -> Account:
    """What an enterprise has paid in and not yet passed on to the cards of its people."""
    return Account(f"enterprise:{enterprise_id}", "C", bounded=True)


ISSUER_FEE = expense("issuer_fee")
"""What issuers of other people's cards keep of their settlements."""
ISSUER_LOSS = loss("issuer")
"""Water drawn with other people's cards that their issuer would not pay for."""

INTEROP_DUE_TO = "interop:due_to:"
"""What the account begins with of what we owe another operator."""
OPERATOR = "op-"
"""What the id of an issuer begins with who is another operator."""


def issuer_due(issuer_id: str) -> Account:
    """What an issuer of others' cards (a school's 一卡通, an operator) owes for water drawn."""
    if issuer_id.startswith(OPERATOR):
        return Account(f"interop:due_from:{issuer_id.removeprefix(OPERATOR)}", "D")
    return Account(f"issuer:{issuer_id}:due", "D")


def interop_due_to(issuer_id: str) -> Account:
    """What we owe another operator for water that our cards drew at its machines."""
    return Account(f"{INTEROP_DUE_TO}{issuer_id.removeprefix(OPERATOR)}", "C")


def partner(partner_id: UUID | str) -> Account:
    """What a property or vendor owes us for what was charged back; negative when we owe it."""
    return Account(f"partner:{partner_id}", "D")


def tickets(customer_id: UUID | str, sku: str) -> Account:
    """Electronic water tickets of a customer, one unit a product."""
    return Account(f"tickets:{customer_id}", "C", bounded=True, unit=f"TICKET.{sku}")


def ticket_cash(customer_id: UUID | str, sku: str) -> Account:
    """What a customer paid for the tickets that he has: the money side of each of them."""
    return Account(f"prepaid:ticket_cash:{customer_id}:{sku}", "C", bounded=True)


def booklet(purchase_id: UUID | str) -> Account:
    """What was paid for a booklet whose tickets are not issued yet; 0 once they are."""
    return Account(f"booklet:{purchase_id}:unissued", "C", bounded=True)


def tickets_issued(sku: str) -> Account:
    """All tickets of a product at customers': the other side of each of them."""
    return Account("tickets:issued", "D", unit=f"TICKET.{sku}")


KNOWN = (
    *(BANK, OPENING, WATER, BOTTLED, REFUND_PAYABLE, PAID_TWICE),
    *(BONUS, GOODWILL, SHARES, FRAUD, METER, CLOSING_LOSS),
)
"""Accounts that need no use before somebody may name them."""
