"""What is said of machines that are dark, of works, and of the time in which there was water."""

from enum import Enum

from tapline.outages import Cause
from tapline.outages.plans import EntryKind
from tapline.outages.uptime import Part
from tapline_api.words import N_

ENUMS: dict[type[Enum], dict[str, str]] = {
    Cause: {
        "unknown": N_("cause not known yet"),
        "power": N_("power seems to have failed"),
        "line": N_("the line seems to have failed"),
        "ours": N_("we did not listen"),
    },
    EntryKind: {
        "planned": N_("announced"),
        "changed": N_("announced otherwise"),
        "prolonged": N_("prolonged"),
        "cancelled": N_("called off or ended"),
    },
    Part: {
        "closed": N_("Closed or on holiday"),
        "planned": N_("Planned in time"),
        "stopped": N_("Told not to sell"),
        "fault": N_("Fault"),
        "supply": N_("No power or water"),
        "dark": N_("Not heard of"),
        "available": N_("Available"),
    },
}

CODES = {
    # categories of tickets
    "machine_dark": N_("machine not heard of"),
    "site_dark": N_("outage of a site"),
    "platform_dark": N_("outage of ours"),
    # how a machine is
    "dark": N_("not heard of"),
    "planned_outage": N_("in a planned outage"),
    # parameters
    "policy:dark_s": N_("A machine whose connection broke is dark after"),
    "policy:dark_return_s": N_(
        "After an outage of ours, or works, a machine may take to come back"
    ),
    "policy:dark_silent_s": N_("A machine whose connection stands may keep still for"),
    "policy:dark_ticket_s": N_("A machine dark on its own becomes a ticket after"),
    "policy:deaf_s": N_("When nobody read the broker for so long, the outage is ours"),
    "policy:outage_machines_min": N_("Machines gone together that are one outage, at least"),
    "policy:outage_share_percent": N_("and at least this share of the site's, in percent"),
    "policy:outage_window_s": N_("Gone together: within"),
    "policy:outage_back_s": N_("An outage is over when most machines are back for"),
    "policy:outage_sites_min": N_("Sites out together that make an outage ours, at least"),
    "policy:planned_long_s": N_("Works that are longer need notice"),
    "policy:planned_notice_s": N_("Notice of long works"),
    "policy:outage_audience_days": N_("Who used a card on a site within so many days is told"),
    "policy:quiet_from_h": N_("No texts to residents from (hour)"),
    "policy:quiet_until_h": N_("No texts to residents until (hour)"),
    # acts in the audit trail
    "outage.planned": N_("planned an outage"),
    "outage.changed": N_("changed a planned outage"),
    "outage.prolonged": N_("prolonged a planned outage"),
    "outage.cancelled": N_("called off a planned outage"),
    "outage.announce": N_("told residents of an outage"),
}
