package engine

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"jinchu/calendar"
	"jinchu/register"
)

// Tick does what the calendar itself does in a county as of an instant: every
// act that a rule gives to [Clock], in the cases where its deadline has passed.
// An act that has to give something is not done here but by whoever knows what
// to give. It returns how many acts there were. It can be repeated at any
// time, and by several servers: an act that was done is not due any more. A
// case that is faulty keeps no other from being done: see [Engine.EachApart].
func (e *Engine) Tick(ctx context.Context, county register.CountyID, now time.Time) (acts int, err error) {
	actor := Actor{County: county, Office: ClockOffice}
	err = e.EachApart(ctx, Query{County: county, Open: true, DueBy: calendar.DateOf(now).AddDays(-1)}, func(c *Case) error {
		n, err := e.tickCase(ctx, actor, c, now)
		acts += n
		return err
	})
	return acts, err
}

// Each folds every case that a query selects, in the order of lists, and hands
// it over. It is for the calendar's own work: nobody's reach is asked. Cases
// are read some at a time, and each as it stands at that moment; a case that
// cannot be read ends it, and so does an error of visit.
func (e *Engine) Each(ctx context.Context, q Query, visit func(*Case) error) error {
	return e.eachID(ctx, q, func(id CaseID) error { return e.visitOne(ctx, q.County, id, visit) })
}

// EachApart is [Engine.Each] for work that is to be done in every case, however
// it goes in the others: what is wrong with one case, to read it or to visit
// it, is kept as a [CaseFault] and told at the end, in [CaseFaults]. Only an
// [Unavailable] store and the end of the context end it at once.
func (e *Engine) EachApart(ctx context.Context, q Query, visit func(*Case) error) error {
	var faults CaseFaults
	err := e.eachID(ctx, q, func(id CaseID) error {
		if err := ctx.Err(); err != nil {
			return err
		}
		err := e.visitOne(ctx, q.County, id, visit)
		var down *Unavailable
		if err == nil || ctx.Err() != nil || errors.As(err, &down) {
			return err
		}
		faults.Add(&CaseFault{id, err})
		return nil
	})
	switch {
	case faults.Count == 0:
		return err
	case err == nil:
		return &faults
	}
	return errors.Join(err, &faults)
}

// eachID hands over the identifier of every case that a query selects.
func (e *Engine) eachID(ctx context.Context, q Query, visit func(CaseID) error) error {
	q.Limit = 500
	for {
		rows, err := e.store.Rows(ctx, &q)
		if err != nil {
			return err
		}
		for _, row := range rows {
			if err := visit(row.ID); err != nil {
				return err
			}
		}
		if len(rows) < q.Limit {
			return nil
		}
		last := rows[len(rows)-1]
		q.After = Cursor{DueOn: last.DueOn, ID: last.ID}
	}
}

// visitOne hands over a case as it stands now.
func (e *Engine) visitOne(ctx context.Context, county register.CountyID, id CaseID, visit func(*Case) error) error {
	if _, err := e.catchUp(ctx, county, id); err != nil {
		return err
	}
	c, err := e.load(ctx, county, id)
	if err != nil {
		return err
	}
	return visit(c)
}

// AsOf is a case as the acts up to the end of a day left it, by their own days;
// nil where it was opened later. An act that was recorded late counts from its
// day on, unless it came after a later one.
func (e *Engine) AsOf(ctx context.Context, county register.CountyID, id CaseID, day calendar.Date) (*Case, error) {
	turns, err := e.replay(ctx, county, id)
	if err != nil {
		return nil, err
	}
	for i, t := range turns {
		switch {
		case !t.event.On.After(day):
		case i == 0:
			return nil, nil
		default:
			return t.before, nil
		}
	}
	return e.Refold(ctx, county, id)
}

// CaseFault is what is wrong with one case among many.
type CaseFault struct {
	Case CaseID
	Err  error
}

func (f *CaseFault) Error() string { return fmt.Sprintf("case %s: %v", f.Case, f.Err) }

// Unwrap gives what is wrong.
func (f *CaseFault) Unwrap() error { return f.Err }

// faultsMost bounds the faults that are kept of one run: where the fault is
// that of a rule, every case has it.
const faultsMost = 20

// CaseFaults are the faults of one run, in the order in which they were found.
type CaseFaults struct {
	Kept  []*CaseFault // the first ones
	Count int          // of all
}

// Add keeps one more.
func (f *CaseFaults) Add(one *CaseFault) {
	f.Count++
	if len(f.Kept) < faultsMost {
		f.Kept = append(f.Kept, one)
	}
}

func (f *CaseFaults) Error() string { return f.join((*CaseFault).Error) }

func (f *CaseFaults) join(text func(*CaseFault) string) string {
	parts := make([]string, len(f.Kept), len(f.Kept)+1)
	for i, one := range f.Kept {
		parts[i] = text(one)
	}
	if more := f.Count - len(f.Kept); more > 0 {
		parts = append(parts, fmt.Sprintf("and %d cases more", more))
	}
	return strings.Join(parts, "; ")
}

// Unwrap gives the faults that were kept.
func (f *CaseFaults) Unwrap() []error {
	out := make([]error, len(f.Kept))
	for i, one := range f.Kept {
		out[i] = one
	}
	return out
}

// View is the county as known now, for the calendar's own work.
func (e *Engine) View(ctx context.Context, county register.CountyID) View {
	return e.store.View(ctx, county)
}

// tickCase does the calendar's acts that are overdue in one case. One that is
// refused after all, because somebody acted meanwhile, is no fault.
func (e *Engine) tickCase(ctx context.Context, actor Actor, c *Case, now time.Time) (acts int, err error) {
	for _, d := range c.Due {
		if !d.Overdue(calendar.DateOf(now)) || !e.workflows[c.Workflow].byClock(d.Action) {
			continue
		}
		var refused *Refused
		switch _, err := e.Act(ctx, actor, Move{Case: c.ID, Action: d.Action}, now); {
		case err == nil:
			acts++
		case !errors.As(err, &refused):
			return acts, err
		}
	}
	return acts, nil
}

// byClock reports whether the calendar does an action, and needs to give
// nothing with it.
func (w *Workflow) byClock(action string) bool {
	for _, r := range w.byAction[action] {
		if r.Role.Key == Clock.Key && len(r.Required) == 0 {
			return true
		}
	}
	return false
}
