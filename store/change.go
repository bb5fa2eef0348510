package store

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/jmoiron/sqlx"

	"jinchu/engine"
	"jinchu/register"
)

// maxTries bounds how often a transaction is begun anew where the database
// asks for it, or where another process changed the register meanwhile.
const maxTries = 20

// queryer is what reads, inside a transaction or outside.
type queryer interface {
	query(ctx context.Context, text string, args ...any) (*sqlx.Rows, error)
}

// change is a transaction that has a county to itself: it holds the lock on
// the county's version row.
type change struct {
	store   *Store
	tx      *sqlx.Tx
	id      register.CountyID
	version int64
	touched map[register.Subject]bool // of the register, lists included
}

// alone runs a transaction that has the county to itself, after it has made
// sure that the view it rests on still holds.
func (s *Store) alone(ctx context.Context, id register.CountyID, v *view, do func(*change) error) error {
	c, err := s.county(ctx, id)
	if err != nil {
		return unavailable(err)
	}
	for try := 0; ; try++ {
		err := s.aloneOnce(ctx, c, v, do)
		s.writes.warm(ctx)
		if err == nil || try == maxTries || !s.dialect.again(err) {
			return unavailable(err)
		}
	}
}

func (s *Store) aloneOnce(ctx context.Context, c *county, v *view, do func(*change) error) error {
	tx, err := s.write.BeginTxx(ctx, nil)
	if err != nil {
		return err
	}
	t := &change{store: s, tx: tx, id: c.id, touched: map[register.Subject]bool{}}
	// After a commit it does nothing; a connection that is gone has taken the
	// transaction with it.
	defer func() { _ = tx.Rollback() }()
	if err := t.lock(ctx); err != nil {
		return err
	}
	if err := t.check(ctx, c, v); err != nil {
		return err
	}
	if err := do(t); err != nil {
		return err
	}
	if err := t.publish(ctx); err != nil {
		return err
	}
	if err := tx.Commit(); err != nil {
		return err
	}
	t.tell(ctx, c)
	return nil
}

// lock waits until the county is ours and reads its version.
func (t *change) lock(ctx context.Context) error {
	for range 2 {
		rows, err := t.query(ctx, `SELECT version FROM register_version WHERE county = ?`+t.store.dialect.locked, string(t.id))
		if err != nil {
			return err
		}
		found := rows.Next()
		if found {
			err = rows.Scan(&t.version)
		}
		if err := errors.Join(err, rows.Err(), rows.Close()); err != nil || found {
			return err
		}
		if _, err := t.exec(ctx, `INSERT INTO register_version (county, version) VALUES (?, 0) ON CONFLICT DO NOTHING`, string(t.id)); err != nil {
			return err
		}
	}
	return fmt.Errorf("county %s has no version", t.id)
}

// check asks again what the view answered.
func (t *change) check(ctx context.Context, c *county, v *view) error {
	if t.version != c.at() {
		if err := t.store.refresh(ctx, c); err != nil {
			return err
		}
	}
	if v.stale() {
		return engine.ErrStale
	}
	for _, q := range v.asked {
		now, err := q.ask(ctx, t)
		if err != nil {
			return err
		}
		if !same(q.answer, now) {
			return engine.ErrStale
		}
	}
	return nil
}

// publish raises the version of the register and says what has changed.
func (t *change) publish(ctx context.Context) error {
	if len(t.touched) == 0 {
		return nil
	}
	t.version++
	if _, err := t.exec(ctx, `UPDATE register_version SET version = ? WHERE county = ?`, t.version, string(t.id)); err != nil {
		return err
	}
	rows := make([][]any, 0, len(t.touched))
	for subject := range t.touched {
		rows = append(rows, []any{string(t.id), t.version, string(subject.Kind), subject.ID})
	}
	if err := t.insert(ctx, `INSERT INTO register_changes (county, version, kind, id)`, rows, ""); err != nil {
		return err
	}
	_, err := t.exec(ctx, `DELETE FROM register_changes WHERE county = ? AND version <= ?`, string(t.id), t.version-keptVersions)
	return err
}

// tell brings memory up to date after the commit. What it misses, the next
// act finds by the version.
func (t *change) tell(ctx context.Context, c *county) {
	switch {
	case len(t.touched) == 0:
	case c.at() == t.version-1:
		c.learn(slices.Collect(maps.Keys(t.touched)), t.version)
	default:
		_ = t.store.refresh(ctx, c) // the act is kept, whatever becomes of memory
	}
}

func (t *change) query(ctx context.Context, text string, args ...any) (*sqlx.Rows, error) {
	st, err := t.store.writes.within(ctx, t.tx, text)
	if err != nil {
		return nil, err
	}
	return st.QueryxContext(ctx, args...)
}

// exec runs a prepared statement and tells how many rows it changed.
func (t *change) exec(ctx context.Context, text string, args ...any) (int64, error) {
	st, err := t.store.writes.within(ctx, t.tx, text)
	if err != nil {
		return 0, err
	}
	result, err := st.ExecContext(ctx, args...)
	if err != nil {
		return 0, err
	}
	return result.RowsAffected()
}

// insert adds many rows, some at a time.
func (t *change) insert(ctx context.Context, into string, rows [][]any, tail string) error {
	for len(rows) > 0 {
		n := 1
		switch {
		case len(rows) >= some:
			n = some
		case len(rows) >= some/8:
			n = some / 8
		}
		var args []any
		for _, row := range rows[:n] {
			args = append(args, row...)
		}
		if _, err := t.exec(ctx, into+" VALUES "+tuples(n, len(rows[0]))+tail, args...); err != nil {
			return err
		}
		rows = rows[n:]
	}
	return nil
}

// texts reads a column of texts.
func texts(ctx context.Context, db queryer, text string, args ...any) ([]string, error) {
	rows, err := db.query(ctx, text, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []string
	for rows.Next() {
		var s string
		if err := rows.Scan(&s); err != nil {
			return nil, err
		}
		out = append(out, s)
	}
	return out, rows.Err()
}
