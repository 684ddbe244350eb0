"""Parameters of the policy, by their names in `tapline.policy`."""

from tapline_api.words import N_

CODES = {
    "policy:pour_ml_min": N_("Less than so many millilitres is no water"),
    "policy:full_pour_percent": N_("From this share on a pour is whole"),
    "policy:double_charge_window_s": N_("Two equal charges within this time are suspect"),
    "policy:gap_s": N_("A missing record is asked for again after"),
    "policy:lease_s": N_("A machine may take so long to write to a card"),
    "policy:device_ticket_findings": N_("So many charges without water open a ticket"),
    "policy:device_ticket_window_s": N_("counted within"),
    "policy:ticket_respond_s": N_("Somebody answers within, working time"),
    "policy:ticket_resolve_urgent_s": N_("Urgent cases are solved within, working time"),
    "policy:ticket_resolve_high_s": N_("Cases of high priority are solved within, working time"),
    "policy:ticket_resolve_s": N_("Ordinary cases are solved within, working time"),
    "policy:ticket_resolve_low_s": N_("Planned work is done within, working time"),
    "policy:ticket_warn_percent": N_("A warning comes when so much of the time is gone"),
    "policy:ticket_repeat_window_s": N_("The same trouble within this time counts as repeated"),
    "policy:ticket_cluster_window_s": N_("Cases of a site are counted together within"),
    "policy:ticket_cluster_min": N_("So many of one kind go before the supervisors"),
    "policy:ticket_returns_max": N_("So many returns go before the supervisors"),
    "policy:ticket_reopen_window_s": N_(
        "A customer may say within this time that it is not settled"
    ),
    "policy:foreseen_visits_per_day_max": N_("Visits a day to what is only foreseen"),
    "policy:automatic_fen_max": N_("A machine gives back for one pour at most"),
    "policy:automatic_per_card_30d_max": N_("and to one card in thirty days so often"),
    "policy:automatic_per_device_day_fen_max": N_("and because of one machine a day at most"),
    "policy:automatic_assurances": N_("Evidence on which a machine may move money"),
    "policy:automatic_order_fen_max": N_(
        "A machine gives back for an order that nobody has set out with at most"
    ),
    "policy:agent_refund_fen_max": N_("An agent decides up to, above it a supervisor"),
    "policy:closing_reserve_fen": N_("Of a card being closed so much waits for machines"),
    "policy:offline_window_s": N_("Machines without a line are waited for"),
    "policy:jurisdiction": N_("Whose law sets the longest time for a refund"),
    "policy:refund_days": N_("A refund is paid within days"),
    "policy:refund_unused_days": N_("or, where nothing was used, within days"),
    "policy:topup_choices_fen": N_("Amounts on offer for topping up"),
    "policy:topup_fen_min": N_("A top-up is at least"),
    "policy:topup_fen_max": N_("and at most"),
    "policy:topups_per_card_day_max": N_("A card is topped up so often a day"),
    "policy:named_card_fen_max": N_("A card whose holder has shown his papers holds at most"),
    "policy:bearer_card_fen_max": N_("Any other card holds at most"),
    "policy:cash_undo_s": N_("Whoever took cash may undo it within"),
    "policy:untapped_remind_s": N_("Money that waits for a tap is reminded of after"),
    "policy:untapped_days": N_("and may go back after days"),
    "policy:automatic_load_cancel_fen_max": N_(
        "A machine gives back of money that waits for a tap at most"
    ),
    "policy:enterprise_low_fen": N_("An enterprise is told when its account falls below"),
    "policy:enterprise_second_person_fen": N_(
        "A second person confirms an enterprise's transfer from"
    ),
    "policy:over_pour_extra_percent": N_("While a valve closes so much more may come"),
    "policy:free_ml_min": N_("Water that ran unsold is mentioned from"),
    "policy:free_day_ml_min": N_("Water given away in a day is a case from"),
    "policy:free_day_per_mille": N_("and from this share of the day, per mille"),
    "policy:machine_ml_s_max": N_("No machine pours more in a second than"),
    "policy:odd_readings_day_min": N_("Impossible readings in a day are a case from"),
    "policy:drift_per_mille": N_("A meter is to be calibrated from this drift on, per mille"),
    "policy:drift_stop_per_mille": N_("and stops the sale from this one on, per mille"),
    "policy:drift_ml_min": N_("Less water than this says nothing about a meter"),
    "policy:gap_ticket_s": N_("Missing records are a case after"),
    "policy:breaker_corrections_min": N_("Automatic money stops from so many corrections on"),
    "policy:breaker_per_mille": N_("and from this share of pours on, per mille"),
    "policy:breaker_hour_fen_max": N_("or above this sum in an hour"),
    "policy:automatic_day_fen_max": N_("Machines give back in a day, all cards, at most"),
    "policy:shared_statement_days_max": N_("Another operator's statement is taken for days"),
    "policy:callback_attempts_max": N_("A customer is called back so often"),
    "policy:callback_retry_s": N_("with so much time between"),
}
