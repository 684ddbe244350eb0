"""What is said of rounds, of visits that could not be made, and of sites that are closed."""

from enum import Enum

from tapline.rosters.openings import FlushCause
from tapline.rounds.plans import Changed, PlanAct, RoundKind
from tapline.rounds.visits import VisitState
from tapline.sites.closures import ClosureKind
from tapline.tickets.work_orders.obstacles import NextStep, Obstacle
from tapline_api.words import N_

ENUMS: dict[type[Enum], dict[str, str]] = {
    RoundKind: {
        "inspection": N_("inspection"),
        "cleaning": N_("cleaning"),
        "disinfection": N_("disinfection"),
        "sampling": N_("taking a sample"),
    },
    VisitState: {
        "due": N_("to be done"),
        "open": N_("somebody is at the machine"),
        "done": N_("done"),
        "dropped": N_("dropped, its plan was changed or ended"),
    },
    PlanAct: {
        "planned": N_("planned a round"),
        "changed": N_("changed a round"),
        "paused": N_("paused a round"),
        "resumed": N_("resumed a round"),
        "ended": N_("ended a round"),
    },
    Changed: {
        "name": N_("Name"),
        "every_days": N_("Every so many days"),
        "photos_min": N_("At least so many photos"),
        "sites": N_("Sites"),
        "machines": N_("Machines"),
        "items": N_("What is asked"),
    },
    Obstacle: {
        "locked_room": N_("the room is locked"),
        "guard_refused": N_("not let in"),
        "no_part": N_("a part is missing"),
        "power_off": N_("the customer has cut the power"),
    },
    NextStep: {"appointment": N_("new time agreed"), "part": N_("part ordered")},
    ClosureKind: {
        "holiday": N_("holiday"),
        "closed": N_("house closed"),
        "power_off": N_("power cut, announced"),
    },
    FlushCause: {"opening": N_("before opening"), "stagnant": N_("water stood")},
}

CODES = {
    "policy:stagnant_night_s": N_("In use, a machine is flushed by night without a pour for"),
    "policy:flush_night_from_h": N_("By night is from this hour on"),
    "policy:flush_night_until_h": N_("and until this hour"),
    "policy:round_grace_days": N_("A round is late so many days after its day"),
    "selftest:valve": N_("valve"),
    "selftest:pump": N_("pump"),
    "selftest:reader": N_("card reader"),
    "selftest:uv": N_("UV lamp"),
    "selftest:screen": N_("screen"),
    "selftest:heater": N_("heater"),
    "selftest:flow_meter": N_("flow meter"),
    "selftest:facts_kept": N_("records not sent yet"),
    "verdict:ok": N_("in order"),
    "verdict:stuck": N_("does not move"),
    "verdict:fail": N_("does not work"),
    "round.plan": N_("planned a round"),
    "round.change": N_("changed a round"),
    "round.pause": N_("paused a round"),
    "round.resume": N_("resumed a round"),
    "round.end": N_("ended a round"),
    "round.finish": N_("did a round"),
    "round.postpone": N_("could not do a round yet"),
    "round.correct": N_("corrected a round"),
    "work_order.setback": N_("could not do a visit yet"),
    "part.came": N_("took in a part"),
    "closure.announce": N_("announced that a site is closed"),
    "closure.change": N_("changed when a site is closed"),
    "closure.withdraw": N_("withdrew that a site is closed"),
}
