-- Consents, that they were taken back, and what was given on them can only grow.
create or replace function sharing_append_only() returns trigger language plpgsql as $$
begin
    raise exception '% is append-only: it has to be shown as it was', tg_table_name
        using errcode = 'object_not_in_prerequisite_state';
end $$;

create or replace trigger sharing_consent_append_only
    before update or delete or truncate on sharing_consent
    for each statement execute function sharing_append_only();
create or replace trigger sharing_revocation_append_only
    before update or delete or truncate on sharing_revocation
    for each statement execute function sharing_append_only();
create or replace trigger sharing_export_append_only
    before update or delete or truncate on sharing_export
    for each statement execute function sharing_append_only();
create or replace trigger sharing_revocation_handover_append_only
    before update or delete or truncate on sharing_revocation_handover
    for each statement execute function sharing_append_only();
create or replace trigger sharing_received_revocation_append_only
    before update or delete or truncate on sharing_received_revocation
    for each statement execute function sharing_append_only();
create or replace trigger sharing_demand_append_only
    before update or delete or truncate on sharing_demand
    for each statement execute function sharing_append_only();
