-- +goose Up

-- How far the timetable of each job has been settled: an instant. It begins
-- where the first wake-up was, and is a slot from then on.
CREATE TABLE job_cursors (
    county TEXT NOT NULL,
    job    TEXT NOT NULL,
    slot   BIGINT NOT NULL,
    PRIMARY KEY (county, job)
);

-- The slots that were taken up, each once, and what became of them: names,
-- numbers and short codes, nothing a person wrote.
CREATE TABLE job_runs (
    county  TEXT NOT NULL,
    job     TEXT NOT NULL,
    slot    BIGINT NOT NULL,
    tries   BIGINT NOT NULL, -- how often it was begun; only the latest try may end it
    holder  TEXT NOT NULL,   -- the server of the latest try
    begun   BIGINT NOT NULL, -- of the latest try
    lease   BIGINT NOT NULL, -- nobody else begins it before
    ended   BIGINT NOT NULL, -- of the latest try; 0 where it has not ended
    acts    BIGINT NOT NULL,
    outcome TEXT NOT NULL,   -- '' where it has not ended
    PRIMARY KEY (county, job, slot)
);
CREATE INDEX job_runs_begun ON job_runs (county, begun);
CREATE INDEX job_runs_under_way ON job_runs (county, lease) WHERE ended = 0;

-- +goose Down
DROP TABLE job_runs;
DROP TABLE job_cursors;
