package store

import (
	"context"
	"slices"
	"strings"

	"github.com/jmoiron/sqlx"

	"jinchu/engine"
	"jinchu/register"
)

// A batch is a list of rows, one per act, that the statements below work on as
// a set. Its length is rounded up to one of batchSizes, so that few statements
// have to be prepared; rows without an id fill it up and match nothing.
var batchSizes = [...]int{1, 2, 4, 8, 16, 32, 48, 64, 96, maxBatch}

func batchSize(n int) int {
	for _, size := range batchSizes {
		if n <= size {
			return size
		}
	}
	return maxBatch
}

// column is one column of the list. Types are said once, in the first row:
// parameters alone have none.
type column struct{ name, kind string }

var (
	ofCase   = []column{{"id", "TEXT"}, {"seq", "BIGINT"}, {"stage", "TEXT"}, {"stage_on", "TEXT"}, {"ended", "BOOLEAN"}, {"due_on", "TEXT"}, {"due_action", "TEXT"}, {"hash", "bytes"}}
	ofKey    = []column{{"office", "TEXT"}, {"key", "TEXT"}}
	ofLog    = []column{{"leaf", "bytes"}, {"payload", "bytes"}, {"salt", "bytes"}}
	ofAnswer = []column{{"digest", "TEXT"}, {"answer", "bytes"}, {"at", "BIGINT"}}
	identity = []column{{"id", "TEXT"}, {"seq", "BIGINT"}, {"hash", "bytes"}}
)

// value is the act's value in a column.
func (a *act) value(name string) any {
	c, r := a.commit, &a.row
	switch name {
	case "id":
		return string(r.ID)
	case "seq":
		return r.Seq
	case "stage":
		return r.Stage
	case "stage_on":
		return dateText(r.StageOn)
	case "ended":
		return r.Ended
	case "due_on":
		return dateText(r.DueOn)
	case "due_action":
		return r.DueAction
	case "hash":
		return c.Entry.Hash[:]
	case "leaf":
		return c.Entry.Leaf
	case "payload":
		return c.Entry.Payload
	case "salt":
		return c.Entry.Salt[:]
	case "office":
		return string(c.Office)
	case "key":
		return c.Key
	case "digest":
		return c.Digest
	case "answer":
		return c.Answer
	}
	return c.Event.At.UnixMicro()
}

// given is the batch as a common table expression, with its parameters.
func given(d *dialect, columns []column, batch []*act) (string, []any) {
	n := batchSize(len(batch))
	names := make([]string, len(columns))
	typed := make([]string, len(columns))
	args := make([]any, n*len(columns), n*len(columns)+8)
	for i, c := range columns {
		names[i] = c.name
		typed[i] = "CAST(? AS " + strings.Replace(c.kind, "bytes", d.blob, 1) + ")"
		for j, a := range batch {
			args[j*len(columns)+i] = a.value(c.name)
		}
	}
	text := "WITH given (" + strings.Join(names, ", ") + ") AS (VALUES (" + strings.Join(typed, ", ") + ")"
	if n > 1 {
		text += ", " + tuples(n-1, len(columns))
	}
	return text + ")", args
}

const (
	// moved moves the cases that stand where they were seen, if the register
	// stands where it was seen. Parameters: county, county, version.
	moved = `UPDATE cases SET stage = given.stage, stage_on = given.stage_on, seq = given.seq, ended = given.ended,
		due_on = given.due_on, due_action = given.due_action, head = given.hash
		FROM given WHERE cases.county = ? AND cases.id = given.id AND cases.seq = given.seq - 1
		AND EXISTS (SELECT 1 FROM register_version AS r WHERE r.county = ? AND r.version = ?)`
	// unanswered holds back an act whose key was used. Parameter: county.
	unanswered = ` AND NOT EXISTS (SELECT 1 FROM answers AS a
		WHERE a.county = ? AND a.office = given.office AND a.key = given.key)`
	// Parameter of both: county.
	logged   = `INSERT INTO events (county, chain, seq, leaf, hash, payload, salt) SELECT ?, id, seq, leaf, hash, payload, salt FROM `
	answered = `INSERT INTO answers (county, office, key, digest, answer, at) SELECT ?, office, key, digest, answer, at FROM `
)

