"""Consents: what a customer allowed, to whom, in which words, and when he took it back."""

from tapline.sharing.consents.model import Purpose, SharingConsent, SharingRevocation
from tapline.sharing.consents.rules import NEWEST, digest_of, wording
from tapline.sharing.consents.service import (
    Given,
    check_in_force,
    give,
    of_card,
    of_tenant,
    offered,
    revoke,
)

__all__ = [
    "NEWEST",
    "Given",
    "Purpose",
    "SharingConsent",
    "SharingRevocation",
    "check_in_force",
    "digest_of",
    "give",
    "of_card",
    "of_tenant",
    "offered",
    "revoke",
    "wording",
]
