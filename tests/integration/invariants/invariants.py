"""What holds of the books at every moment, as questions to the database: rows are what is wrong.

The questions know the tables and nothing of the product's code; they cover every tenant. Numbers
I1 to I20 are those of the ledger's specification; what is about acts and not about a state (I5, I6,
I8, I9, I11, I13, I19, I20) is tested where the act is.
"""

from sqlalchemy import text

from tapline.uow import UnitOfWork

BOOKS = {
    "I1: debits equal credits in every unit, posted and reserved": """
        select tenant_id, unit from ledger_account group by 1, 2
        having sum(d_posted) <> sum(c_posted) or sum(d_pending) <> sum(c_pending)
    """,
    "I1: every journal balances, within its tenant": """
        select e.journal_id, a.unit from ledger_entry e
        join ledger_account a using (account_id) join ledger_journal j using (journal_id)
        group by 1, 2
        having sum(case e.side when 'D' then amount else -amount end) <> 0
            or bool_or(a.tenant_id <> j.tenant_id)
            or bool_or(e.pending <> (j.phase = 'pending'))
    """,
    "I2: a bounded account keeps what it has reserved": """
        select tenant_id, code from ledger_account
        where bounded and case side when 'C' then c_posted - d_posted - d_pending
                                    else d_posted - c_posted - c_pending end < 0
    """,
    "I3: counters are their entries": """
        select a.tenant_id, a.code from ledger_account a left join (
            select account_id, count(*) as entries,
                   sum(amount) filter (where e.side = 'D' and not pending) as d,
                   sum(amount) filter (where e.side = 'C' and not pending) as c,
                   sum(amount) filter (where e.side = 'D' and pending and open) as d_open,
                   sum(amount) filter (where e.side = 'C' and pending and open) as c_open,
                   sum(case e.side when 'D' then amount else -amount end)
                       filter (where cover) as lent
            from ledger_entry e cross join lateral (
                select not exists (
                    select from ledger_journal r where r.parent_id = e.journal_id) as open) o
            group by 1
        ) e using (account_id)
        where (d_posted, c_posted, d_pending, c_pending, a.lent, version) is distinct from
              (coalesce(d, 0), coalesce(c, 0), coalesce(d_open, 0), coalesce(c_open, 0),
               coalesce(e.lent, 0), coalesce(entries, 0))
    """,
    "I4: entries of an account count from 1, each balance following from the one before": """
        select account_id, account_version from (
            select e.account_id, account_version, balance_after,
                   row_number() over history as place,
                   sum(case when pending then 0 when e.side = a.side then amount else -amount end)
                       over history as held
            from ledger_entry e join ledger_account a using (account_id)
            window history as (partition by e.account_id order by account_version)
        ) counted
        where account_version <> place or balance_after <> held
    """,
    "I7: a hold ends once, and only a hold ends": """
        select parent.journal_id from ledger_journal j
        join ledger_journal parent on parent.journal_id = j.parent_id
        group by 1 having count(*) > 1 or bool_or(parent.phase <> 'pending')
    """,
    "I14: who owes has nothing to pay with": """
        select tenant_id, split_part(code, ':', 2) from ledger_account where code like 'card:%'
        group by 1, 2
        having least(
            sum(case side when 'C' then c_posted - d_posted - d_pending else 0 end),
            sum(case side when 'D' then d_posted - c_posted else 0 end)) <> 0
        or coalesce(sum(lent) filter (where code like '%\\:principal'), 0) <> 0
    """,
    "I18: tickets are worth what was paid for them, and none nothing": """
        select money.tenant_id, money.code from ledger_account money left join ledger_account held
        on held.tenant_id = money.tenant_id and money.code =
            'prepaid:ticket_cash:' || substr(held.code, 9) || ':' || substr(held.unit, 8)
        where money.code like 'prepaid:ticket_cash:%' and money.c_posted <> money.d_posted
        and held.c_posted is not distinct from held.d_posted
    """,
}
"""Of the ledger alone, whoever posted to it."""

