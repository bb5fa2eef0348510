-- +goose Up

-- Bearer tokens of the API, by the SHA-256 of their text; the text is kept
-- nowhere. A token is tied to one office.
CREATE TABLE tokens (
    county  TEXT NOT NULL,
    hash    BLOB NOT NULL,
    office  TEXT NOT NULL,
    expires TEXT NOT NULL, -- the first day on which it is no longer good, 'none' for never
    label   TEXT NOT NULL,
    at      BIGINT NOT NULL,
    PRIMARY KEY (county, hash)
);

-- +goose Down
DROP TABLE tokens;
