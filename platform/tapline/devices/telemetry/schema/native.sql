create table telemetry (
    tenant_id text not null,
    device_id text not null,
    ts timestamptz not null,
    boot bigint not null,
    up_ms bigint not null,
    /*metric_columns*/,
    extra jsonb,
    constraint uq_telemetry_reading unique (device_id, ts, boot, up_ms)
) partition by range (ts);

create table telemetry_hour (
    tenant_id text not null,
    device_id text not null,
    ts timestamptz not null,
    /*rollup_columns*/,
    constraint pk_telemetry_hour primary key (device_id, ts)
);

create table telemetry_day (
    tenant_id text not null,
    device_id text not null,
    ts timestamptz not null,
    /*rollup_columns*/,
    constraint pk_telemetry_day primary key (device_id, ts)
);

-- Hours of devices whose rollup no longer tells what the readings say. A queue without a key: a mark that is
-- not yet committed must survive the refresh that cannot see its readings either.
create table telemetry_touched (
    device_id text not null,
    hour timestamptz not null
);

create function telemetry_touch() returns trigger language plpgsql as $$
begin
    insert into telemetry_touched (device_id, hour)
    select distinct device_id, date_trunc('hour', ts, 'UTC') from arrived;
    return null;
end $$;

create trigger telemetry_touch after insert on telemetry
    referencing new table as arrived
    for each statement execute function telemetry_touch();

-- One partition a day (UTC), made where it is missing. Attaching lets readers and writers go on, which creating it
-- in place would not; the advisory lock lets two processes meet here.
create function telemetry_cover(since timestamptz, until timestamptz) returns void language plpgsql as $$
declare
    day date;
    partition text;
begin
    for day in
        select generate_series(date_trunc('day', since, 'UTC') at time zone 'UTC',
                               until at time zone 'UTC', interval '1 day')
    loop
        partition := 'telemetry_' || to_char(day, 'YYYYMMDD');
        continue when to_regclass(partition) is not null;
        perform pg_advisory_xact_lock(hashtext('telemetry_cover'));
        continue when to_regclass(partition) is not null;
        execute format('create table %I (like telemetry including all)', partition);
        execute format(
            'alter table telemetry attach partition %I for values from (%L) to (%L)', partition,
            to_char(day, 'YYYY-MM-DD') || ' 00:00+00', to_char(day + 1, 'YYYY-MM-DD') || ' 00:00+00'
        );
    end loop;
end $$;

-- Dropping a partition needs the table for itself. Whoever waits for that stops all who come after him, so it does
-- not wait long: a report that runs for an hour only puts it off until the next time.
create function telemetry_forget(at timestamptz) returns void language plpgsql as $$
declare
    partition regclass;
begin
    delete from telemetry_hour where ts < at - interval '/*hours_days*/ days';
    delete from telemetry_day where ts < at - interval '/*days_days*/ days';
    perform set_config('lock_timeout', '1s', true);
    for partition in
        select inhrelid from pg_inherits join pg_class on pg_class.oid = inhrelid
        where inhparent = 'telemetry'::regclass
          and relname < 'telemetry_' || to_char((at - interval '/*raw_days*/ days') at time zone 'UTC', 'YYYYMMDD')
    loop
        execute format('drop table %s', partition);
    end loop;
exception when lock_not_available then
    null;
end $$;

-- What TimescaleDB's policies do by themselves. Dropping last: its lock stops ingestion until the commit.
create function telemetry_maintain(at timestamptz) returns void language plpgsql as $$
begin
    perform pg_advisory_xact_lock(hashtext('telemetry_maintain'));
    perform telemetry_refresh();
    perform telemetry_cover(at, at + interval '/*late_days*/ days');
    perform telemetry_forget(at);
end $$;
