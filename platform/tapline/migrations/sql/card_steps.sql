-- What was done to a card stays written, whoever is connected.
create or replace function card_step_refuse() returns trigger language plpgsql as $$
begin
    raise exception 'steps of cards are append-only';
end $$;

create or replace trigger card_step_append_only
    before update or delete or truncate on card_step
    for each statement execute function card_step_refuse();
