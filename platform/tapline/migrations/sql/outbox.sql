-- Listeners (the relay, the pages' live updates) are woken when the transaction commits; the payload is the
-- event's type alone: whoever wants more asks with his own rights.
create or replace function outbox_message_notify() returns trigger language plpgsql as $$
begin
    perform pg_notify('tapline_outbox', new.type);
    return null;
end $$;

create or replace trigger outbox_message_notify
    after insert on outbox_message
    for each row execute function outbox_message_notify();
