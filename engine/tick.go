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
// It returns how many acts there were. It can be repeated at any time, and by
// several servers: an act that was done is not due any more.
func (e *Engine) Tick(ctx context.Context, county register.CountyID, now time.Time) (acts int, err error) {
	actor := Actor{County: county, Office: ClockOffice}
	q := Query{County: county, Open: true, DueBy: calendar.DateOf(now).AddDays(-1), Limit: 500}
	for {
		rows, err := e.store.Rows(ctx, &q)
		if err != nil {
			return acts, err
		}
		for _, row := range rows {
			n, err := e.tickCase(ctx, actor, row, now)
			if acts += n; err != nil {
				return acts, err
			}
		}
		if len(rows) < q.Limit {
			return acts, nil
		}
		last := rows[len(rows)-1]
		q.After = Cursor{DueOn: last.DueOn, ID: last.ID}
	}
}

// tickCase does the calendar's acts that are overdue in one case. One that is
// refused after all, because somebody acted meanwhile, is no fault.
func (e *Engine) tickCase(ctx context.Context, actor Actor, row Row, now time.Time) (acts int, err error) {
	c, err := e.load(ctx, actor.County, row.ID)
	if err != nil {
		return 0, err
	}
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

// byClock reports whether the calendar does an action.
func (w *Workflow) byClock(action string) bool {
	for _, r := range w.byAction[action] {
		if r.Role.Key == Clock.Key {
			return true
		}
	}
	return false
}
