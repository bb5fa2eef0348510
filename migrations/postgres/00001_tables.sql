-- +goose Up

-- The county comes first in every key: it is the tenant, and the shard key
-- where the tables are distributed. Instants are microseconds since 1970 in
-- UTC. Civil dates are texts YYYY-MM-DD, which compare as the days do and read
-- the same from both databases; "none" stands for no date and sorts last.

-- One case per row: the fold of its events.
CREATE TABLE cases (
    county     TEXT COLLATE "C" NOT NULL,
    id         TEXT COLLATE "C" NOT NULL,
    workflow   TEXT NOT NULL,
    parent     TEXT COLLATE "C" NOT NULL, -- '' for none
    person     TEXT COLLATE "C" NOT NULL,
    org        TEXT COLLATE "C" NOT NULL,
    path       TEXT COLLATE "C" NOT NULL,
    stage      TEXT COLLATE "C" NOT NULL,
    stage_on   TEXT COLLATE "C" NOT NULL,
    opened_on  TEXT COLLATE "C" NOT NULL,
    seq        BIGINT NOT NULL,
    ended      BOOLEAN NOT NULL,
    due_on     TEXT COLLATE "C" NOT NULL,
    due_action TEXT NOT NULL,
    head       BYTEA NOT NULL,
    PRIMARY KEY (county, id)
) WITH (fillfactor = 85);
CREATE INDEX cases_worklist ON cases (county, path, stage) WHERE NOT ended;
CREATE INDEX cases_due ON cases (county, due_on, id) WHERE NOT ended;
CREATE INDEX cases_order ON cases (county, due_on, id);
CREATE INDEX cases_parent ON cases (county, parent) WHERE parent <> '';
CREATE INDEX cases_person ON cases (county, person);

-- The log. A chain is a case or a subject of the register. Rows are added and
-- never changed. Payload and salt are null where the event was erased.
CREATE TABLE events (
    county  TEXT COLLATE "C" NOT NULL,
    chain   TEXT COLLATE "C" NOT NULL,
    seq     BIGINT NOT NULL,
    leaf    BYTEA NOT NULL,
    hash    BYTEA NOT NULL,
    payload BYTEA,
    salt    BYTEA,
    PRIMARY KEY (county, chain, seq)
);

-- The register: the last entity of each chain, and what it is looked up by.
CREATE TABLE register (
    county TEXT COLLATE "C" NOT NULL,
    kind   TEXT COLLATE "C" NOT NULL,
    id     TEXT COLLATE "C" NOT NULL,
    seq    BIGINT NOT NULL,
    head   BYTEA NOT NULL,
    body   BYTEA NOT NULL,
    org    TEXT COLLATE "C" NOT NULL,
    person TEXT COLLATE "C" NOT NULL,
    other  TEXT COLLATE "C" NOT NULL,
    lookup TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (county, kind, id)
);
CREATE INDEX register_org ON register (county, kind, org, id) WHERE org <> '';
CREATE INDEX register_person ON register (county, kind, person) WHERE person <> '';
CREATE INDEX register_other ON register (county, kind, other) WHERE other <> '';
CREATE INDEX register_lookup ON register (county, kind, lookup) WHERE lookup <> '';

-- How often a county's register has changed, and what changed with the latest
-- versions: entities by their kind, and the lists they stand in.
CREATE TABLE register_version (
    county  TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    version BIGINT NOT NULL
) WITH (fillfactor = 85);
CREATE TABLE register_changes (
    county  TEXT COLLATE "C" NOT NULL,
    version BIGINT NOT NULL,
    kind    TEXT COLLATE "C" NOT NULL,
    id      TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (county, version, kind, id)
);

-- What is scarce. A released claim has no row, but a form serial that was
-- given out keeps its row for ever.
CREATE TABLE claims (
    county  TEXT COLLATE "C" NOT NULL,
    kind    TEXT COLLATE "C" NOT NULL,
    key     TEXT COLLATE "C" NOT NULL,
    case_id TEXT COLLATE "C" NOT NULL,
    person  TEXT COLLATE "C" NOT NULL,
    state   TEXT NOT NULL CHECK (state IN ('taken', 'used', 'void')),
    PRIMARY KEY (county, kind, key)
);
CREATE INDEX claims_case ON claims (county, case_id, kind, key);
CREATE UNIQUE INDEX claims_one_serial ON claims (county, person)
    WHERE kind = 'form-serial' AND state = 'taken';

-- What was answered under an idempotency key.
CREATE TABLE answers (
    county TEXT COLLATE "C" NOT NULL,
    office TEXT COLLATE "C" NOT NULL,
    key    TEXT COLLATE "C" NOT NULL,
    digest TEXT NOT NULL,
    answer BYTEA NOT NULL,
    at     BIGINT NOT NULL,
    PRIMARY KEY (county, office, key)
);

-- Traces of refused acts: codes and articles, nothing a person wrote.
CREATE TABLE refusals (
    id       BIGINT GENERATED ALWAYS AS IDENTITY,
    county   TEXT COLLATE "C" NOT NULL,
    case_id  TEXT COLLATE "C" NOT NULL,
    workflow TEXT NOT NULL,
    stage    TEXT COLLATE "C" NOT NULL,
    action   TEXT NOT NULL,
    office   TEXT COLLATE "C" NOT NULL,
    at       BIGINT NOT NULL,
    made_on  TEXT NOT NULL,
    codes    TEXT NOT NULL, -- JSON list
    articles TEXT NOT NULL, -- JSON list
    PRIMARY KEY (county, id)
);
CREATE INDEX refusals_at ON refusals (county, at);

-- Nobody rewrites the log.
-- +goose StatementBegin
CREATE FUNCTION never_changed() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION '% are never changed', TG_TABLE_NAME; END $$;
-- +goose StatementEnd
CREATE TRIGGER events_never_changed BEFORE UPDATE OR DELETE OR TRUNCATE ON events
    FOR EACH STATEMENT EXECUTE FUNCTION never_changed();
CREATE TRIGGER refusals_never_changed BEFORE UPDATE OR DELETE OR TRUNCATE ON refusals
    FOR EACH STATEMENT EXECUTE FUNCTION never_changed();

-- +goose Down
DROP TABLE refusals;
DROP TABLE answers;
DROP TABLE claims;
DROP TABLE register_changes;
DROP TABLE register_version;
DROP TABLE register;
DROP TABLE events;
DROP TABLE cases;
DROP FUNCTION never_changed();
