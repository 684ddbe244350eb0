-- What sides said of each other, and what was stated to them, can only grow.
create or replace function partner_word_refuse() returns trigger language plpgsql as $$
begin
    raise exception '% is append-only: what changes later is said in a later row', tg_table_name
        using errcode = 'object_not_in_prerequisite_state';
end $$;

create or replace trigger responsibility_step_append_only
    before update or delete or truncate on responsibility_step
    for each statement execute function partner_word_refuse();
create or replace trigger partner_statement_line_append_only
    before update or delete or truncate on partner_statement_line
    for each statement execute function partner_word_refuse();
create or replace trigger partner_statement_answer_append_only
    before update or delete or truncate on partner_statement_answer
    for each statement execute function partner_word_refuse();
