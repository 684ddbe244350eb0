-- A dispenser's own memory: its counters, what it still has to deliver, what it was told.
CREATE TABLE IF NOT EXISTS device (
    device_id TEXT PRIMARY KEY,
    body      BLOB NOT NULL
) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS fact (
    device_id TEXT NOT NULL,
    seq       INTEGER NOT NULL,
    boot      INTEGER NOT NULL,           -- the boot that wrote it
    body      BLOB NOT NULL,
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

CREATE TABLE IF NOT EXISTS card_list (
    device_id TEXT PRIMARY KEY,
    body      BLOB NOT NULL               -- the blocked cards, with their version
) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS settings (
    device_id TEXT PRIMARY KEY,
    body      BLOB NOT NULL               -- those in force, with their version
) WITHOUT ROWID;

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
