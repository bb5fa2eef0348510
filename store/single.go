package store

import (
	"context"
	"fmt"

	"jinchu/engine"
	"jinchu/register"
)

// keepAlone keeps an act in a transaction of its own: the case, the event, the
// claims, the changes of the register and the answer.
func (s *Store) keepAlone(ctx context.Context, c *engine.Commit, v *view) error {
	return s.alone(ctx, c.County, v, func(t *change) error {
		if err := t.answer(ctx, c); err != nil {
			return err
		}
		if err := t.moveCase(ctx, c.Case); err != nil {
			return err
		}
		if err := t.append(ctx, string(c.Case.ID), c.Case.Seq, &c.Entry); err != nil {
			return err
		}
		for _, ch := range c.Event.Claims {
			if err := t.claim(ctx, c.Case, ch); err != nil {
				return err
			}
		}
		effects := make([]changed, len(c.Effects))
		for i, entity := range c.Effects {
			effects[i] = changed{engine.RegisterEvent{On: c.Event.On, By: c.Event.By, Case: c.Case.ID, Entity: entity},
				c.Event.Rule, c.Event.At, c.Salts[i]}
		}
		return t.putAll(ctx, effects)
	})
}

// answer keeps the answer under the act's key.
func (t *change) answer(ctx context.Context, c *engine.Commit) error {
	if c.Key == "" {
		return nil
	}
	n, err := t.exec(ctx, `INSERT INTO answers (county, office, key, digest, answer, at) VALUES (?, ?, ?, ?, ?, ?)
		ON CONFLICT DO NOTHING`, string(t.id), string(c.Office), c.Key, c.Digest, c.Answer, c.Event.At.UnixMicro())
	if err == nil && n == 0 {
		return engine.ErrKeyUsed
	}
	return err
}

// moveCase opens the case or moves it on from the seq before.
func (t *change) moveCase(ctx context.Context, c *engine.Case) error {
	r := engine.RowOf(c)
	var n int64
	var err error
	if c.Seq == 1 {
		n, err = t.exec(ctx, `INSERT INTO cases (county, id, workflow, parent, person, org, path, stage, stage_on,
			opened_on, seq, ended, due_on, due_action, head) VALUES `+tuples(1, 15)+` ON CONFLICT DO NOTHING`,
			string(t.id), string(r.ID), r.Workflow, string(r.Parent), string(r.Person), string(r.Org), r.Path, r.Stage,
			dateText(r.StageOn), dateText(r.OpenedOn), r.Seq, r.Ended, dateText(r.DueOn), r.DueAction, r.Head[:])
	} else {
		n, err = t.exec(ctx, `UPDATE cases SET org = ?, path = ?, stage = ?, stage_on = ?, seq = ?, ended = ?, due_on = ?, due_action = ?, head = ?
			WHERE county = ? AND id = ? AND seq = ?`, string(r.Org), r.Path, r.Stage, dateText(r.StageOn), r.Seq, r.Ended, dateText(r.DueOn),
			r.DueAction, r.Head[:], string(t.id), string(r.ID), r.Seq-1)
	}
	if err == nil && n == 0 {
		return engine.ErrStale
	}
	return err
}

// claim takes, uses, releases or voids what is scarce.
func (t *change) claim(ctx context.Context, c *engine.Case, ch engine.ClaimChange) error {
	county, id := string(t.id), string(c.ID)
	if ch.Op == engine.Take {
		n, err := t.exec(ctx, `INSERT INTO claims (county, kind, key, case_id, person, state) VALUES (?, ?, ?, ?, ?, 'taken')
			ON CONFLICT DO NOTHING`, county, ch.Kind, ch.Key, id, string(c.Person))
		if err == nil && n == 0 {
			return engine.ErrClaimed
		}
		return err
	}
	const held = ` WHERE county = ? AND kind = ? AND key = ? AND case_id = ? AND state IN ('taken', 'used')`
	var n int64
	var err error
	if state := afterwards(ch); state == "" {
		n, err = t.exec(ctx, `DELETE FROM claims`+held, county, ch.Kind, ch.Key, id)
	} else {
		n, err = t.exec(ctx, `UPDATE claims SET state = ?`+held, state, county, ch.Kind, ch.Key, id)
	}
	if err == nil && n == 0 {
		return fmt.Errorf("case %s does not hold %s %q, which its events say it does", c.ID, ch.Kind, ch.Key)
	}
	return err
}

// afterwards is the state of a claim after an operation, "" for no row. A form
// serial is never given out again: released, it is void.
func afterwards(ch engine.ClaimChange) string {
	switch {
	case ch.Op == engine.Take:
		return "taken"
	case ch.Op == engine.Use:
		return "used"
	case ch.Op == engine.Void, ch.Kind == serialKind:
		return "void"
	}
	return ""
}

// Record implements [engine.Store].
func (s *Store) Record(ctx context.Context, r *engine.Record) error {
	v, err := s.viewOf(r.View)
	if err != nil {
		return err
	}
	all := make([]changed, len(r.Entities))
	for i, entity := range r.Entities {
		all[i] = changed{engine.RegisterEvent{On: r.On, By: r.By, Reason: r.Reason, Entity: entity}, "", r.At, r.Salts[i]}
	}
	ctx = context.WithoutCancel(ctx)
	return s.alone(ctx, r.County, v, func(t *change) error { return t.putAll(ctx, all) })
}

// lists are the lists an entity stands in.
func lists(kind register.Kind, links register.Links) []register.Subject {
	switch kind {
	case register.KindOrg:
		return []register.Subject{{Kind: orgsBelow, ID: string(links.Org)}}
	case register.KindPerson:
		return []register.Subject{{Kind: membersOf, ID: string(links.Org)}, {Kind: lookedUp, ID: links.Lookup}}
	case register.KindOffice:
		return []register.Subject{{Kind: officersOf, ID: string(links.Org)}}
	case register.KindKin:
		return []register.Subject{{Kind: kinOf, ID: string(links.Person)}, {Kind: kinOf, ID: string(links.Other)}}
	case register.KindPool:
		return []register.Subject{{Kind: poolsOf}}
	case register.KindFiling:
		return []register.Subject{{Kind: filingsOf, ID: string(links.Org)}}
	}
	return nil
}
