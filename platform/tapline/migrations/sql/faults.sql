-- What a visit found, and that a part was replaced, is said once and stays.
create or replace function faults_append_only() returns trigger language plpgsql as $$
begin
    raise exception '% is append-only: add a row that supersedes, instead of a %', tg_table_name, lower(tg_op)
        using errcode = 'integrity_constraint_violation';
end $$;

create or replace trigger fault_label_append_only
    before update or delete or truncate on fault_label
    for each statement execute function faults_append_only();
create or replace trigger part_service_append_only
    before update or delete or truncate on part_service
    for each statement execute function faults_append_only();