HOUSE = {
    "I10: no fact is refused, and each is charged once": """
        select device_id, seq from fact full join fact_charge using (device_id, seq)
        where (fact_charge.seq is null and fact.flaw is null) or fact.seq is null
    """,
    "I10: what facts are charged is what the ledger took for them": """
        select tenant_id from (
            select tenant_id, sum(amount_fen) filter (where payer <> 'nobody') as fen
            from fact_charge group by 1) charged
        full join (
            select tenant_id, sum(case e.side when 'C' then amount else -amount end) as fen
            from ledger_entry e join ledger_journal j using (journal_id)
            join ledger_account a using (account_id, tenant_id)
            where (j.key like 'dev:%' or j.key like 'restate:%')
            and a.code = 'rev:water' and not e.pending group by 1) taken
        using (tenant_id)
        where coalesce(charged.fen, 0) <> coalesce(taken.fen, 0)
    """,
    "I12: a stream stands before the first number that it lacks": """
        select device_id, upto from device_stream s where stream = 'txn'
        and upto <> (
            select count(*) from generate_series(1, head) as number
            where not exists (
                select from generate_series(1, number) as earlier
                where not exists (
                    select from fact f where f.device_id = s.device_id and f.seq = earlier)
                and not exists (
                    select from device_lost_range l where l.device_id = s.device_id
                    and earlier between l.from_seq and l.to_seq)))
    """,
    "I15: suspense holds the facts that rest there, machine by machine": """
        select tenant_id, code from (
            select tenant_id, 'suspense:' || device_id as code, sum(amount_fen) as fen
            from fact_charge where payer = 'suspense' group by 1, 2) resting
        full join (
            select tenant_id, code, d_posted - c_posted as fen
            from ledger_account where code like 'suspense:%') held
        using (tenant_id, code)
        where coalesce(resting.fen, 0) <> coalesce(held.fen, 0)
    """,
    "I15: what is payable was decided and has not arrived": """
        select tenant_id from (
            select tenant_id, sum(posted_fen) as fen from refund
            where kind <> 'txn_reversal' group by 1) decided
        full join (
            select tenant_id, sum(amount_fen) as fen from payout
            where subject like 'refund:%'
            and state in ('succeeded', 'paid_by_hand', 'conflict') group by 1) arrived
        using (tenant_id)
        full join (
            select tenant_id, c_posted - d_posted as fen
            from ledger_account where code = 'refund_payable') held
        using (tenant_id)
        where coalesce(held.fen, 0) <> coalesce(decided.fen, 0) - coalesce(arrived.fen, 0)
    """,
    "I15: a provider holds what was paid there less what it gave back": """
        select tenant_id, provider from (
            select tenant_id, provider, sum(fen) as fen from (
                select tenant_id, provider, amount_fen as fen from payment
                where state = 'paid' and jsonb_array_length(credits) > 0
                union all
                select p.tenant_id, provider, -p.amount_fen from payout p
                join payment using (payment_id) where p.state in ('succeeded', 'conflict')) moved
            group by 1, 2) told
        full join (
            select tenant_id, split_part(a.code, ':', 2) as provider,
                   sum(case e.side when 'D' then amount else -amount end) as fen
            from ledger_entry e join ledger_account a using (account_id)
            join ledger_journal j using (journal_id, tenant_id)
            where a.code like 'psp:%' and (j.key like 'pay:%' or j.key like 'payout:%')
            group by 1, 2) booked
        using (tenant_id, provider)
        where coalesce(told.fen, 0) <> coalesce(booked.fen, 0)
    """,
    "I16: no payment gives back more than it brought": """
        select payment_id from payout join payment using (payment_id)
        group by payment_id, payment.amount_fen
        having sum(payout.amount_fen) > payment.amount_fen
    """,
    "I17: the legs of a refund make up what was decided": """
        select refund_id from refund left join (
            select subject, sum(amount_fen) as fen from payout group by 1) legs
        on subject = 'refund:' || refund_id
        where kind <> 'txn_reversal' and posted_fen <> coalesce(fen, 0)
    """,
}
"""Of the ledger and the rows beside it, where the product posted everything."""


def broken(uow: UnitOfWork) -> list[str]:
    """What does not hold now of ledger, facts, payments and refunds; best nothing."""
    return _wrong(uow, BOOKS | HOUSE)


def broken_books(uow: UnitOfWork) -> list[str]:
    """What does not hold of the ledger alone: for those who post to it past the product."""
    return _wrong(uow, BOOKS)


def _wrong(uow: UnitOfWork, questions: dict[str, str]) -> list[str]:
    uow.session.flush()
    return [
        f"{rule}: {tuple(row)}"
        for rule, question in questions.items()
        for row in uow.session.execute(text(question))
    ]
