"""What technicians read: parts of a machine, and signals that speak of wear."""

from tapline_api.words import N_

PARTS = ("prefilter", "membrane", "pump", "valve", "uv_lamp", "flow_meter")
"""What is most often built in, by the names that work orders keep."""

CODES = {
    "spare:prefilter": N_("pre-filter"),
    "spare:membrane": N_("membrane"),
    "spare:pump": N_("pump"),
    "spare:valve": N_("valve"),
    "spare:uv_lamp": N_("UV lamp"),
    "spare:flow_meter": N_("flow meter"),
}
