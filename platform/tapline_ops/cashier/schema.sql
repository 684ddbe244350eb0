create table if not exists trade (
    number integer primary key,
    provider text not null,
    tenant_id text not null,
    merchant text not null,
    out_trade_no text not null,
    provider_trade_no text not null,
    amount_fen integer not null check (amount_fen > 0),
    title text not null,
    return_url text not null,
    expires_at text not null,
    status text not null,
    paid_at text,
    payer text,
    notify text not null,
    refunding text not null,
    unique (provider, out_trade_no),
    unique (provider, provider_trade_no)
);

create table if not exists refund (
    provider text not null,
    out_refund_no text not null,
    provider_refund_no text not null,
    number integer not null references trade,
    amount_fen integer not null check (amount_fen > 0),
    status text not null,
    outcome text not null,
    created_at text not null,
    ends_at text not null,
    at text,
    primary key (provider, out_refund_no)
);

create table if not exists delivery (
    delivery integer primary key,
    notice_id text not null,
    provider text not null,
    tenant_id text not null,
    body blob not null,
    due_at text,
    attempts integer not null default 0,
    answer text not null default ''
);

create index if not exists delivery_due on delivery (due_at) where due_at is not null;
create index if not exists refund_running on refund (ends_at) where status = 'processing';

create table if not exists spoilt_bill (
    provider text not null,
    tenant_id text not null,
    day text not null,
    wrong text not null,
    primary key (provider, tenant_id, day, wrong)
);
