create table if not exists exchange (
    one integer primary key check (one = 1),
    state blob not null
);
create table if not exists delivery (
    number integer primary key,
    body blob not null,
    due_at_ms integer not null,
    attempts integer not null default 0,
    answer text,
    done integer not null default 0
);
create index if not exists delivery_due on delivery (due_at_ms) where not done;
