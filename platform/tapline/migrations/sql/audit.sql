-- The trail can only grow, whoever is connected.
create or replace function audit_entry_refuse() returns trigger language plpgsql as $$
begin
    raise exception 'audit entries are append-only';
end $$;

create or replace trigger audit_entry_append_only
    before update or delete or truncate on audit_entry
    for each statement execute function audit_entry_refuse();
