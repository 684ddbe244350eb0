"""What finance reads of the books."""

from enum import Enum

from tapline.ledger import AdjustmentState
from tapline.reports import Band
from tapline_api.words import N_

ENUMS: dict[type[Enum], dict[str, str]] = {
    AdjustmentState: {
        "proposed": N_("waits for a second person"),
        "posted": N_("posted"),
        "rejected": N_("rejected"),
        "withdrawn": N_("withdrawn"),
    },
    Band: {
        "0-7": N_("up to 7 days"),
        "8-30": N_("8 to 30 days"),
        "31-90": N_("31 to 90 days"),
        "90+": N_("more than 90 days"),
    },
}

CODES = {
    "policy:break_days_max": N_("What a clearing account holds longer needs a reason, days"),
    "policy:adjustment_alone_fen_max": N_("One person moves by hand at most"),
    "policy:import_alone_fen_max": N_("One person takes over from old books at most"),
    "policy:import_line_fen_max": N_("One line of old books names at most"),
    # acts on record
    "adjustment.proposed": N_("proposed an adjustment"),
    "adjustment.posted": N_("posted an adjustment"),
    "adjustment.rejected": N_("rejected an adjustment"),
    "adjustment.withdrawn": N_("withdrew an adjustment"),
    "ledger.close": N_("closed a day of the books"),
    # kinds of journals
    "journal:adjustment": N_("adjustment by hand"),
    "journal:reversal": N_("taken back by hand"),
}
