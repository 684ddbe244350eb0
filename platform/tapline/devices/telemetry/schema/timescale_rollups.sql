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

-- As far back as there are readings: only what changed is rolled up again, and at first all of it.
select add_continuous_aggregate_policy('telemetry_hour',
    start_offset => interval '/*raw_days*/ days' - interval '1 day',
    end_offset => interval '1 hour', schedule_interval => interval '5 minutes');
select add_continuous_aggregate_policy('telemetry_day',
    start_offset => interval '/*raw_days*/ days' - interval '1 day',
    end_offset => interval '1 hour', schedule_interval => interval '1 hour');

select add_retention_policy('telemetry_hour', interval '/*hours_days*/ days');
select add_retention_policy('telemetry_day', interval '/*days_days*/ days');
