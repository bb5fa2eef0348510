package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"jinchu/engine"
	"jinchu/ledger"
	"jinchu/register"
)

// put seals a new version of an entity onto its chain and makes it the row.
func (t *change) put(ctx context.Context, e *engine.RegisterEvent, rule string, at time.Time, salt [32]byte) error {
	subject, links := e.Entity.Subject(), e.Entity.Links()
	e.Kind = subject.Kind
	seq, head, before, err := t.last(ctx, subject)
	if err != nil {
		return err
	}
	body, err := json.Marshal(e.Entity)
	if err != nil {
		return fmt.Errorf("%s: %w", subject.Chain(), err)
	}
	payload, err := json.Marshal(e)
	if err != nil {
		return fmt.Errorf("%s: %w", subject.Chain(), err)
	}
	entry, err := ledger.Seal(ledger.Leaf{County: string(t.id), Case: subject.Chain(), Kind: leafKind(subject.Kind),
		N: seq + 1, At: at, Prev: head, Rule: rule, Who: string(e.By.Office)}, payload, salt)
	if err != nil {
		return fmt.Errorf("%s: %w", subject.Chain(), err)
	}
	if err := t.append(ctx, subject.Chain(), seq+1, &entry); err != nil {
		return err
	}
	_, err = t.exec(ctx, `INSERT INTO register (county, kind, id, seq, head, body, org, person, other, lookup) VALUES `+tuples(1, 10)+`
		ON CONFLICT (county, kind, id) DO UPDATE SET seq = excluded.seq, head = excluded.head, body = excluded.body,
		org = excluded.org, person = excluded.person, other = excluded.other, lookup = excluded.lookup`,
		string(t.id), string(subject.Kind), subject.ID, seq+1, entry.Hash[:], body,
		string(links.Org), string(links.Person), string(links.Other), links.Lookup)
	if err != nil {
		return err
	}
	t.touched[subject] = true
	if seq > 0 {
		t.touch(lists(subject.Kind, before))
	}
	t.touch(lists(subject.Kind, links))
	return nil
}

func (t *change) touch(lists []register.Subject) {
	for _, list := range lists {
		t.touched[list] = true
	}
}

// last is where the chain of a subject stands, and what links it had.
func (t *change) last(ctx context.Context, subject register.Subject) (seq int64, head ledger.Hash, links register.Links, err error) {
	rows, err := t.query(ctx, `SELECT seq, head, org, person, other, lookup FROM register WHERE county = ? AND kind = ? AND id = ?`,
		string(t.id), string(subject.Kind), subject.ID)
	if err != nil {
		return 0, head, links, err
	}
	var hash []byte
	if rows.Next() {
		err = rows.Scan(&seq, &hash, &links.Org, &links.Person, &links.Other, &links.Lookup)
		copy(head[:], hash)
	}
	return seq, head, links, errors.Join(err, rows.Err(), rows.Close())
}

// append adds an entry to a chain.
func (t *change) append(ctx context.Context, chain string, seq int64, e *ledger.Entry) error {
	_, err := t.exec(ctx, `INSERT INTO events (county, chain, seq, leaf, hash, payload, salt) VALUES `+tuples(1, 7),
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
