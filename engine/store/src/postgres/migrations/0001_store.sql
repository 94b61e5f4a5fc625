-- Everything of the store. "C" is the order of bytes, which is the order of keys.

-- A municipality exists when it has a head: the end of its journal.
CREATE TABLE municipality (
    name text COLLATE "C" PRIMARY KEY,
    seq bigint NOT NULL,
    hash text NOT NULL
);

-- The journal. `line` is the record as it was hashed; `event` is for other tools, where 1e16 and
-- 10000000000000000 are the same number.
CREATE TABLE record (
    municipality text COLLATE "C" NOT NULL,
    seq bigint NOT NULL,
    line text NOT NULL,
    event jsonb NOT NULL,
    PRIMARY KEY (municipality, seq)
);

-- Values. `bytes` is what was written, `checksum` its CRC-32 with the key; `json` is the same for other tools,
-- where it is JSON. A job also has its queue and when it is due; ticket and until are its claim. Instants are
-- microseconds since 1970.
CREATE TABLE value (
    key text COLLATE "C" PRIMARY KEY,
    municipality text COLLATE "C" NOT NULL GENERATED ALWAYS AS (split_part(key, '/', 1)) STORED,
    bytes bytea NOT NULL,
    checksum integer NOT NULL,
    json jsonb,
    queue text COLLATE "C",
    due bigint,
    ticket bigint,
    until bigint
);
CREATE INDEX value_due ON value (queue, due, key) WHERE queue IS NOT NULL;
CREATE INDEX value_claimed ON value (queue, until) WHERE until IS NOT NULL;
CREATE SEQUENCE ticket;

-- Files by the SHA-256 of their content. They are compressed already.
CREATE TABLE file (
    hash text COLLATE "C" PRIMARY KEY,
    content bytea NOT NULL
);
ALTER TABLE file ALTER COLUMN content SET STORAGE EXTERNAL;
