-- +goose Up

-- The county comes first in every key: it is the tenant, and the shard key
-- where the tables are distributed. Instants are microseconds since 1970 in
-- UTC. Civil dates are texts YYYY-MM-DD, which compare as the days do and read
-- the same from both databases; "none" stands for no date and sorts last.

-- One case per row: the fold of its events.
CREATE TABLE cases (
    county     TEXT NOT NULL,
    id         TEXT NOT NULL,
    workflow   TEXT NOT NULL,
    parent     TEXT NOT NULL, -- '' for none
    person     TEXT NOT NULL,
    org        TEXT NOT NULL,
    path       TEXT NOT NULL,
    stage      TEXT NOT NULL,
    stage_on   TEXT NOT NULL,
    opened_on  TEXT NOT NULL,
    seq        BIGINT NOT NULL,
    ended      BOOLEAN NOT NULL,
    due_on     TEXT NOT NULL,
    due_action TEXT NOT NULL,
    head       BLOB NOT NULL,
    PRIMARY KEY (county, id)
) WITHOUT ROWID;
CREATE INDEX cases_worklist ON cases (county, path, stage) WHERE NOT ended;
CREATE INDEX cases_due ON cases (county, due_on, id) WHERE NOT ended;
CREATE INDEX cases_order ON cases (county, due_on, id);
CREATE INDEX cases_parent ON cases (county, parent) WHERE parent <> '';
CREATE INDEX cases_person ON cases (county, person);

-- The log. A chain is a case or a subject of the register. Rows are added and
-- never changed. Payload and salt are null where the event was erased.
CREATE TABLE events (
    county  TEXT NOT NULL,
    chain   TEXT NOT NULL,
    seq     BIGINT NOT NULL,
    leaf    BLOB NOT NULL,
    hash    BLOB NOT NULL,
    payload BLOB,
    salt    BLOB,
    PRIMARY KEY (county, chain, seq)
) WITHOUT ROWID;

-- The register: the last entity of each chain, and what it is looked up by.
CREATE TABLE register (
    county TEXT NOT NULL,
    kind   TEXT NOT NULL,
    id     TEXT NOT NULL,
    seq    BIGINT NOT NULL,
    head   BLOB NOT NULL,
    body   BLOB NOT NULL,
    org    TEXT NOT NULL,
    person TEXT NOT NULL,
    other  TEXT NOT NULL,
    lookup TEXT NOT NULL,
    PRIMARY KEY (county, kind, id)
);
CREATE INDEX register_org ON register (county, kind, org, id) WHERE org <> '';
CREATE INDEX register_person ON register (county, kind, person) WHERE person <> '';
CREATE INDEX register_other ON register (county, kind, other) WHERE other <> '';
CREATE INDEX register_lookup ON register (county, kind, lookup) WHERE lookup <> '';

-- How often a county's register has changed, and what changed with the latest
-- versions: entities by their kind, and the lists they stand in.
CREATE TABLE register_version (
    county  TEXT NOT NULL PRIMARY KEY,
    version BIGINT NOT NULL
);
CREATE TABLE register_changes (
    county  TEXT NOT NULL,
    version BIGINT NOT NULL,
    kind    TEXT NOT NULL,
    id      TEXT NOT NULL,
    PRIMARY KEY (county, version, kind, id)
) WITHOUT ROWID;

-- What is scarce. A released claim has no row, but a form serial that was
-- given out keeps its row for ever.
CREATE TABLE claims (
    county  TEXT NOT NULL,
    kind    TEXT NOT NULL,
    key     TEXT NOT NULL,
    case_id TEXT NOT NULL,
    person  TEXT NOT NULL,
    state   TEXT NOT NULL CHECK (state IN ('taken', 'used', 'void')),
    PRIMARY KEY (county, kind, key)
);
CREATE INDEX claims_case ON claims (county, case_id, kind, key);
CREATE UNIQUE INDEX claims_one_serial ON claims (county, person)
    WHERE kind = 'form-serial' AND state = 'taken';

-- What was answered under an idempotency key.
CREATE TABLE answers (
    county TEXT NOT NULL,
    office TEXT NOT NULL,
    key    TEXT NOT NULL,
    digest TEXT NOT NULL,
    answer BLOB NOT NULL,
    at     BIGINT NOT NULL,
    PRIMARY KEY (county, office, key)
);

-- Traces of refused acts: codes and articles, nothing a person wrote.
CREATE TABLE refusals (
    id       INTEGER PRIMARY KEY AUTOINCREMENT,
    county   TEXT NOT NULL,
    case_id  TEXT NOT NULL,
    workflow TEXT NOT NULL,
    stage    TEXT NOT NULL,
    action   TEXT NOT NULL,
    office   TEXT NOT NULL,
    at       BIGINT NOT NULL,
    made_on  TEXT NOT NULL,
    codes    TEXT NOT NULL, -- JSON list
    articles TEXT NOT NULL -- JSON list
);
CREATE INDEX refusals_at ON refusals (county, at);

-- Nobody rewrites the log.
-- +goose StatementBegin
CREATE TRIGGER events_no_update BEFORE UPDATE ON events
BEGIN SELECT RAISE(ABORT, 'events are never changed'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER events_no_delete BEFORE DELETE ON events
BEGIN SELECT RAISE(ABORT, 'events are never changed'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER refusals_no_update BEFORE UPDATE ON refusals
BEGIN SELECT RAISE(ABORT, 'refusals are never changed'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER refusals_no_delete BEFORE DELETE ON refusals
BEGIN SELECT RAISE(ABORT, 'refusals are never changed'); END;
-- +goose StatementEnd

-- +goose Down
DROP TABLE refusals;
DROP TABLE answers;
DROP TABLE claims;
DROP TABLE register_changes;
DROP TABLE register_version;
DROP TABLE register;
DROP TABLE events;
DROP TABLE cases;
