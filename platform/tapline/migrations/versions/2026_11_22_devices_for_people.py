"""Devices for people: water, outages, rounds, firmware, certificates."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "7699889611c3"
down_revision = "a00eb7626b8e"
branch_labels = None
depends_on = None

# What a school's calendar asked for is one cause among others now; those of before are over.
_FLUSHES = """
insert into machine_flush (device_id, opens_on, tenant_id, site_id, cause, still_since, command_id,
                           ended_at, acknowledged_at, acknowledged_by, words)
select flush.device_id, opens_on, flush.tenant_id, device.site_id, 'opening', still_since,
       command_id, now(), acknowledged_at, acknowledged_by, words
from school_flush flush join device using (device_id)
"""


def upgrade() -> None:
    op.create_table(
        "broker_eviction",
        sa.Column("client_id", sa.String(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("failure", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("client_id", name=op.f("pk_broker_eviction")),
    )
    op.create_index(
        "ix_broker_eviction_due",
        "broker_eviction",
        ["asked_at"],
        unique=False,
        postgresql_where=sa.text("done_at is null"),
    )
    op.create_table(
        "consumption_hour",
        sa.Column("tenant_id", sa.String(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("device_id", sa.String(), nullable=False),
        sa.Column("hour", sa.DateTime(timezone=True), nullable=False),
        sa.Column("pours", sa.BigInteger(), nullable=False),
        sa.Column("ml", sa.BigInteger(), nullable=False),
        sa.Column("fen", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint(
            "tenant_id", "day", "device_id", "hour", name=op.f("pk_consumption_hour")
        ),
    )
    op.create_table(
        "feed_watch",
        sa.Column("tenant_id", sa.String(), nullable=False),
        sa.Column("examined_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", name=op.f("pk_feed_watch")),
    )
    op.create_table(
        "hearing",
        sa.Column("hearing_id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("listener", sa.String(), nullable=False),
        sa.Column("began_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("heard_until", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("hearing_id", name=op.f("pk_hearing")),
    )
    op.create_index(
        op.f("ix_hearing_listener_heard_until"),
        "hearing",
        ["listener", "heard_until"],
        unique=False,
    )
    op.create_table(
        "issuing_authority",
        sa.Column("serial", sa.String(), nullable=False),
        sa.Column("root_pem", sa.String(), nullable=False),
        sa.Column("certificate_pem", sa.String(), nullable=False),
        sa.Column("key_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_pem", sa.String(), nullable=True),
        sa.Column("revoked_digest", sa.LargeBinary(), nullable=True),
        sa.Column("revoked_signed_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("serial", name=op.f("pk_issuing_authority")),
    )
    op.create_table(
        "barrel_lot_hold",
        sa.Column("tenant_id", sa.String(), nullable=False),
        sa.Column("lot", sa.String(), nullable=False),
        sa.Column("why", sa.String(), nullable=False),
        sa.Column("held_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("held_by", sa.String(), nullable=False),
        sa.Column("let_go_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("let_go_by", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenant.tenant_id"], name=op.f("fk_barrel_lot_hold_tenant_id")
        ),
        sa.PrimaryKeyConstraint("tenant_id", "lot", name=op.f("pk_barrel_lot_hold")),
    )
    op.create_table(
        "consumption_day",
        sa.Column("tenant_id", sa.String(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("rolled_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenant.tenant_id"], name=op.f("fk_consumption_day_tenant_id")
        ),
        sa.PrimaryKeyConstraint("tenant_id", "day", name=op.f("pk_consumption_day")),
    )
    op.create_table(
        "round_plan",
        sa.Column("plan_id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("kind", sa.String(length=24), nullable=False),
        sa.Column("every_days", sa.BigInteger(), nullable=False),
        sa.Column("first_on", sa.Date(), nullable=False),
        sa.Column("site_ids", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("device_ids", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("items", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("photos_min", sa.BigInteger(), nullable=False),
        sa.Column("made_by", sa.String(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_by", sa.String(), nullable=True),
        sa.CheckConstraint(
            "every_days between 1 and 366", name=op.f("ck_round_plan_every_few_days")
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenant.tenant_id"], name=op.f("fk_round_plan_tenant_id")
        ),
        sa.PrimaryKeyConstraint("plan_id", name=op.f("pk_round_plan")),
    )
    op.create_index(
        op.f("ix_round_plan_tenant_id_ended_at"),
        "round_plan",
        ["tenant_id", "ended_at"],
        unique=False,
    )
    op.create_table(
        "firmware_image",
        sa.Column("image_id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.String(), nullable=False),
        sa.Column("file_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.String(), nullable=False),
        sa.Column("hw", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("min_version", sa.String(), nullable=True),
        sa.Column("counter", sa.BigInteger(), nullable=False),
        sa.Column("size_bytes", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("manifest", sa.LargeBinary(), nullable=False),
        sa.Column("signature", sa.LargeBinary(), nullable=False),
        sa.Column("signed_by", sa.String(), nullable=False),
        sa.Column("notes", sa.String(), nullable=False),
        sa.Column("uploaded_by", sa.String(), nullable=False),
        sa.Column("uploaded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("size_bytes > 0", name=op.f("ck_firmware_image_size_positive")),
        sa.ForeignKeyConstraint(
            ["file_id"], ["stored_file.file_id"], name=op.f("fk_firmware_image_file_id")
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenant.tenant_id"], name=op.f("fk_firmware_image_tenant_id")
        ),
        sa.PrimaryKeyConstraint("image_id", name=op.f("pk_firmware_image")),
        sa.UniqueConstraint(
            "tenant_id",
            "sha256",
            "counter",
            name=op.f("uq_firmware_image_tenant_id_sha256_counter"),
        ),
    )
    op.create_index(
        op.f("ix_firmware_image_tenant_id_uploaded_at"),
        "firmware_image",
        ["tenant_id", "uploaded_at"],
        unique=False,
    )
    op.create_table(
        "outage_incident",
        sa.Column("incident_id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(length=24), nullable=False),
        sa.Column("site_id", sa.Uuid(), nullable=True),
        sa.Column("began_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("found_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("is_deaf", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("cause", sa.String(length=24), nullable=False),
        sa.Column("machines", sa.BigInteger(), nullable=False),
        sa.Column("machines_most", sa.BigInteger(), nullable=False),
        sa.Column("machines_all", sa.BigInteger(), nullable=False),
        sa.Column("absorbed_by", sa.Uuid(), nullable=True),
        sa.Column("words", sa.String(), nullable=True),
        sa.Column("announced_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("announced_by", sa.String(), nullable=True),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(kind = 'site') = (site_id is not null)",
            name=op.f("ck_outage_incident_site_of_its_kind"),
        ),
        sa.ForeignKeyConstraint(
            ["absorbed_by"],
            ["outage_incident.incident_id"],
            name=op.f("fk_outage_incident_absorbed_by"),
        ),
        sa.ForeignKeyConstraint(
            ["site_id"], ["site.site_id"], name=op.f("fk_outage_incident_site_id")
        ),
        sa.PrimaryKeyConstraint("incident_id", name=op.f("pk_outage_incident")),
    )
    op.create_index(
        op.f("ix_outage_incident_tenant_id_began_at"),
        "outage_incident",
        ["tenant_id", "began_at"],
        unique=False,
    )
    op.create_index(
        "uq_outage_incident_ours",
        "outage_incident",
        ["tenant_id"],
        unique=True,
        postgresql_where=sa.text("ended_at is null and kind = 'ours'"),
    )
    op.create_index(
        "uq_outage_incident_site",
        "outage_incident",
        ["site_id"],
        unique=True,
        postgresql_where=sa.text("ended_at is null and site_id is not null"),
    )
    op.create_table(
        "planned_outage",
        sa.Column("plan_id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.String(), nullable=False),
        sa.Column("site_id", sa.Uuid(), nullable=False),
        sa.Column(
            "device_ids",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'[]'"),
            nullable=False,
        ),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("made_by", sa.String(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("cancelled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("told_version", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("held_version", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.CheckConstraint("starts_at < ends_at", name=op.f("ck_planned_outage_forward")),
        sa.ForeignKeyConstraint(
            ["site_id"], ["site.site_id"], name=op.f("fk_planned_outage_site_id")
        ),
        sa.PrimaryKeyConstraint("plan_id", name=op.f("pk_planned_outage")),
    )
    op.create_index(
        op.f("ix_planned_outage_tenant_id_site_id_starts_at"),
        "planned_outage",
        ["tenant_id", "site_id", "starts_at"],
        unique=False,
    )
    op.create_table(
        "route_place",
        sa.Column("technician_id", sa.Uuid(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("stop", sa.String(), nullable=False),
        sa.Column("tenant_id", sa.String(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["technician_id"], ["staff.staff_id"], name=op.f("fk_route_place_technician_id")
        ),
        sa.PrimaryKeyConstraint("technician_id", "day", "stop", name=op.f("pk_route_place")),
    )
    op.create_table(
        "site_closure",
        sa.Column("closure_id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.String(), nullable=False),
        sa.Column("site_id", sa.Uuid(), nullable=False),
        sa.Column("device_id", sa.String(), nullable=True),
        sa.Column("kind", sa.String(length=24), nullable=False),
        sa.Column("began_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("words", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("made_by", sa.String(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_by", sa.String(), nullable=True),
        sa.CheckConstraint(
            "ends_at is null or began_at < ends_at", name=op.f("ck_site_closure_closure_forward")
        ),
        sa.ForeignKeyConstraint(
            ["site_id"], ["site.site_id"], name=op.f("fk_site_closure_site_id")
        ),
        sa.PrimaryKeyConstraint("closure_id", name=op.f("pk_site_closure")),
    )
    op.create_index(
        op.f("ix_site_closure_tenant_id_site_id_began_at"),
        "site_closure",
        ["tenant_id", "site_id", "began_at"],
        unique=False,
    )
    op.create_table(
        "utility_reading",
        sa.Column("position", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("reading_id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.String(), nullable=False),
        sa.Column("site_id", sa.Uuid(), nullable=False),
        sa.Column("supply", sa.String(length=24), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("begins", sa.Boolean(), nullable=False),
        sa.Column("file_ids", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("amount >= 0", name=op.f("ck_utility_reading_amount_counts_up")),
        sa.ForeignKeyConstraint(
            ["site_id"], ["site.site_id"], name=op.f("fk_utility_reading_site_id")
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenant.tenant_id"], name=op.f("fk_utility_reading_tenant_id")
        ),
        sa.PrimaryKeyConstraint("position", name=op.f("pk_utility_reading")),
        sa.UniqueConstraint("reading_id", name=op.f("uq_utility_reading_reading_id")),
    )
    op.create_index(
        op.f("ix_utility_reading_site_id_supply_day"),
        "utility_reading",
        ["site_id", "supply", "day"],
        unique=False,
    )
    op.create_table(
        "darkness",
        sa.Column("darkness_id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.String(), nullable=False),
        sa.Column("device_id", sa.String(), nullable=False),
        sa.Column("site_id", sa.Uuid(), nullable=True),
        sa.Column("began_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("found_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("boot", sa.BigInteger(), nullable=True),
        sa.Column("returned", sa.String(length=24), nullable=True),
        sa.Column("incident_id", sa.Uuid(), nullable=True),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "ended_at is null or began_at <= ended_at", name=op.f("ck_darkness_forward")
        ),
        sa.ForeignKeyConstraint(
            ["device_id"], ["device.device_id"], name=op.f("fk_darkness_device_id")
        ),
        sa.ForeignKeyConstraint(
            ["incident_id"], ["outage_incident.incident_id"], name=op.f("fk_darkness_incident_id")
        ),
        sa.ForeignKeyConstraint(["site_id"], ["site.site_id"], name=op.f("fk_darkness_site_id")),
        sa.PrimaryKeyConstraint("darkness_id", name=op.f("pk_darkness")),
        sa.UniqueConstraint("device_id", "began_at", name=op.f("uq_darkness_device_id_began_at")),
    )
    op.create_index(op.f("ix_darkness_incident_id"), "darkness", ["incident_id"], unique=False)
    op.create_index(
        op.f("ix_darkness_tenant_id_began_at"), "darkness", ["tenant_id", "began_at"], unique=False
    )
    op.create_index(
        "uq_darkness_open",
        "darkness",
        ["device_id"],
        unique=True,
        postgresql_where=sa.text("ended_at is null"),
    )
    op.create_table(
        "device_certificate",
        sa.Column("serial", sa.String(), nullable=False),
        sa.Column("device_id", sa.String(), nullable=False),
        sa.Column("tenant_id", sa.String(), nullable=False),
        sa.Column("authority_serial", sa.String(), nullable=False),
        sa.Column("key_sha256", sa.LargeBinary(), nullable=False),
        sa.Column("der", sa.LargeBinary(), nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_for", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(
            ["authority_serial"],
            ["issuing_authority.serial"],
            name=op.f("fk_device_certificate_authority_serial"),
        ),
        sa.ForeignKeyConstraint(
            ["device_id"], ["device.device_id"], name=op.f("fk_device_certificate_device_id")
        ),
        sa.PrimaryKeyConstraint("serial", name=op.f("pk_device_certificate")),
    )
    op.create_index(
        op.f("ix_device_certificate_authority_serial_revoked_at"),
        "device_certificate",
        ["authority_serial", "revoked_at"],
        unique=False,
    )
    op.create_index(
        op.f("ix_device_certificate_device_id_issued_at"),
        "device_certificate",
        ["device_id", "issued_at"],
        unique=False,
    )
    op.create_table(
        "device_sale_hold",
        sa.Column("device_id", sa.String(), nullable=False),
        sa.Column("cause", sa.String(), nullable=False),
        sa.Column("tenant_id", sa.String(), nullable=False),
        sa.Column("says", sa.String(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lifted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("safe_upto", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["device_id"], ["device.device_id"], name=op.f("fk_device_sale_hold_device_id")
        ),
        sa.PrimaryKeyConstraint("device_id", "cause", name=op.f("pk_device_sale_hold")),
    )
    op.create_table(
        "feed_report",
        sa.Column("device_id", sa.String(), nullable=False),
        sa.Column("ref", sa.BigInteger(), nullable=False),
        sa.Column("content_hash", sa.LargeBinary(), nullable=False),
        sa.Column("tenant_id", sa.String(), nullable=False),
        sa.Column("inbox_id", sa.BigInteger(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("card_no", sa.String(), nullable=True),
        sa.Column("amt_fen", sa.BigInteger(), nullable=False),
        sa.Column("bal_after_fen", sa.BigInteger(), nullable=True),
        sa.Column("ml", sa.BigInteger(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("moment", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["device_id"], ["device.device_id"], name=op.f("fk_feed_report_device_id")
        ),
        sa.PrimaryKeyConstraint("device_id", "ref", "content_hash", name=op.f("pk_feed_report")),
    )
    op.create_index(
        op.f("ix_feed_report_device_id_received_at"),
        "feed_report",
        ["device_id", "received_at"],
        unique=False,
    )
    op.create_index(
        op.f("ix_feed_report_tenant_id_received_at"),
        "feed_report",
        ["tenant_id", "received_at"],
        unique=False,
    )
    op.create_table(
        "firmware_run",
        sa.Column("device_id", sa.String(), nullable=False),
        sa.Column("from_boot", sa.BigInteger(), nullable=False),
        sa.Column("fw", sa.String(), nullable=False),
        sa.Column("hw", sa.String(), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["device_id"], ["device.device_id"], name=op.f("fk_firmware_run_device_id")
        ),
        sa.PrimaryKeyConstraint("device_id", "from_boot", name=op.f("pk_firmware_run")),
    )
    op.create_table(
        "machine_flush",
        sa.Column("device_id", sa.String(), nullable=False),
        sa.Column("opens_on", sa.Date(), nullable=False),
        sa.Column("tenant_id", sa.String(), nullable=False),
        sa.Column("site_id", sa.Uuid(), nullable=True),
        sa.Column("cause", sa.String(length=24), nullable=False),
        sa.Column("still_since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("command_id", sa.String(), nullable=False),
        sa.Column("stop_id", sa.String(), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("acknowledged_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("acknowledged_by", sa.String(), nullable=True),
        sa.Column("words", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["device_id"], ["device.device_id"], name=op.f("fk_machine_flush_device_id")
        ),
        sa.ForeignKeyConstraint(
            ["site_id"], ["site.site_id"], name=op.f("fk_machine_flush_site_id")
        ),
        sa.PrimaryKeyConstraint("device_id", "opens_on", name=op.f("pk_machine_flush")),
    )
    op.create_index(
        op.f("ix_machine_flush_site_id_opens_on"),
        "machine_flush",
        ["site_id", "opens_on"],
        unique=False,
    )
    op.create_index(
        op.f("ix_machine_flush_tenant_id_opens_on"),
        "machine_flush",
        ["tenant_id", "opens_on"],
        unique=False,
    )
    op.create_table(
        "planned_outage_entry",
        sa.Column("position", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("plan_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=24), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("device_ids", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["plan_id"], ["planned_outage.plan_id"], name=op.f("fk_planned_outage_entry_plan_id")
        ),
        sa.PrimaryKeyConstraint("position", name=op.f("pk_planned_outage_entry")),
    )
    op.create_index(
        op.f("ix_planned_outage_entry_plan_id_position"),
        "planned_outage_entry",
        ["plan_id", "position"],
        unique=False,
    )
    op.create_table(
        "rollout",
        sa.Column("rollout_id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.String(), nullable=False),
        sa.Column("image_id", sa.Uuid(), nullable=False),
        sa.Column("hw", sa.String(), nullable=False),
        sa.Column("state", sa.String(length=24), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("undoes", sa.Uuid(), nullable=True),
        sa.Column("proposed_by", sa.String(), nullable=False),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("approved_by", sa.String(), nullable=True),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ring", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("ring_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("looked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("figures", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("forgiven_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("paused_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("paused_by", sa.String(), nullable=True),
        sa.Column("paused_why", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_by", sa.String(), nullable=True),
        sa.CheckConstraint(
            "approved_by <> proposed_by or approved_by is null",
            name=op.f("ck_rollout_approved_by_another"),
        ),
        sa.ForeignKeyConstraint(
            ["image_id"], ["firmware_image.image_id"], name=op.f("fk_rollout_image_id")
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenant.tenant_id"], name=op.f("fk_rollout_tenant_id")
        ),
        sa.ForeignKeyConstraint(["undoes"], ["rollout.rollout_id"], name=op.f("fk_rollout_undoes")),
        sa.PrimaryKeyConstraint("rollout_id", name=op.f("pk_rollout")),
    )
    op.create_index(
        op.f("ix_rollout_tenant_id_proposed_at"),
        "rollout",
        ["tenant_id", "proposed_at"],
        unique=False,
    )
    op.create_index(
        "uq_rollout_live",
        "rollout",
        ["tenant_id", "hw"],
        unique=True,
        postgresql_where=sa.text("state in ('proposed', 'running', 'paused')"),
    )
    op.create_table(
        "round_visit",
        sa.Column("visit_id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.String(), nullable=False),
        sa.Column("plan_id", sa.Uuid(), nullable=False),
        sa.Column("device_id", sa.String(), nullable=False),
        sa.Column("site_id", sa.Uuid(), nullable=True),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("kind", sa.String(length=24), nullable=False),
        sa.Column("items", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("photos_min", sa.BigInteger(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("late_from", sa.Date(), nullable=False),
        sa.Column("technician_id", sa.Uuid(), nullable=True),
        sa.Column("state", sa.String(length=24), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("opened_by", sa.String(), nullable=True),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("done_by", sa.String(), nullable=True),
        sa.Column("escalated_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("window_from", sa.DateTime(timezone=True), nullable=True),
        sa.Column("window_until", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["device_id"], ["device.device_id"], name=op.f("fk_round_visit_device_id")
        ),
        sa.ForeignKeyConstraint(
            ["plan_id"], ["round_plan.plan_id"], name=op.f("fk_round_visit_plan_id")
        ),
        sa.ForeignKeyConstraint(["site_id"], ["site.site_id"], name=op.f("fk_round_visit_site_id")),
        sa.ForeignKeyConstraint(
            ["technician_id"], ["staff.staff_id"], name=op.f("fk_round_visit_technician_id")
        ),
        sa.PrimaryKeyConstraint("visit_id", name=op.f("pk_round_visit")),
    )
    op.create_index(
        op.f("ix_round_visit_device_id_due_on"),
        "round_visit",
        ["device_id", "due_on"],
        unique=False,
    )
    op.create_index(
        op.f("ix_round_visit_technician_id_state"),
        "round_visit",
        ["technician_id", "state"],
        unique=False,
    )
    op.create_index(
        op.f("ix_round_visit_tenant_id_state_due_on"),
        "round_visit",
        ["tenant_id", "state", "due_on"],
        unique=False,
    )
    op.create_index(
        "uq_round_visit_open",
        "round_visit",
        ["plan_id", "device_id"],
        unique=True,
        postgresql_where=sa.text("state in ('due', 'open')"),
    )
    op.create_table(
        "water_drill",
        sa.Column("tenant_id", sa.String(), nullable=False),
        sa.Column("quarter", sa.String(), nullable=False),
        sa.Column("device_id", sa.String(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("planned_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("held_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("held_by", sa.String(), nullable=True),
        sa.Column("took_ms", sa.BigInteger(), nullable=True),
        sa.Column("from_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("numbers", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.ForeignKeyConstraint(
            ["device_id"], ["device.device_id"], name=op.f("fk_water_drill_device_id")
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenant.tenant_id"], name=op.f("fk_water_drill_tenant_id")
        ),
        sa.PrimaryKeyConstraint("tenant_id", "quarter", name=op.f("pk_water_drill")),
    )
    op.create_table(
        "water_sample",
        sa.Column("sample_id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.String(), nullable=False),
        sa.Column("device_id", sa.String(), nullable=True),
        sa.Column("lot", sa.String(), nullable=True),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("taken_by", sa.String(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("laboratory", sa.String(), nullable=False),
        sa.Column("report_no", sa.String(), nullable=False),
        sa.Column("readings", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("limits", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("beyond", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("verdict", sa.String(length=24), nullable=False),
        sa.Column("policy_version", sa.BigInteger(), nullable=True),
        sa.Column("reported_by", sa.String(), nullable=True),
        sa.Column("reported_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("file_ids", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.CheckConstraint(
            "(device_id is null) <> (lot is null)", name=op.f("ck_water_sample_machine_or_lot")
        ),
        sa.ForeignKeyConstraint(
            ["device_id"], ["device.device_id"], name=op.f("fk_water_sample_device_id")
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenant.tenant_id"], name=op.f("fk_water_sample_tenant_id")
        ),
        sa.PrimaryKeyConstraint("sample_id", name=op.f("pk_water_sample")),
    )
    op.create_index(
        op.f("ix_water_sample_tenant_id_device_id_taken_at"),
        "water_sample",
        ["tenant_id", "device_id", "taken_at"],
        unique=False,
    )
    op.create_index(
        op.f("ix_water_sample_tenant_id_lot_taken_at"),
        "water_sample",
        ["tenant_id", "lot", "taken_at"],
        unique=False,
    )
    op.create_table(
        "water_treatment",
        sa.Column("treatment_id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.String(), nullable=False),
        sa.Column("device_id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(length=24), nullable=False),
        sa.Column("filter_kind", sa.String(length=24), nullable=True),
        sa.Column("total_ml", sa.BigInteger(), nullable=True),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("file_ids", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "(kind = 'filter_change') = (filter_kind is not null)",
            name=op.f("ck_water_treatment_filter_of_a_change"),
        ),
        sa.ForeignKeyConstraint(
            ["device_id"], ["device.device_id"], name=op.f("fk_water_treatment_device_id")
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenant.tenant_id"], name=op.f("fk_water_treatment_tenant_id")
        ),
        sa.PrimaryKeyConstraint("treatment_id", name=op.f("pk_water_treatment")),
    )
    op.create_index(
        op.f("ix_water_treatment_tenant_id_device_id_at"),
        "water_treatment",
        ["tenant_id", "device_id", "at"],
        unique=False,
    )
    op.create_table(
        "card_apology",
        sa.Column("apology_id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.String(), nullable=False),
        sa.Column("card_no", sa.String(), nullable=False),
        sa.Column("amount_fen", sa.BigInteger(), nullable=False),
        sa.Column("owed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("told_device_id", sa.String(), nullable=True),
        sa.Column("told_req", sa.String(), nullable=True),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("voucher_id", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(
            ["told_device_id"], ["device.device_id"], name=op.f("fk_card_apology_told_device_id")
        ),
        sa.ForeignKeyConstraint(
            ["voucher_id"], ["voucher.voucher_id"], name=op.f("fk_card_apology_voucher_id")
        ),
        sa.PrimaryKeyConstraint("apology_id", name=op.f("pk_card_apology")),
    )
    op.create_index(
        op.f("ix_card_apology_tenant_id_card_no"),
        "card_apology",
        ["tenant_id", "card_no"],
        unique=False,
    )
    op.create_table(
        "rollout_device",
        sa.Column("rollout_id", sa.Uuid(), nullable=False),
        sa.Column("device_id", sa.String(), nullable=False),
        sa.Column("ring", sa.BigInteger(), nullable=False),
        sa.Column("place", sa.String(), nullable=False),
        sa.Column("state", sa.String(length=24), nullable=False),
        sa.Column("attempts", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("why", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(
            ["device_id"], ["device.device_id"], name=op.f("fk_rollout_device_device_id")
        ),
        sa.ForeignKeyConstraint(
            ["rollout_id"], ["rollout.rollout_id"], name=op.f("fk_rollout_device_rollout_id")
        ),
        sa.PrimaryKeyConstraint("rollout_id", "device_id", name=op.f("pk_rollout_device")),
    )
    op.create_index(
        op.f("ix_rollout_device_device_id"), "rollout_device", ["device_id"], unique=False
    )
    op.create_index(
        op.f("ix_rollout_device_rollout_id_ring_state"),
        "rollout_device",
        ["rollout_id", "ring", "state"],
        unique=False,
    )
    op.create_table(
        "rollout_job",
        sa.Column("job_id", sa.Uuid(), nullable=False),
        sa.Column("rollout_id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.String(), nullable=False),
        sa.Column("device_id", sa.String(), nullable=False),
        sa.Column("image_id", sa.Uuid(), nullable=False),
        sa.Column("command_id", sa.String(), nullable=False),
        sa.Column("link_key", sa.LargeBinary(), nullable=False),
        sa.Column("state", sa.String(length=24), nullable=False),
        sa.Column("percent", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("rc", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("heard_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("cancel_id", sa.String(), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["device_id"], ["device.device_id"], name=op.f("fk_rollout_job_device_id")
        ),
        sa.ForeignKeyConstraint(
            ["image_id"], ["firmware_image.image_id"], name=op.f("fk_rollout_job_image_id")
        ),
        sa.ForeignKeyConstraint(
            ["rollout_id"], ["rollout.rollout_id"], name=op.f("fk_rollout_job_rollout_id")
        ),
        sa.PrimaryKeyConstraint("job_id", name=op.f("pk_rollout_job")),
    )
    op.create_index(
        op.f("ix_rollout_job_rollout_id_device_id_asked_at"),
        "rollout_job",
        ["rollout_id", "device_id", "asked_at"],
        unique=False,
    )
    op.create_index(
        "uq_rollout_job_open",
        "rollout_job",
        ["device_id"],
        unique=True,
        postgresql_where=sa.text("ended_at is null"),
    )
    op.create_table(
        "water_stop",
        sa.Column("stop_id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.String(), nullable=False),
        sa.Column("device_id", sa.String(), nullable=False),
        sa.Column("cause", sa.String(length=24), nullable=False),
        sa.Column("evidence", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("signs", sa.BigInteger(), nullable=False),
        sa.Column("last_sign_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sample_id", sa.Uuid(), nullable=True),
        sa.Column("stopped_by", sa.String(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("own_stop_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("command_id", sa.String(), nullable=False),
        sa.Column("released_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("released_by", sa.String(), nullable=True),
        sa.Column("release_sample_id", sa.Uuid(), nullable=True),
        sa.Column("release_words", sa.String(), nullable=True),
        sa.Column("release_command_id", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(
            ["device_id"], ["device.device_id"], name=op.f("fk_water_stop_device_id")
        ),
        sa.ForeignKeyConstraint(
            ["release_sample_id"],
            ["water_sample.sample_id"],
            name=op.f("fk_water_stop_release_sample_id"),
        ),
        sa.ForeignKeyConstraint(
            ["sample_id"], ["water_sample.sample_id"], name=op.f("fk_water_stop_sample_id")
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenant.tenant_id"], name=op.f("fk_water_stop_tenant_id")
        ),
        sa.PrimaryKeyConstraint("stop_id", name=op.f("pk_water_stop")),
    )
    op.create_index(
        op.f("ix_water_stop_tenant_id_opened_at"),
        "water_stop",
        ["tenant_id", "opened_at"],
        unique=False,
    )
    op.create_index(
        "uq_water_stop_open",
        "water_stop",
        ["device_id", "cause"],
        unique=True,
        postgresql_where=sa.text("released_at is null"),
    )
    op.create_table(
        "water_trace",
        sa.Column("trace_id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.String(), nullable=False),
        sa.Column("device_id", sa.String(), nullable=True),
        sa.Column("lot", sa.String(), nullable=True),
        sa.Column("sample_id", sa.Uuid(), nullable=True),
        sa.Column("words", sa.String(), nullable=False),
        sa.Column("from_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("to_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("opened_by", sa.Uuid(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("took_ms", sa.BigInteger(), nullable=False),
        sa.Column("looked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("told_by", sa.Uuid(), nullable=True),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("refund_asked_by", sa.Uuid(), nullable=True),
        sa.Column("refund_asked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("refund_asked_fen", sa.BigInteger(), nullable=True),
        sa.Column("refund_approved_by", sa.Uuid(), nullable=True),
        sa.Column("refund_approved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_by", sa.Uuid(), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("conclusion", sa.String(), nullable=True),
        sa.CheckConstraint(
            "(device_id is null) <> (lot is null)", name=op.f("ck_water_trace_machine_or_lot")
        ),
        sa.ForeignKeyConstraint(
            ["device_id"], ["device.device_id"], name=op.f("fk_water_trace_device_id")
        ),
        sa.ForeignKeyConstraint(
            ["ended_by"], ["staff.staff_id"], name=op.f("fk_water_trace_ended_by")
        ),
        sa.ForeignKeyConstraint(
            ["opened_by"], ["staff.staff_id"], name=op.f("fk_water_trace_opened_by")
        ),
        sa.ForeignKeyConstraint(
            ["refund_approved_by"],
            ["staff.staff_id"],
            name=op.f("fk_water_trace_refund_approved_by"),
        ),
        sa.ForeignKeyConstraint(
            ["refund_asked_by"], ["staff.staff_id"], name=op.f("fk_water_trace_refund_asked_by")
        ),
        sa.ForeignKeyConstraint(
            ["sample_id"], ["water_sample.sample_id"], name=op.f("fk_water_trace_sample_id")
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenant.tenant_id"], name=op.f("fk_water_trace_tenant_id")
        ),
        sa.ForeignKeyConstraint(
            ["told_by"], ["staff.staff_id"], name=op.f("fk_water_trace_told_by")
        ),
        sa.PrimaryKeyConstraint("trace_id", name=op.f("pk_water_trace")),
    )
    op.create_index(
        op.f("ix_water_trace_tenant_id_opened_at"),
        "water_trace",
        ["tenant_id", "opened_at"],
        unique=False,
    )
    op.create_index(
        "uq_water_trace_sample",
        "water_trace",
        ["sample_id"],
        unique=True,
        postgresql_where=sa.text("sample_id is not null"),
    )
    op.create_table(
        "round_entry",
        sa.Column("entry_id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.String(), nullable=False),
        sa.Column("visit_id", sa.Uuid(), nullable=False),
        sa.Column("request_key", sa.String(), nullable=False),
        sa.Column("made_by", sa.String(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answers", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("flaws", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("obstacle", sa.String(length=24), nullable=True),
        sa.Column("words", sa.String(), nullable=False),
        sa.Column("file_ids", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("ticket_id", sa.Uuid(), nullable=True),
        sa.Column("corrects", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(
            ["corrects"], ["round_entry.entry_id"], name=op.f("fk_round_entry_corrects")
        ),
        sa.ForeignKeyConstraint(
            ["ticket_id"], ["ticket.ticket_id"], name=op.f("fk_round_entry_ticket_id")
        ),
        sa.ForeignKeyConstraint(
            ["visit_id"], ["round_visit.visit_id"], name=op.f("fk_round_entry_visit_id")
        ),
        sa.PrimaryKeyConstraint("entry_id", name=op.f("pk_round_entry")),
        sa.UniqueConstraint(
            "visit_id", "request_key", name=op.f("uq_round_entry_visit_id_request_key")
        ),
    )
    op.create_index(
        op.f("ix_round_entry_visit_id_made_at"),
        "round_entry",
        ["visit_id", "made_at"],
        unique=False,
    )
    op.create_table(
        "water_trace_order",
        sa.Column("trace_id", sa.Uuid(), nullable=False),
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.Column("barrels", sa.BigInteger(), nullable=False),
        sa.Column("amount_fen", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("found_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("late", sa.Boolean(), nullable=False),
        sa.Column("ticket_id", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(
            ["order_id"], ["barrel_order.order_id"], name=op.f("fk_water_trace_order_order_id")
        ),
        sa.ForeignKeyConstraint(
            ["trace_id"], ["water_trace.trace_id"], name=op.f("fk_water_trace_order_trace_id")
        ),
        sa.PrimaryKeyConstraint("trace_id", "order_id", name=op.f("pk_water_trace_order")),
    )
    op.create_table(
        "water_trace_pour",
        sa.Column("trace_id", sa.Uuid(), nullable=False),
        sa.Column("device_id", sa.String(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("card_no", sa.String(), nullable=True),
        sa.Column("customer_id", sa.Uuid(), nullable=True),
        sa.Column("ml", sa.BigInteger(), nullable=False),
        sa.Column("amount_fen", sa.BigInteger(), nullable=False),
        sa.Column("found_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("late", sa.Boolean(), nullable=False),
        sa.Column("fate", sa.String(length=24), nullable=False),
        sa.Column("given_fen", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["trace_id"], ["water_trace.trace_id"], name=op.f("fk_water_trace_pour_trace_id")
        ),
        sa.PrimaryKeyConstraint("trace_id", "device_id", "seq", name=op.f("pk_water_trace_pour")),
    )
    op.create_index(
        op.f("ix_water_trace_pour_trace_id_customer_id"),
        "water_trace_pour",
        ["trace_id", "customer_id"],
        unique=False,
    )
    op.create_index(
        "ix_water_trace_pour_waiting",
        "water_trace_pour",
        ["trace_id", "found_at"],
        unique=False,
        postgresql_where=sa.text("fate = 'waiting'"),
    )
    op.create_table(
        "work_setback",
        sa.Column("setback_id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.String(), nullable=False),
        sa.Column("work_order_id", sa.Uuid(), nullable=False),
        sa.Column("request_key", sa.String(), nullable=False),
        sa.Column("obstacle", sa.String(length=24), nullable=False),
        sa.Column("next_step", sa.String(length=24), nullable=False),
        sa.Column("words", sa.String(), nullable=False),
        sa.Column("file_ids", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("made_by", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("part", sa.String(), nullable=True),
        sa.Column("part_count", sa.BigInteger(), nullable=True),
        sa.Column("part_came_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("part_came_by", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(
            ["work_order_id"],
            ["work_order.work_order_id"],
            name=op.f("fk_work_setback_work_order_id"),
        ),
        sa.PrimaryKeyConstraint("setback_id", name=op.f("pk_work_setback")),
        sa.UniqueConstraint(
            "work_order_id", "request_key", name=op.f("uq_work_setback_work_order_id_request_key")
        ),
    )
    op.create_index(
        "ix_work_setback_part_wanted",
        "work_setback",
        ["tenant_id", "at"],
        unique=False,
        postgresql_where=sa.text("part is not null and part_came_at is null"),
    )
    op.execute(_FLUSHES)
    op.drop_index(op.f("ix_school_flush_tenant_id_school_id_opens_on"), table_name="school_flush")
    op.drop_table("school_flush")
    op.add_column("device", sa.Column("next_password_sealed", sa.LargeBinary(), nullable=True))
    op.add_column("barrel_order", sa.Column("lot", sa.String(), nullable=True))
    op.create_index(
        op.f("ix_barrel_order_tenant_id_lot"), "barrel_order", ["tenant_id", "lot"], unique=False
    )
    op.create_index(
        "ix_dead_letter_open_device",
        "dead_letter",
        ["device_id"],
        unique=False,
        postgresql_where=sa.text("resolved_at is null"),
    )
    op.add_column(
        "vendor_device",
        sa.Column("is_witness", sa.Boolean(), server_default=sa.text("false"), nullable=False),
    )
    op.add_column("work_order", sa.Column("window_from", sa.DateTime(timezone=True), nullable=True))
    op.add_column(
        "work_order", sa.Column("window_until", sa.DateTime(timezone=True), nullable=True)
    )
    op.add_column("work_order", sa.Column("waits_for", sa.String(), nullable=True))
    op.add_column("work_order", sa.Column("code_hash", sa.LargeBinary(), nullable=True))
    op.add_column(
        "work_order",
        sa.Column("code_tries", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
    )


def downgrade() -> None:
    raise NotImplementedError("money is not un-migrated: restore a backup")
