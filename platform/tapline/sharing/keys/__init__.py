"""Keys: the one with which an operator signs, those of others, and the heads that others showed."""

from tapline.sharing.keys.model import OwnKey, PartnerHead, PartnerKey
from tapline.sharing.keys.service import (
    add,
    check_chain,
    current,
    end,
    make,
    note_head,
    of_partner,
    own,
    private_key,
    receivers,
    sender_of,
)

__all__ = [
    "OwnKey",
    "PartnerHead",
    "PartnerKey",
    "add",
    "check_chain",
    "current",
    "end",
    "make",
    "note_head",
    "of_partner",
    "own",
    "private_key",
    "receivers",
    "sender_of",
]
