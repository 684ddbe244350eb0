-- What happened on a call can only be added to, whoever is connected.
create or replace function call_event_refuse() returns trigger language plpgsql as $$
begin
    raise exception 'call events are append-only';
end $$;

create or replace trigger call_event_append_only
    before update or delete or truncate on call_event
    for each statement execute function call_event_refuse();
