"""What machines and what stopped because of them are called."""

from tapline_api.words import N_

CODES = {
    "breaker:model": N_("firmware"),
    "breaker:site": N_("site"),
    "witness:totals": N_("its own lifetime counter says otherwise"),
    "witness:reference": N_("its reference meter says otherwise"),
    "witness:pulses": N_("a pulse stands for another volume than before"),
    "D03": N_("water given away"),
    "D18": N_("meter drifts"),
    "D19": N_("counters differ"),
    "D20": N_("clock is wrong"),
    "D24": N_("charged by a wrong price"),
    "D28": N_("reading cannot be"),
    "refund:day": N_("machines gave back enough for today"),
    "refund:breaker": N_("automatic money is stopped for its firmware or site"),
    "refund:meter": N_("its meter drifts and cannot say how much came"),
    "money_stopped": N_("automatic money stopped"),
    "water_given_away": N_("water given away"),
    "records_missing": N_("records stay missing"),
    "meter_drift": N_("meter drifts"),
    "counters_differ": N_("counters differ from records"),
    "clock_wrong": N_("clock is wrong"),
    "readings_odd": N_("readings that cannot be"),
    "tariff.publish": N_("published a tariff"),
    "breaker.reset": N_("reset a breaker"),
    "machine.resume": N_("let a machine sell again"),
}
