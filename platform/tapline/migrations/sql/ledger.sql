-- What must hold of money even when someone writes past the service.

-- Every statement's lines balance by themselves, so their sum does, and nothing is left to the commit: a batch is
-- judged as a set, at the cost of one aggregate, where a deferred trigger for each row would ask once a line.
-- Journals and accounts are looked up: at some sizes the planner would rather read all of a table for a batch.
create or replace function ledger_entry_balanced() returns trigger language plpgsql
    set enable_hashjoin = off set enable_mergejoin = off as $$
declare
    wrong bigint;
begin
    select part.journal_id into wrong
    from (
        select journal_id, pending, tenant_id, unit,
               sum(case entry.side when 'D' then amount else -amount end) as debit
        from added entry
        left join ledger_account account using (account_id)
        group by journal_id, pending, tenant_id, unit
    ) part
    left join ledger_journal journal using (journal_id)
    where debit <> 0
        or part.tenant_id is distinct from journal.tenant_id
        or part.pending is distinct from (journal.phase = 'pending')
        or journal.txid is distinct from pg_current_xact_id()
    limit 1;
    if found then
        raise exception 'journal % does not balance within one unit, tenant and transaction', wrong
            using errcode = 'check_violation',
                  hint = 'Insert all lines of a journal in one statement, debits equal to credits per unit.';
    end if;
    return null;
end $$;

create or replace trigger ledger_entry_balanced
    after insert on ledger_entry referencing new table as added
    for each statement execute function ledger_entry_balanced();

create or replace function ledger_append_only() returns trigger language plpgsql as $$
begin
    raise exception '% is append-only: post a correcting journal instead of a %', tg_table_name, lower(tg_op)
        using errcode = 'object_not_in_prerequisite_state';
end $$;

-- For each statement: a trigger for each row sees neither a truncate nor an update that matches nothing.
create or replace trigger ledger_journal_append_only
    before update or delete or truncate on ledger_journal
    for each statement execute function ledger_append_only();
create or replace trigger ledger_entry_append_only
    before update or delete or truncate on ledger_entry
    for each statement execute function ledger_append_only();
create or replace trigger ledger_seal_append_only
    before update or delete or truncate on ledger_seal
    for each statement execute function ledger_append_only();
create or replace trigger ledger_account_kept
    before delete or truncate on ledger_account
    for each statement execute function ledger_append_only();
create or replace trigger ledger_close_append_only
    before update or delete or truncate on ledger_close
    for each statement execute function ledger_append_only();
create or replace trigger ledger_assertion_append_only
    before update or delete or truncate on ledger_assertion
    for each statement execute function ledger_append_only();
