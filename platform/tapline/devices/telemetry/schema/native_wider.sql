alter table telemetry
    /*metric_added*/;

alter table telemetry_hour
    /*rollup_added*/;

alter table telemetry_day
    /*rollup_added*/;
