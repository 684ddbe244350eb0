create extension if not exists timescaledb;

create table telemetry (
    tenant_id text not null,
    device_id text not null,
    ts timestamptz not null,
    boot bigint not null,
    up_ms bigint not null,
    /*metric_columns*/,
    extra jsonb,
    constraint uq_telemetry_reading unique (device_id, ts, boot, up_ms)
);
select create_hypertable('telemetry', by_range('ts', interval '1 day'), create_default_indexes => false);

alter table telemetry set (
    timescaledb.compress, timescaledb.compress_segmentby = 'device_id', timescaledb.compress_orderby = 'ts'
);
-- A day older than the latest reading that is taken: what is compressed no longer changes.
select add_compression_policy('telemetry', interval '/*late_days*/ days' + interval '1 day');

select add_retention_policy('telemetry', interval '/*raw_days*/ days');

-- Chunks are made by inserting, and policies do the rest: the two functions have nothing to do here.
create function telemetry_cover(since timestamptz, until timestamptz) returns void language sql as '';
create function telemetry_maintain(at timestamptz) returns void language sql as '';