// writeChained writes a batch in one statement, which is one round trip and
// its own transaction.
func (s *Store) writeChained(ctx context.Context, id register.CountyID, version int64, batch []*act) (map[engine.CaseID]bool, error) {
	county, columns := string(id), slices.Concat(ofCase, ofLog)
	keyed := slices.ContainsFunc(batch, hasKey)
	if keyed {
		columns = slices.Concat(columns, ofKey, ofAnswer)
	}
	text, args := given(&s.dialect, columns, batch)
	text += `, won AS (` + moved
	args = append(args, county, county, version)
	if keyed {
		text += unanswered
		args = append(args, county)
	}
	text += ` RETURNING given.*), logged AS (` + logged + `won)`
	args = append(args, county)
	if keyed {
		text += `, answered AS (` + answered + `won WHERE key <> '')`
		args = append(args, county)
	}
	st, err := s.groups.get(ctx, text+` SELECT id FROM won`)
	if err != nil {
		return nil, err
	}
	// The commit point.
	rows, err := st.QueryxContext(ctx, args...)
	if err != nil {
		return nil, err
	}
	return ids(rows, nil)
}

// writeInSteps writes a batch in one transaction with a statement for each
// table.
func (s *Store) writeInSteps(ctx context.Context, id register.CountyID, version int64, batch []*act) (map[engine.CaseID]bool, error) {
	defer s.groups.warm(ctx)
	tx, err := s.acts.BeginTxx(ctx, nil)
	if err != nil {
		return nil, err
	}
	defer func() { _ = tx.Rollback() }() // after a commit it does nothing
	step := func(columns []column, batch []*act, text string, more ...any) (*sqlx.Rows, error) {
		list, args := given(&s.dialect, columns, batch)
		st, err := s.groups.within(ctx, tx, list+" "+text)
		if err != nil {
			return nil, err
		}
		return st.QueryxContext(ctx, append(args, more...)...)
	}
	county := string(id)
	columns, text, more := ofCase, orRollback(moved), []any{county, county, version}
	keyed := slices.ContainsFunc(batch, hasKey)
	if keyed {
		columns, text, more = slices.Concat(ofCase, ofKey), text+unanswered, append(more, county)
	}
	kept, err := ids(step(columns, batch, text+` RETURNING cases.id`, more...))
	if err != nil || len(kept) == 0 {
		return kept, err
	}
	winners := slices.DeleteFunc(slices.Clone(batch), func(a *act) bool { return !kept[a.row.ID] })
	if _, err := ids(step(slices.Concat(identity, ofLog), winners, orRollback(logged)+`given WHERE id IS NOT NULL`, county)); err != nil {
		return nil, err
	}
	if keyed {
		if _, err := ids(step(slices.Concat(ofKey, ofAnswer), winners, orRollback(answered)+`given WHERE key <> ''`, county)); err != nil {
			return nil, err
		}
	}
	// The commit point.
	return kept, tx.Commit()
}

// orRollback makes a statement that fails end its transaction. SQLite would
// otherwise keep a journal per statement, to undo it alone; here a failure
// undoes the batch anyway.
func orRollback(text string) string {
	verb, rest, _ := strings.Cut(text, " ")
	return verb + " OR ROLLBACK " + rest
}

func hasKey(a *act) bool { return a.commit.Key != "" }

// ids reads the cases that a statement returns, to the end.
func ids(rows *sqlx.Rows, err error) (map[engine.CaseID]bool, error) {
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	out := map[engine.CaseID]bool{}
	for rows.Next() {
		var id engine.CaseID
		if err := rows.Scan(&id); err != nil {
			return nil, err
		}
		out[id] = true
	}
	return out, rows.Err()
}
