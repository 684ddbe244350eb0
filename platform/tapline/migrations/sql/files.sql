-- A kept content can be erased, and nothing else: not even by who may write the table.
create or replace function stored_file_keep() returns trigger language plpgsql as $$
begin
    if tg_op <> 'UPDATE' then
        raise exception 'stored files are not deleted, their contents are erased';
    end if;
    -- That a content is that of its hash is a check of the table.
    if (new.tenant_id, new.sha256, new.media_type, new.size_bytes, new.stored_at)
        is distinct from (old.tenant_id, old.sha256, old.media_type, old.size_bytes, old.stored_at)
    then
        raise exception 'stored files are never changed';
    end if;
    return new;
end $$;

create or replace trigger stored_file_kept
    before update on stored_file
    for each row execute function stored_file_keep();

create or replace trigger stored_file_not_deleted
    before delete or truncate on stored_file
    for each statement execute function stored_file_keep();
