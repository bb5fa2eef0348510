package store

import (
	"fmt"
	"math"

	"github.com/jmoiron/sqlx"

	"jinchu/engine"
	"jinchu/ledger"
)

// page is how many rows of a stream are read at once. Several streams share
// one transaction, and so one connection: none can stay open in between.
const page = 2000

// stream reads a table page by page in the order of its key.
type stream[T any] struct {
	read func(after *T) ([]T, error) // the rows after one, nil for the first
	rows []T
	at   int
	last *T
	done bool
}

// peek is the row the stream stands at.
func (s *stream[T]) peek() (*T, error) {
	for s.at == len(s.rows) {
		if s.done {
			return nil, nil
		}
		rows, err := s.read(s.last)
		if err != nil {
			return nil, err
		}
		s.rows, s.at, s.done = rows, 0, len(rows) < page
		if len(rows) > 0 {
			s.last = &rows[len(rows)-1]
		}
	}
	return &s.rows[s.at], nil
}

// next takes the row the stream stands at.
func (s *stream[T]) next() (row T, ok bool, err error) {
	p, err := s.peek()
	if p == nil {
		return row, false, err
	}
	s.at++
	return *p, true, nil
}

// upTo takes the row with this name, ok where there is one, and hands over
// the rows before it.
func (s *stream[T]) upTo(name string, nameOf func(T) string, stray func(T)) (row T, ok bool, err error) {
	for {
		p, err := s.peek()
		if p == nil || err != nil || nameOf(*p) > name {
			return row, false, err
		}
		s.at++
		if nameOf(*p) == name {
			return *p, true, nil
		}
		stray(*p)
	}
}

// readPage runs a query and scans its rows.
func readPage[T any](v *verifier, text string, args []any, scan func(rows *sqlx.Rows) (T, error)) ([]T, error) {
	rows, err := v.tx.QueryxContext(v.ctx, v.tx.Rebind(text+fmt.Sprintf(" LIMIT %d", page)), args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	out := make([]T, 0, page)
	for rows.Next() {
		row, err := scan(rows)
		if err != nil {
			return nil, err
		}
		out = append(out, row)
	}
	return out, rows.Err()
}

type eventRow struct {
	chain string
	seq   int64
	entry ledger.Entry
}

func (v *verifier) events() *stream[eventRow] {
	return &stream[eventRow]{read: func(after *eventRow) ([]eventRow, error) {
		args := []any{string(v.county), "", int64(0)}
		if after != nil {
			args[1], args[2] = after.chain, after.seq
		}
		return readPage(v, `SELECT chain, seq, leaf, hash, payload, salt FROM events WHERE county = ? AND (chain, seq) > (?, ?)
			ORDER BY chain, seq`, args, func(rows *sqlx.Rows) (e eventRow, _ error) {
			var hash, salt []byte
			if rows.Scan(&e.chain, &e.seq, &e.entry.Leaf, &hash, &e.entry.Payload, &salt) != nil {
				// What cannot be read does not hold; the reading goes on behind its chain.
				return eventRow{chain: e.chain, seq: math.MaxInt64}, nil
			}
			if len(hash) == len(e.entry.Hash) { // otherwise it stays zero, which no leaf has
				copy(e.entry.Hash[:], hash)
			}
			if len(salt) == len(e.entry.Salt) {
				copy(e.entry.Salt[:], salt)
			}
			return e, nil
		})
	}}
}

func (v *verifier) openStreams() {
	v.held = map[claimName]string{}
	v.cases = &stream[engine.Row]{read: func(after *engine.Row) ([]engine.Row, error) {
		args := []any{string(v.county), ""}
		if after != nil {
			args[1] = string(after.ID)
		}
		return readPage(v, `SELECT `+caseColumns+` FROM cases WHERE county = ? AND id > ? ORDER BY id`, args,
			func(rows *sqlx.Rows) (engine.Row, error) { return v.scanCase(rows) })
	}}
	// (kind, id) is the order of the chains' names, as no kind begins another.
	v.subjects = &stream[subjectRow]{read: func(after *subjectRow) ([]subjectRow, error) {
		args := []any{string(v.county), "", ""}
		if after != nil {
			args[1], args[2] = string(after.subject.Kind), after.subject.ID
		}
		return readPage(v, `SELECT kind, id, seq, head, body, org, person, other, lookup FROM register
			WHERE county = ? AND (kind, id) > (?, ?) ORDER BY kind, id`, args, scanSubject)
	}}
	v.claims = &stream[claimRow]{read: func(after *claimRow) ([]claimRow, error) {
		args := []any{string(v.county), "", "", ""}
		if after != nil {
			args[1], args[2], args[3] = after.caseID, after.kind, after.key
		}
		return readPage(v, `SELECT case_id, kind, key, person, state FROM claims
			WHERE county = ? AND (case_id, kind, key) > (?, ?, ?) ORDER BY case_id, kind, key`, args,
			func(rows *sqlx.Rows) (c claimRow, err error) {
				err = rows.Scan(&c.caseID, &c.kind, &c.key, &c.person, &c.state)
				return c, err
			})
	}}
}

// scanCase reads a row of the cases; one that cannot be read is a finding.
func (v *verifier) scanCase(rows *sqlx.Rows) (engine.Row, error) {
	row, err := scanCase(rows.Scan)
	if err != nil {
		v.find(string(row.ID), 0, "the row cannot be read: %v", err)
	}
	return row, nil
}

func scanSubject(rows *sqlx.Rows) (r subjectRow, _ error) {
	var head []byte
	err := rows.Scan(&r.subject.Kind, &r.subject.ID, &r.seq, &head, &r.body,
		&r.links.Org, &r.links.Person, &r.links.Other, &r.links.Lookup)
	if err == nil && len(head) == len(r.head) { // a row that cannot be read has no head
		copy(r.head[:], head)
	}
	return r, nil
}
