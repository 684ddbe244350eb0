"""What property managers read: logbooks of machines, treatments, the parts of a morning."""

from enum import Enum

from tapline.reports import LogKind
from tapline_api.words import N_

ENUMS: dict[type[Enum], dict[str, str]] = {
    LogKind: {
        "meter": N_("Meter"),
        "repair": N_("Repair"),
        "treatment": N_("Treatment"),
        "abnormal": N_("Abnormal use"),
        "alarm": N_("Alarm"),
    },
}

CODES = {
    # lines of a logbook
    "log:day": N_("Reported that day"),
    "log:fixed": N_("mended"),
    "log:no_fault_found": N_("nothing wrong found"),
    "log:confirmed_part": N_("the part was worn, as foreseen"),
    "log:other_fault": N_("another fault found and mended"),
    "log:filter_change": N_("Filter changed"),
    "log:disinfection": N_("Disinfected"),
    "log:flushing": N_("Flushed"),
    "log:repair": N_("Repaired where water runs"),
    # filters
    "filter:prefilter": N_("pre-filter"),
    "filter:carbon": N_("carbon filter"),
    "filter:membrane": N_("membrane"),
    "filter:postfilter": N_("post-filter"),
    "filter:uv_lamp": N_("UV lamp"),
}
