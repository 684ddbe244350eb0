-- What happened to a refund must not be rewritten, whoever is connected.
create or replace function refund_step_refuse() returns trigger language plpgsql as $$
begin
    raise exception 'refund_step is append-only: a step is followed by another one, never changed'
        using errcode = 'object_not_in_prerequisite_state';
end $$;

create or replace trigger refund_step_append_only
    before update or delete or truncate on refund_step
    for each statement execute function refund_step_refuse();
