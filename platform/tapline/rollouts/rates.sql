-- Pours and findings of a rollout's machines: `updated` with the new image, `past` of the same
-- machines before, `others` at the same time. A fact names its start of the machine, and the
-- history of starts the firmware. Of the others at most 2000 machines are read: they are enough.
with member as (
    select device_id,
        exists (
            select from firmware_run r
            where r.device_id = m.device_id and r.fw = :version
        ) as has_run
    from rollout_device m
    where rollout_id = :rollout
),
seen as (
    select device_id, has_run from member where has_run
    union all
    (
        select m.device_id, m.has_run
        from member m join rollout_device d on d.rollout_id = :rollout and d.device_id = m.device_id
        where not m.has_run
        order by d.place
        limit 2000
    )
),
run as (
    select device_id, has_run, fw, from_boot,
        lead(from_boot) over (partition by device_id order by from_boot) as next_boot
    from seen join firmware_run using (device_id)
),
pour as (
    select distinct f.device_id, f.seq,
        case
            when run.fw = :version then 'updated'
            when run.has_run then 'past'
            else 'others'
        end as whose,
        f.received_at >= :ring_at as in_ring
    from run
    join fact f on f.device_id = run.device_id and f.boot >= run.from_boot
        and (run.next_boot is null or f.boot < run.next_boot)
    where f.op = 'debit' and f.flaw is null and f.received_at >= :since
        and (f.received_at >= :from_at or (run.has_run and run.fw <> :version))
),
wrong as (
    select p.*,
        exists (
            select from finding n
            where n.device_id = p.device_id and n.seq = p.seq and n.code = 'D01'
                and n.retracted_at is null
        ) as dry,
        exists (
            select from finding n
            where n.device_id = p.device_id and n.seq = p.seq and n.code = 'D20'
                and n.retracted_at is null
        ) as untimely
    from pour p
)
select whose,
    count(*) as pours,
    count(*) filter (where dry) as dry,
    count(*) filter (where untimely) as untimely,
    count(*) filter (where in_ring) as in_ring
from wrong
group by whose
