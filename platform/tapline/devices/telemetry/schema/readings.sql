-- When a boot of a device began, by our clock, as the first message heard of it tells. Kept for ever: whoever
-- sends an old frame again finds it placed at the same moment, where the unique key already knows it.
create table telemetry_boot (
    device_id text not null,
    boot bigint not null,
    zero_at timestamptz not null,
    constraint pk_telemetry_boot primary key (device_id, boot)
);
