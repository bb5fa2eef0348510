package engine

import (
	"context"
	"errors"
	"time"

	"jinchu/calendar"
	"jinchu/register"
)

// Tick does what the calendar itself does in a county as of an instant: every
// act that a rule gives to [Clock], in the cases where its deadline has passed.
// An act that has to give something is not done here but by whoever knows what
// to give. It returns how many acts there were. It can be repeated at any
// time, and by several servers: an act that was done is not due any more.
func (e *Engine) Tick(ctx context.Context, county register.CountyID, now time.Time) (acts int, err error) {
	actor := Actor{County: county, Office: ClockOffice}
	err = e.Each(ctx, Query{County: county, Open: true, DueBy: calendar.DateOf(now).AddDays(-1)}, func(c *Case) error {
		n, err := e.tickCase(ctx, actor, c, now)
		acts += n
		return err
	})
	return acts, err
}

// Each folds every case that a query selects, in the order of lists, and hands
// it over. It is for the calendar's own work: nobody's reach is asked. Cases
// are read some at a time, and each as it stands at that moment; an error of
// visit ends it.
func (e *Engine) Each(ctx context.Context, q Query, visit func(*Case) error) error {
	q.Limit = 500
	for {
		rows, err := e.store.Rows(ctx, &q)
		if err != nil {
			return err
		}
		for _, row := range rows {
			if _, err := e.catchUp(ctx, q.County, row.ID); err != nil {
				return err
			}
			c, err := e.load(ctx, q.County, row.ID)
			if err != nil {
				return err
			}
			if err := visit(c); err != nil {
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
