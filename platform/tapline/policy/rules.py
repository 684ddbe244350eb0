"""The parameters and their defaults."""

from dataclasses import dataclass

from tapline.policy.water import WaterPolicy


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy(WaterPolicy):
    """One version of a tenant's parameters. Amounts in fen, times in seconds."""

    version: int = 0
    console_networks: tuple[str, ...] = ()
    """The console and its interface open from these networks alone; none named: from anywhere."""
    pour_ml_min: int = 50
    """Below this a pour is no water at all."""
    full_pour_percent: int = 90
    """From this share of what was asked a pour is whole."""
    double_charge_window_s: int = 60
    gap_s: int = 900
    """How long a number may be missing from an online device before it is asked for again."""
    lease_s: int = 120
    """How long a machine may take to write a voucher to a card."""
    device_ticket_findings: int = 4
    """So many charges without water of a device within the window open a ticket."""
    device_ticket_window_s: int = 24 * 3600
    ticket_respond_s: int = 1800
    """Working time until somebody has answered; these all count on the service calendar."""
    ticket_resolve_urgent_s: int = 2 * 3600
    ticket_resolve_high_s: int = 4 * 3600
    ticket_resolve_s: int = 9 * 3600
    """One working day."""
    ticket_resolve_low_s: int = 45 * 3600
    """Five working days, for what nobody waits for."""
    ticket_warn_percent: int = 80
    ticket_repeat_window_s: int = 7 * 24 * 3600
    """The same customer with the same trouble within this time was not helped."""
    ticket_cluster_window_s: int = 24 * 3600
    ticket_cluster_min: int = 3
    """So many cases of one kind on one site within the window go before the supervisors."""
    ticket_fast_site_kinds: tuple[str, ...] = ("business",)
    """On sites of these kinds a dispute goes before others: campus, community or business."""
    ticket_returns_max: int = 3
    """So many returns of a case bring it before the supervisors."""
    ticket_reopen_window_s: int = 7 * 24 * 3600
    """How long after its end a customer may say that a case is not settled."""
    foreseen_visits_per_day_max: int = 3
    """Visits a day to what is only foreseen: more, and a technician stops believing them."""
    automatic_fen_max: int = 3000
    """The most that a machine gives back for one pour."""
    automatic_per_card_30d_max: int = 3
    automatic_per_device_day_fen_max: int = 50_000
    automatic_assurances: tuple[str, ...] = ("A", "B")
    """Evidence on which a machine may move money."""
    automatic_order_fen_max: int = 10_000
    """The most that a machine gives back for an order that nobody has set out with."""
    agent_refund_fen_max: int = 30_000
    """The most that an agent decides about; above it a supervisor does."""
    closing_reserve_fen: int = 2000
    """Of a card that is closed, so much waits until no machine can still sell to it."""
    offline_window_s: int = 72 * 3600
    """How long it waits for machines without a line."""
    jurisdiction: str = "CN"
    """Whose law sets the longest time for paying a refund."""
    refund_days: int = 15
    """Within so many days of the request a refund is paid."""
    refund_unused_days: int = 15
    """The same where nothing was used within seven days of paying."""
    callback_attempts_max: int = 2
    """So often a customer is called back; then he is told by message."""
    callback_retry_s: int = 900
    # partners
    objection_s: int = 18 * 3600
    """Two working days: so long a side may answer before somebody decides without its word."""
    visit_fen: int = 8000
    """What a technician's visit costs the side that answers for the fault."""
    morning_hour: int = 8
    """From this hour on managers are told by text what broke the day before."""

    # Money onto cards.
    topup_choices_fen: tuple[int, ...] = (2000, 5000, 10_000, 20_000)
    """Amounts that the portal offers at a touch."""
    topup_fen_min: int = 100
    topup_fen_max: int = 100_000
    topups_per_card_day_max: int = 10
    named_card_fen_max: int = 500_000
    """What a registered card may hold; a bearer card may hold the next. MOFCOM 2012/9."""
    bearer_card_fen_max: int = 100_000
    cash_undo_s: int = 600
    """How long whoever took cash may undo it by himself."""
    untapped_remind_s: int = 24 * 3600
    """Money that waits for a tap so long is worth a reminder, and a finding."""
    untapped_days: int = 7
    """After so many days the way it was paid is offered instead."""
    automatic_load_cancel_fen_max: int = 50_000
    """The most that a machine gives back of money that no card has taken up."""
    tickets_used_at: str = "average"
    """What used tickets of a booklet begun count when the others are given back: `average`, what
    they cost in the booklet, or `barrel`, what their barrels cost without it."""
    automatic_tickets_fen_max: int = 50_000
    """The most that a machine gives back for water tickets that are not used, each at the average
    price of those in hand."""
    enterprise_low_fen: int = 20_000
    """Below this the finance contact of an enterprise is told."""
    enterprise_second_person_fen: int = 1_000_000
    """From this amount on a second person confirms an enterprise's transfer."""

    # The life of cards.
    card_replace_fee_fen: int = 0
    """What a card costs that takes the place of another one."""
    card_low_fen: int = 500
    """Below this the holder of a card is told to top it up; 0: nobody is."""
    card_arrears_fen: int = 1000
    """Who owes more for water than this is told at once."""
    card_arrears_days: int = 30
    """Who owes anything for longer than this is told."""
    card_reminder_days: int = 7
    """Who was told that he owes is not told again within so many days."""
    card_failing_findings: int = 3
    """So many interrupted or failed operations of a card within the window mean that it wears."""
    card_failing_window_s: int = 30 * 24 * 3600

    # The books.
    break_days_max: int = 7
    """What a clearing account holds longer needs a reason before a day is closed."""
    adjustment_alone_fen_max: int = 10_000
    """The most that one person moves between accounts by hand; above it a second one approves."""
    import_alone_fen_max: int = 1_000_000
    """The most that one person takes over from another system's books; above it two do."""
    import_line_fen_max: int = 500_000
    """One line of such books names no more: else a unit was mistaken."""

    # Machines and breakers.
    over_pour_extra_percent: int = 10
    """So much more than was asked comes while a valve closes; beyond, water is given away."""
    free_ml_min: int = 200
    """What a machine meters without selling is not mentioned below this."""
    free_day_ml_min: int = 5000
    free_day_per_mille: int = 20
    """More than both of these given away in a day deserve a look at the machine."""
    machine_ml_s_max: int = 1000
    """No machine pours more in a second: a counter that rose faster is not believed."""
    odd_readings_day_min: int = 3
    """So many readings in a day that cannot be deserve a look at the machine."""
    drift_per_mille: int = 30
    """From here on a meter drifts: it is to be calibrated, and no machine gives back for what it
    says came in part."""
    drift_stop_per_mille: int = 50
    """From here on the machine stops selling."""
    drift_ml_min: int = 20_000
    """Less water than this says nothing about a meter."""
    gap_ticket_s: int = 24 * 3600
    """What a machine with a line has not sent again within this time is for a person."""
    breaker_corrections_min: int = 20
    breaker_per_mille: int = 50
    """Both together stop automatic money for a model and firmware, or for a site: so many
    corrections within an hour or a day, and more than this share of its pours."""
    breaker_hour_fen_max: int = 50_000
    """So much within an hour stops it as well."""
    automatic_day_fen_max: int = 500_000
    """The most that machines give back for pours in a day, of all cards together."""

    # Outages.
    dark_s: int = 180
    """A machine whose connection broke is dark after so much silence."""
    dark_return_s: int = 600
    """So long may a machine take to find its way back after an outage of ours, or after works."""
    dark_silent_s: int = 7800
    """So long may a machine keep still whose connection stands: it counts up every hour."""
    dark_ticket_s: int = 1800
    """A machine that is dark for longer, alone, is somebody's to look after."""
    deaf_s: int = 120
    """When nobody has read the broker for so long, the outage is ours."""
    outage_machines_min: int = 3
    outage_share_percent: int = 50
    """So many of a site's machines, and at least this share, gone within the window are one
    outage."""
    outage_window_s: int = 600
    outage_back_s: int = 600
    """An outage is over when most of its machines have been back for so long."""
    outage_sites_min: int = 3
    """Outages of so many sites within the window, with half of all machines, are one of ours."""
    planned_long_s: int = 4 * 3600
    """Works that are longer need notice."""
    planned_notice_s: int = 24 * 3600
    outage_audience_days: int = 30
    """Who used a card on a site within so many days is told of its outages."""
    quiet_from_h: int = 21
    quiet_until_h: int = 8
    """From the one hour to the other no text wakes anybody."""

    # Cards whose balance is online.
    authorise_fen_max: int = 2000
    """The most that one pour may draw."""
    authorise_day_fen_max: int = 20_000
    """The most that one card may draw in a day."""
    authorise_s: int = 120
    """How long a machine may take until it opens its valve; its pour may come `offline_window_s`
    later."""
    prove_s: int = 120
    """How long a customer has to tap the card that he wants to prove."""

    # The chains of cards; how long missing records may come is `offline_window_s`.
    torn_open_s: int = 7 * 24 * 3600
    """An interrupted charge that no tap has decided by then is looked at by a person."""
    restore_fen_max: int = 5000
    """The most that is written back to a purse by machine for records that never came."""
    late_upload_s: int = 48 * 3600
    """A record that comes later than this after the pour is late."""
    late_upload_ticket_s: int = 30 * 24 * 3600
    """So late that a person looks at it."""
    unknown_card_ticket_s: int = 24 * 3600
    """So long may a card be used before it is issued; then somebody asks whose it is."""

    # Barrels.
    recount_s: int = 24 * 3600
    """So long a courier may take to say who is right where his customer counts otherwise."""

    # Goodwill.
    goodwill_fen_max: int = 1000
    """The most that an agent gives for one pour at his own word; above it a supervisor decides."""
    goodwill_card_30d_fen_max: int = 3000
    goodwill_agent_day_fen_max: int = 10_000
    goodwill_undo_s: int = 600
    """How long whoever gave it may take it back, while no machine has it to write."""

    # Schools.
    graduation_reminders_max: int = 3
    """So often somebody who has left is told that his money waits; it waits on without end."""
    graduation_reminder_days: int = 30
    flush_lead_days: int = 2
    """So long before a closed site opens again, machines that stood still are flushed."""
    stagnant_days: int = 3
    """Water that stood in a machine for so long is let out before anybody drinks it."""
    stagnant_night_s: int = 24 * 3600
    """Where a machine is in use and no water ran for so long, it is flushed by night; 0: never."""
    flush_night_from_h: int = 2
    flush_night_until_h: int = 5
    """Between these hours."""

    round_grace_days: int = 2
    """A round that is not done so many days after its day is late, and brought before the desk."""

    # Firmware.
    rollout_soak_s: int = 24 * 3600
    """So long the machines of a ring run a new image before those of the next are told."""
    rollout_pours_min: int = 100
    """And so often they pour with it; less says nothing about a rate either."""
    rollout_ring_percent: int = 80
    """And so many of those told have it."""
    rollout_attempts_max: int = 3
    """So often a machine is tried."""
    rollout_job_s: int = 6 * 3600
    """So long a machine may take, and its download address holds."""
    rollout_at_once_max: int = 50
    """Machines of a rollout that download at a time."""
    rollout_failed_percent: int = 20
    """More failed updates than this stop a rollout."""
    rollout_findings_min: int = 3
    """Fewer findings than this never stop one."""
    rollout_chance_ppm: int = 1000
    """Findings that would be more rare than this by chance stop one; in a million."""
    rollout_past_s: int = 7 * 24 * 3600
    """What machines did before their update counts so far back."""

    # Statements shared with other operators.
    shared_statement_days_max: int = 7
    """Another operator's file that is older than this is not taken."""
