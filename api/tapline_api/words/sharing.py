"""What is said of statements that are shared with other operators."""

from enum import Enum

from tapline.sharing.consents import Purpose
from tapline_api.words import N_

ENUMS: dict[type[Enum], dict[str, str]] = {
    Purpose: {
        "switch": N_("To go on as a customer there"),
        "service": N_("To have a question about the card answered there"),
    },
}

CODES = {
    "purpose:switch": N_("To go on as a customer there"),
    "purpose:service": N_("To have a question about the card answered there"),
    "shared-refusal:invalid": N_(
        "This file cannot be taken: it is not what it should be, or was not made for us."
    ),
    "shared-refusal:conflict": N_(
        "This file cannot be taken: it is too old, was taken before, or is trusted no longer."
    ),
    "sharing.consent": N_("agreed that a statement is shared"),
    "sharing.revoke": N_("took the consent to sharing back"),
    "sharing.export": N_("made a statement for another operator"),
    "sharing.receive": N_("took a statement of another operator"),
    "sharing.read": N_("looked at a statement of another operator"),
    "sharing.revocation_out": N_("handed over that a consent was taken back"),
    "sharing.revocation_in": N_("took another operator's revocation"),
    "sharing.key": N_("made the key that statements are signed with"),
    "sharing.key_add": N_("registered another operator's key"),
    "sharing.key_end": N_("ended another operator's key"),
}
