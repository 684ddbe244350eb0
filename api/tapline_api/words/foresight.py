"""What is said of faults foreseen and of the models that foresee them."""

from tapline_api.words import N_

CODES = {
    # which predictions, and their states
    "foreseen:open": N_("Open"),
    "foreseen:ended": N_("Ended"),
    "foreseen:raised": N_("foreseen"),
    "foreseen:ticketed": N_("has a ticket"),
    "foreseen:confirmed": N_("was right"),
    "foreseen:dismissed": N_("was not right, or nobody went"),
    # what a visit found
    "found:confirmed_part": N_("the part was worn, as foreseen"),
    "found:other_fault": N_("another fault"),
    "found:no_fault_found": N_("nothing wrong found"),
    "found:not_visited": N_("nobody went"),
    # states of a model
    "model:shadow": N_("listens"),
    "model:champion": N_("speaks"),
    "model:retired": N_("has spoken"),
    "the first one": N_("the first one"),
    # figures of a model
    "alerts:a_month": N_("Alerts a machine and month"),
    "alerts:recall": N_("Failures found"),
    "alerts:precision": N_("Alerts that are right"),
    "alerts:lead_median_d": N_("Median warning, days"),
    "learnt:simulated_devices": N_("Simulated machines"),
    "learnt:simulated_days": N_("Simulated days"),
    "learnt:seed": N_("Seed"),
    "learnt:labels": N_("Labels from visits"),
    # what the model watches
    "filter_drop": N_("Pressure lost over the pre-filter"),
    "pump_current": N_("Current that the pump draws"),
    "water_yield": N_("Water that the membrane lets through"),
    "salt_passage": N_("Salt that the membrane lets through"),
    # acts in the audit trail
    "model.promoted": N_("let a model speak"),
}
