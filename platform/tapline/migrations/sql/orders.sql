-- What happened to an order stays as it was told.

create or replace function orders_append_only() returns trigger language plpgsql as $$
begin
  raise exception '% is append-only', tg_table_name;
end $$;

create or replace trigger barrel_order_step_append_only
  before update or delete or truncate on barrel_order_step
  for each statement execute function orders_append_only();
