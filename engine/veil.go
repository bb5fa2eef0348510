package engine

import (
	"context"
	"errors"

	"jinchu/register"
)

// Veil keeps the cases of a workflow from some who would otherwise reach them,
// with all that depends on them, and puts on record who looks behind it. The
// calendar sees everything.
type Veil struct {
	// Over reports whether a case is kept from an actor who reaches it.
	Over func(*Situation) bool
	// Look is the act by which it stands in the case that somebody who may know
	// of it has looked: a case, its events, a list it is in. It is done for the
	// reader whenever its rules allow it, before anything is shown; nobody needs
	// to do it, and no outlook speaks of it.
	Look Action
}

// known reports whether the actor may know of the situation's case: it is in
// reach, and no veil is over it or over a case that it depends on.
func (e *Engine) known(ctx context.Context, s *Situation) (bool, error) {
	if !s.Reaches() {
		return false, nil
	}
	veiled := false
	err := e.veils(ctx, s, func(t *Situation) error {
		veiled = veiled || t.Workflow.Veil.Over(t)
		return nil
	})
	return !veiled && err == nil, err
}

// veils visits the situation's case and those that it depends on, as far as
// their workflows have a veil.
func (e *Engine) veils(ctx context.Context, s *Situation, visit func(*Situation) error) error {
	if s.Office.ID == ClockOffice {
		return nil
	}
	for t := s; ; {
		if t.Workflow.Veil != nil {
			if err := visit(t); err != nil {
				return err
			}
		}
		if t.Case.Parent == "" {
			return nil
		}
		above, err := e.latest(ctx, s.Case.County, t.Case.Parent)
		if err != nil {
			return err
		}
		next := *s
		next.Case, next.Workflow = above, e.workflows[above.Workflow]
		t = &next
	}
}

// latest is a case; where a veil may be over it, with what another server has
// added since: who is told of it changes with its acts.
func (e *Engine) latest(ctx context.Context, county register.CountyID, id CaseID) (*Case, error) {
	c, err := e.load(ctx, county, id)
	if err != nil || e.workflows[c.Workflow].Veil == nil {
		return c, err
	}
	if _, err := e.catchUp(ctx, county, id); err != nil {
		return nil, err
	}
	return e.load(ctx, county, id)
}

// witness puts on record that the actor looks at the situation's case, where
// the rules of a veil want it, and gives the situation after that. What cannot
// be put on record is not shown.
func (e *Engine) witness(ctx context.Context, s *Situation) (*Situation, error) {
	looked := false
	err := e.veils(ctx, s, func(t *Situation) error {
		look := *t
		look.Action, look.On, look.Given, look.Reason = t.Workflow.Veil.Look.Key, s.Today, map[string]any{}, ""
		_, err := Decide(&look)
		if err == nil {
			_, err = e.Act(ctx, s.actor(), Move{Case: t.Case.ID, Action: look.Action}, s.Now)
			looked = looked || err == nil
		}
		var refused *Refused
		if errors.As(err, &refused) {
			return nil // it is on record, or nothing is hidden any more
		}
		return err
	})
	if err != nil || !looked {
		return s, err
	}
	return e.situate(ctx, s.actor(), Move{Case: s.Case.ID}, s.Now)
}

// actor is who the situation is judged for.
func (s *Situation) actor() Actor { return Actor{County: s.Case.County, Office: s.Office.ID} }

// shows reports whether a case may be shown to a reader in a list, and if so
// puts the look on record, also of the case the next page begins with; the row
// is then as it stands after that. A department sees what it was asked about.
func (e *Engine) shows(ctx context.Context, r *reader, row *Row) (bool, error) {
	w := e.workflows[row.Workflow]
	if !r.asked() && row.Parent == "" && (w == nil || w.Veil == nil) {
		return true, nil
	}
	if w == nil {
		return false, nil
	}
	c, err := e.latest(ctx, r.county, row.ID)
	if err != nil {
		return false, err
	}
	s := e.before(r, c)
	known, err := e.known(ctx, s)
	if err != nil || !known {
		return false, err
	}
	seen, err := e.witness(ctx, s)
	if err == nil && seen != s {
		*row = RowOf(seen.Case)
	}
	return err == nil, err
}

// before is a reader before a case.
func (e *Engine) before(r *reader, c *Case) *Situation {
	return &Situation{Case: c, Workflow: e.workflows[c.Workflow], Office: r.office, Org: r.org, View: r.view,
		On: r.today, Today: r.today, Now: r.now, Cal: e.cal, Profile: e.profile}
}
