-- Rolls the touched hours and the business days (Asia/Shanghai) around them up again, whole.
create or replace function telemetry_refresh() returns void language plpgsql as $$
declare
    devices text[];
    hours timestamptz[];
begin
    with taken as (delete from telemetry_touched returning device_id, hour),
    stale as (select distinct device_id, hour from taken)
    select array_agg(device_id), array_agg(hour) into devices, hours from stale;

    insert into telemetry_hour
    select t.tenant_id, t.device_id, stale.hour,
    /*rollup_of_readings*/
    from unnest(devices, hours) as stale (device_id, hour)
    join telemetry t on t.device_id = stale.device_id
                    and t.ts >= stale.hour and t.ts < stale.hour + interval '1 hour'
    group by 1, 2, 3
    on conflict (device_id, ts) do update set
    /*rollup_replaced*/;

    insert into telemetry_day
    select t.tenant_id, t.device_id, stale.day,
    /*rollup_of_hours*/
    from (
        select distinct device_id, date_trunc('day', hour, 'Asia/Shanghai') as day
        from unnest(devices, hours) as touched (device_id, hour)
    ) stale
    join telemetry_hour t on t.device_id = stale.device_id
                         and t.ts >= stale.day and t.ts < stale.day + interval '1 day'
    group by 1, 2, 3
    on conflict (device_id, ts) do update set
    /*rollup_replaced*/;
end $$;
