alter table telemetry
    /*metric_added*/;

-- A continuous aggregate takes no further column.
drop materialized view telemetry_day;
drop materialized view telemetry_hour;
