package store

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"jinchu/engine"
	"jinchu/ledger"
	"jinchu/register"
)

// some is how many rows are written with one statement where there are many.
const some = 64

// changed is a new version of an entity on its way to its chain.
type changed struct {
	event engine.RegisterEvent
	rule  string
	at    time.Time
	salt  [32]byte
}

// putAll seals new versions of entities onto their chains and makes them the
// rows. Versions of one subject follow each other in the order given.
func (t *change) putAll(ctx context.Context, all []changed) error {
	for len(all) > 0 {
		distinct := map[register.Subject]bool{}
		n := 0
		for n < len(all) && n < some && !distinct[all[n].event.Entity.Subject()] {
			distinct[all[n].event.Entity.Subject()] = true
			n++
		}
		if err := t.put(ctx, all[:n]); err != nil {
			return err
		}
		all = all[n:]
	}
	return nil
}

// put is putAll for at most [some] distinct subjects.
func (t *change) put(ctx context.Context, some []changed) error {
	stand, err := t.last(ctx, some)
	if err != nil {
		return err
	}
	var events, rows [][]any
	for i := range some {
		entity := some[i].event.Entity
		subject, links := entity.Subject(), entity.Links()
		before := stand[subject]
		entry, body, err := t.seal(&some[i], before)
		if err != nil {
			return fmt.Errorf("%s: %w", subject.Chain(), err)
		}
		events = append(events, []any{string(t.id), subject.Chain(), before.seq + 1, entry.Leaf, entry.Hash[:], entry.Payload, entry.Salt[:]})
		rows = append(rows, []any{string(t.id), string(subject.Kind), subject.ID, before.seq + 1, entry.Hash[:], body,
			string(links.Org), string(links.Person), string(links.Other), links.Lookup})
		t.touched[subject] = true
		if before.seq > 0 {
			t.touch(lists(subject.Kind, before.links))
		}
		t.touch(lists(subject.Kind, links))
	}
	if err := t.insert(ctx, insertEvent, events, ""); err != nil {
		return err
	}
	return t.insert(ctx, `INSERT INTO register (county, kind, id, seq, head, body, org, person, other, lookup)`, rows,
		` ON CONFLICT (county, kind, id) DO UPDATE SET seq = excluded.seq, head = excluded.head, body = excluded.body,
		org = excluded.org, person = excluded.person, other = excluded.other, lookup = excluded.lookup`)
}

// seal makes the entry that follows where the chain stands.
func (t *change) seal(c *changed, before subjectRow) (entry ledger.Entry, body []byte, err error) {
	subject := c.event.Entity.Subject()
	c.event.Kind = subject.Kind
	if body, err = json.Marshal(c.event.Entity); err != nil {
		return entry, nil, err
	}
	payload, err := json.Marshal(&c.event)
	if err != nil {
		return entry, nil, err
	}
	entry, err = ledger.Seal(ledger.Leaf{County: string(t.id), Case: subject.Chain(), Kind: leafKind(subject.Kind),
		N: before.seq + 1, At: c.at, Prev: before.head, Rule: c.rule, Who: string(c.event.By.Office)}, payload, c.salt)
	return entry, body, err
}

func (t *change) touch(lists []register.Subject) {
	for _, list := range lists {
		t.touched[list] = true
	}
}

// last is where the chains of the subjects stand, and what links they had.
func (t *change) last(ctx context.Context, of []changed) (map[register.Subject]subjectRow, error) {
	n := 1
	if len(of) > 1 {
		n = some // few texts: the rest of the list repeats the last subject
	}
	args := []any{string(t.id)}
	for i := range n {
		subject := of[min(i, len(of)-1)].event.Entity.Subject()
		args = append(args, string(subject.Kind), subject.ID)
	}
	rows, err := t.query(ctx, `SELECT kind, id, seq, head, body, org, person, other, lookup FROM register
		WHERE county = ? AND (kind, id) IN (VALUES `+tuples(n, 2)+`)`, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	out := map[register.Subject]subjectRow{}
	for rows.Next() {
		r, err := scanSubject(rows)
		if err != nil {
			return nil, err
		}
		out[r.subject] = r
	}
	return out, rows.Err()
}

const insertEvent = `INSERT INTO events (county, chain, seq, leaf, hash, payload, salt)`

// append adds an entry to a chain.
func (t *change) append(ctx context.Context, chain string, seq int64, e *ledger.Entry) error {
	_, err := t.exec(ctx, insertEvent+` VALUES `+tuples(1, 7),
		string(t.id), chain, seq, e.Leaf, e.Hash[:], e.Payload, e.Salt[:])
	return err
}

// leafKind is the coarse kind under which a change of the register appears.
func leafKind(kind register.Kind) string {
	if kind == register.KindOffice || kind == register.KindPerson {
		return "role"
	}
	return "config"
}
