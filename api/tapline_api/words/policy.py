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
    "policy:callback_attempts_max": N_("A customer is called back so often"),
    "policy:callback_retry_s": N_("with so much time between"),
}
