-- Why work went where it went must not be rewritten, whoever is connected.
create or replace function routing_record_refuse() returns trigger language plpgsql as $$
begin
    raise exception 'routing_record is append-only: a decision is followed by another one, never changed'
        using errcode = 'object_not_in_prerequisite_state';
end $$;

create or replace trigger routing_record_append_only
    before update or delete or truncate on routing_record
    for each statement execute function routing_record_refuse();
