package store

import (
	"context"
	"strings"

	"jinchu/engine"
)

// deedsScan bounds the events that one page of deeds looks at. There is no
// index by who signed: every act would pay for it, a tenth to a quarter of its
// throughput on SQLite, and few ask. Looking through 200,000 events takes a
// third of a second on SQLite and a tenth on PostgreSQL; a page takes at most
// about half of that.
const deedsScan = 50_000

// beyondCases sorts after the identifier of every case.
const beyondCases = "\U0010ffff"

// Deeds implements [engine.Store].
func (s *Store) Deeds(ctx context.Context, q *engine.DeedQuery) ([]engine.Deed, *engine.DeedCursor, error) {
	limit := q.Limit
	if limit <= 0 {
		limit = 50
	}
	limit = min(limit, 1000)
	offices, err := s.signers(ctx, q)
	if err != nil || len(offices) == 0 {
		return nil, nil, unavailable(err)
	}
	end, more, err := s.deedsEnd(ctx, q)
	if err != nil {
		return nil, nil, unavailable(err)
	}
	found, err := s.signed(ctx, q, offices, end, limit+1) // one more tells whether there is more
	switch {
	case err != nil:
		return nil, nil, unavailable(err)
	case len(found) > limit:
		return found[:limit], &found[limit-1].DeedCursor, nil
	case more:
		return found, &end, nil
	}
	return found, nil, nil
}

// signers are the offices asked about. An office is one term of one person,
// so that the register has all that a person ever held.
func (s *Store) signers(ctx context.Context, q *engine.DeedQuery) ([]string, error) {
	if q.Person == "" {
		return []string{string(q.Office)}, nil
	}
	return texts(ctx, s.reads, `SELECT id FROM register WHERE county = ? AND kind = 'office' AND person = ? AND person <> ''
		ORDER BY id`, string(q.County), string(q.Person))
}

// deedsEnd is the last event that is looked at, and whether there are more
// behind it.
func (s *Store) deedsEnd(ctx context.Context, q *engine.DeedQuery) (end engine.DeedCursor, more bool, err error) {
	w := deedsAfter(q)
	rows, err := s.reads.query(ctx, `SELECT e.chain, e.seq FROM events e WHERE `+w.text.String()+
		` ORDER BY e.chain, e.seq LIMIT 1 OFFSET ?`, append(w.args, deedsScan-1)...)
	if err != nil {
		return end, false, err
	}
	defer rows.Close()
	if !rows.Next() {
		return engine.DeedCursor{Case: beyondCases}, false, rows.Err()
	}
	return end, true, rows.Scan(&end.Case, &end.Seq)
}

// deedsAfter selects the events behind the cursor, of cases within the path
// only: those of the others are not read.
func deedsAfter(q *engine.DeedQuery) *where {
	w := &where{}
	w.and("e.county = ? AND (e.chain, e.seq) > (?, ?)", string(q.County), string(q.After.Case), q.After.Seq)
	if q.Path != "" {
		w.and("e.chain IN (SELECT c.id FROM cases c WHERE c.county = ? AND c.id >= ? AND (c.path = ? OR c.path >= ? AND c.path < ?))",
			string(q.County), string(q.After.Case), q.Path, q.Path+"/", q.Path+"0")
	}
	return w
}

// signed are the events of cases up to one that the offices signed. The one
// who signed stands last in a leaf; the chains of the register have a colon.
func (s *Store) signed(ctx context.Context, q *engine.DeedQuery, offices []string, end engine.DeedCursor, limit int) ([]engine.Deed, error) {
	w := deedsAfter(q)
	w.and("(e.chain, e.seq) <= (?, ?) AND e.chain NOT LIKE '%:%'", string(end.Case), end.Seq)
	var tails []any
	for _, office := range offices {
		tail := []byte(`"who":"` + office + `"}`)
		tails = append(tails, len(tail)-1, tail)
	}
	w.and("(substr(e.leaf, length(e.leaf) - ?) = ?"+strings.Repeat(" OR substr(e.leaf, length(e.leaf) - ?) = ?", len(offices)-1)+")", tails...)
	rows, err := s.reads.query(ctx, `SELECT e.chain, e.seq, e.leaf, e.hash, e.payload, e.salt FROM events e WHERE `+w.text.String()+
		` ORDER BY e.chain, e.seq LIMIT ?`, append(w.args, limit)...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	out := []engine.Deed{}
	for rows.Next() {
		var d engine.Deed
		var hash, salt []byte
		if err := rows.Scan(&d.Case, &d.Seq, &d.Entry.Leaf, &hash, &d.Entry.Payload, &salt); err != nil {
			return nil, err
		}
		copy(d.Entry.Hash[:], hash)
		copy(d.Entry.Salt[:], salt)
		out = append(out, d)
	}
	return out, rows.Err()
}
