-- A dispenser's own memory: its counters, what it still has to deliver, what it was told.
-- Values by name, each in two slots of flash: counters, identity, list, settings.
CREATE TABLE IF NOT EXISTS cell (
    device_id TEXT NOT NULL,
    name      TEXT NOT NULL,
    a         BLOB NOT NULL,
    b         BLOB NOT NULL,
    PRIMARY KEY (device_id, name)
) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS fact (
    device_id TEXT NOT NULL,
    seq       INTEGER NOT NULL,
    boot      INTEGER NOT NULL,           -- the boot that wrote it
    a         BLOB NOT NULL,              -- two slots, as above
    b         BLOB NOT NULL,
    parked    INTEGER NOT NULL DEFAULT 0, -- kept back until the platform asks for it
    sent      INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (device_id, seq)
) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS event (
    device_id TEXT NOT NULL,
    evt_seq   INTEGER NOT NULL,
    body      BLOB NOT NULL,
    PRIMARY KEY (device_id, evt_seq)
) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS command (
    id        INTEGER PRIMARY KEY,
    device_id TEXT NOT NULL,
    cmd       TEXT NOT NULL,
    body      BLOB NOT NULL,              -- the answer given
    UNIQUE (device_id, cmd)
);

-- The world around the dispensers: cards, what the plan has begun, and the truth of it all.
CREATE TABLE IF NOT EXISTS purse (
    no   TEXT PRIMARY KEY,
    body BLOB NOT NULL
) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS voucher (load TEXT PRIMARY KEY) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS duty (
    device_id TEXT NOT NULL,
    seq       INTEGER NOT NULL,
    body      BLOB NOT NULL,
    PRIMARY KEY (device_id, seq)
) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS injected (
    code  TEXT PRIMARY KEY,
    times INTEGER NOT NULL
) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS truth (
    id   INTEGER PRIMARY KEY,
    line BLOB NOT NULL
);

-- How much of truth.jsonl is certain; what stands beyond it was written by a process that died.
CREATE TABLE IF NOT EXISTS truth_file (
    one   INTEGER PRIMARY KEY CHECK (one = 1),
    bytes INTEGER NOT NULL
);
INSERT OR IGNORE INTO truth_file (one, bytes) VALUES (1, 0);

-- Its two slots for firmware, and what the boot loader keeps of them.
CREATE TABLE IF NOT EXISTS loader (
    device_id TEXT PRIMARY KEY,
    body      BLOB NOT NULL
) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS slot_part (
    device_id TEXT NOT NULL,
    slot      TEXT NOT NULL,
    first     INTEGER NOT NULL,           -- of its bytes in the slot
    body      BLOB NOT NULL,
    PRIMARY KEY (device_id, slot, first)
) WITHOUT ROWID;
