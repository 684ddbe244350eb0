"""What technicians read: parts of a machine, and signals that speak of wear."""

from tapline_api.words import N_

CODES = {
    "spare:prefilter": N_("pre-filter"),
    "spare:carbon": N_("carbon filter"),
    "spare:membrane": N_("membrane"),
    "spare:postfilter": N_("post-filter"),
    "spare:pump": N_("pump"),
    "spare:valve": N_("valve"),
    "spare:uv_lamp": N_("UV lamp"),
    "spare:flow_meter": N_("flow meter"),
}
