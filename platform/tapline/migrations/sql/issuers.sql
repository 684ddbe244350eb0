-- What was issued to an issuer, what it said and what it paid stays as it was.

create or replace function issuers_append_only() returns trigger language plpgsql as $$
begin
  raise exception '% is append-only: what changes stands in a later settlement', tg_table_name
    using errcode = 'object_not_in_prerequisite_state';
end $$;

create or replace trigger issuer_settlement_append_only
  before update or delete or truncate on issuer_settlement
  for each statement execute function issuers_append_only();

create or replace trigger issuer_settlement_line_append_only
  before update or delete or truncate on issuer_settlement_line
  for each statement execute function issuers_append_only();

create or replace trigger issuer_answered_line_append_only
  before update or delete or truncate on issuer_answered_line
  for each statement execute function issuers_append_only();

create or replace trigger issuer_receipt_append_only
  before update or delete or truncate on issuer_receipt
  for each statement execute function issuers_append_only();
