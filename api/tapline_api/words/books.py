"""What finance reads of the books."""

from enum import Enum

from tapline.ledger import AdjustmentState
from tapline_api.words import N_

ENUMS: dict[type[Enum], dict[str, str]] = {
    AdjustmentState: {
        "proposed": N_("waits for a second person"),
        "posted": N_("posted"),
        "rejected": N_("rejected"),
        "withdrawn": N_("withdrawn"),
    },
}

CODES = {
    "policy:break_days_max": N_("What a clearing account holds longer needs a reason, days"),
    "policy:adjustment_alone_fen_max": N_("One person moves by hand at most"),
    # kinds of journals
    "journal:adjustment": N_("adjustment by hand"),
    "journal:reversal": N_("taken back by hand"),
}
