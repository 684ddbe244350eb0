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

create materialized view telemetry_hour with (timescaledb.continuous, timescaledb.materialized_only = false) as
select t.tenant_id, t.device_id, time_bucket('1 hour', t.ts) as ts,
    /*rollup_of_readings*/
from telemetry t
group by 1, 2, 3
with no data;

create materialized view telemetry_day with (timescaledb.continuous, timescaledb.materialized_only = false) as
select t.tenant_id, t.device_id, time_bucket('1 day', t.ts, 'Asia/Shanghai') as ts,
    /*rollup_of_hours*/
from telemetry_hour t
group by 1, 2, 3
with no data;

select add_continuous_aggregate_policy('telemetry_hour',
    start_offset => interval '/*late_days*/ days' + interval '1 day',
    end_offset => interval '1 hour', schedule_interval => interval '5 minutes');
select add_continuous_aggregate_policy('telemetry_day',
    start_offset => interval '/*late_days*/ days' + interval '3 days',
    end_offset => interval '1 hour', schedule_interval => interval '1 hour');

select add_retention_policy('telemetry', interval '/*raw_days*/ days');
select add_retention_policy('telemetry_hour', interval '/*hours_days*/ days');
select add_retention_policy('telemetry_day', interval '/*days_days*/ days');

-- Chunks are made by inserting, and policies do the rest: the two functions have nothing to do here.
create function telemetry_cover(since timestamptz, until timestamptz) returns void language sql as '';
create function telemetry_maintain(at timestamptz) returns void language sql as '';
