"""What a card with a key answers to a debit or a load: its transaction code.

The card application's own side of `docs/protocol.md`, "Cards that prove what they did".
"""

import struct

from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.cmac import CMAC

from tapline_gateway.protocol import CardKind, Fact, FactOp

_TYPES = {FactOp.DEBIT: 0x06, FactOp.LOAD: 0x02}


def code(key: bytes, fact: Fact, device_id: str) -> str | None:
    """The code over a fact, in hexadecimal; None where the card left before it could give one."""
    if fact.atc is None or fact.bal_after is None:
        return None
    mac = CMAC(AES(key))
    figures = (fact.amt, fact.bal_after, fact.atc, fact.seq)
    mac.update(struct.pack(">BIIQQ", _TYPES[fact.op], *figures) + device_id.encode())
    whole = mac.finalize()
    cut = whole[1::2] if fact.card.kind is CardKind.DESFIRE else whole[:4]
    return cut.hex().upper()
