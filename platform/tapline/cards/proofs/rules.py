"""How a card proves a transaction. Pure.

A card of a kind in `PROOF_KINDS` answers each operation with a code, a MAC under a key that only
this card and its issuer have. Kinds differ in how the code is cut from the MAC; a new kind is a
new entry.

This is our card application's definition, published in `docs/protocol.md`. It takes the place of
PBOC's 3DES transaction code (TAC) and of DESFire's transaction MAC (TMAC), whose input layout is
not public; the counter is the card's own (PBOC's ATC, DESFire's TMC), which the wire calls `atc`.

    card key  = AES-CMAC(issuer key, 01 kind-number card-number)
    MAC       = AES-CMAC(card key, type amt bal_after atc seq device-id)

`type` is one byte, 06 for a debit and 02 for a load (PBOC's transaction types); `amt` and
`bal_after` are 4 bytes, `atc` and `seq` 8 bytes, all big-endian; card number and device id are
their ASCII text. Diversification follows NXP AN10922's form, CMAC over 01 and the identity.
Device and `seq` are inside, so that a code can neither move to another fact nor to another machine.
"""

import hmac
import struct
from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import NamedTuple

from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.cmac import CMAC

from tapline.cards.model import CardKind

KEY_BYTES = 16
_TYPES = {"debit": 0x06, "load": 0x02}


class Proof(StrEnum):
    """What a card's code says of a fact."""

    VERIFIED = "verified"
    ABSENT = "absent"
    """None was given, or none can be judged: the machine's signature stands alone."""
    WRONG = "wrong"


class Statement(NamedTuple):
    """What a card signs. Amounts in fen; `atc` is its counter after the operation."""

    device_id: str
    seq: int
    op: str
    amt_fen: int
    bal_after_fen: int
    atc: int

    @property
    def message(self) -> bytes:
        """The bytes under the MAC."""
        figures = (self.amt_fen, self.bal_after_fen, self.atc, self.seq)
        return struct.pack(">BIIQQ", _TYPES[self.op], *figures) + self.device_id.encode()


class _Kind(NamedTuple):
    number: int
    """In the diversification: keys of one number and two kinds differ."""
    cut: Callable[[bytes], bytes]


PROOF_KINDS: Mapping[CardKind, _Kind] = {
    CardKind.CPU: _Kind(0x01, lambda mac: mac[:4]),
    # NXP's truncation of a 16-byte CMAC to 8: every second byte, from the second on.
    CardKind.DESFIRE: _Kind(0x02, lambda mac: mac[1::2]),
}
"""The kinds that give a code: TAC, 8 hexadecimal digits; TMAC, 16."""


def card_key(issuer_key: bytes, kind: CardKind, card_no: str) -> bytes:
    """A card's own key, 16 bytes."""
    return _cmac(issuer_key, bytes((0x01, PROOF_KINDS[kind].number)) + card_no.encode())


def code_for(key: bytes, kind: CardKind, statement: Statement) -> str:
    """The code that a card with this key gives: upper-case hexadecimal digits."""
    return PROOF_KINDS[kind].cut(_cmac(key, statement.message)).hex().upper()


def judge(key: bytes, kind: CardKind, statement: Statement, code: str) -> Proof:
    """Whether `code` is what the card would have said; in any case of letters."""
    expected = code_for(key, kind, statement)
    same = hmac.compare_digest(expected.encode(), code.upper().encode())
    return Proof.VERIFIED if same else Proof.WRONG


def _cmac(key: bytes, message: bytes) -> bytes:
    mac = CMAC(AES(key))
    mac.update(message)
    return mac.finalize()
