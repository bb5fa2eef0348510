package api

import (
	"context"
	"errors"

	"jinchu/calendar"
	"jinchu/engine"
	"jinchu/register"
)

// What the first page says of filing, spot checks and supervision. Everybody
// reads it, so it keeps to what tells of no draw: checks are not counted, nor
// orders to the county department, which may be about a check.

// frontQuarter is a quarter on the first page.
type frontQuarter struct {
	QuarterLine
	Filed   int
	Running bool
}

// levelCount is the number of open supervision orders at a level.
type levelCount struct {
	Level  engine.Words
	Orders int
}

// frontSupervision is that part of the first page.
type frontSupervision struct {
	Supervised         bool           // the county has supervision orders and circulars
	Quarters           []frontQuarter // the running one and the one before, as far as they are drawn from
	Monthly, Quarterly int            // circulars issued, corrections included
	Orders             []levelCount   // in the order of the levels, those without orders left out
	OrdersCut          bool           // there are more than were counted
}

// orderCap is the most orders that are counted for a page.
const orderCap = 1000

var errEnough = errors.New("as many orders as a page counts")

func (s *server) supervision(ctx context.Context, today calendar.Date) (f frontSupervision, err error) {
	view := s.Engine.View(ctx, s.County)
	if s.Draws != nil {
		running := register.QuarterOf(today)
		for _, id := range []register.QuarterID{running, running.Before()} {
			q, known := view.Quarter(id)
			if !known || q.Undrawn {
				continue
			}
			digest, err := s.bundleDigest(ctx, q)
			if err != nil {
				return f, err
			}
			f.Quarters = append(f.Quarters, frontQuarter{quarterLine(q, digest), view.LastFiling(id), id == running})
		}
	}
	orders, ok := s.Engine.Workflow(ordersKey)
	if !ok {
		return f, view.Err()
	}
	f.Supervised = true
	f.Monthly, f.Quarterly = len(view.Held(circularKey, "monthly/")), len(view.Held(circularKey, "quarterly/"))
	if err := view.Err(); err != nil {
		return f, err
	}
	return f, s.ordersByLevel(ctx, orders, &f)
}

// ordersByLevel counts the open orders to organizations below the county.
func (s *server) ordersByLevel(ctx context.Context, w *engine.Workflow, f *frontSupervision) error {
	counts, seen := map[string]int{}, 0
	err := s.Engine.Each(ctx, engine.Query{County: s.County, Workflow: w.Key, Open: true}, func(c *engine.Case) error {
		if c.Org == register.OrgID(s.County) {
			return nil
		}
		if seen == orderCap {
			return errEnough
		}
		seen++
		counts[s.holding(c).text("level")]++
		return nil
	})
	switch {
	case errors.Is(err, errEnough):
		f.OrdersCut = true
	case err != nil:
		return err
	}
	level, ok := w.Field("level")
	if !ok {
		return nil
	}
	for _, o := range level.Options {
		if n := counts[o.Key]; n > 0 {
			f.Orders = append(f.Orders, levelCount{o.Words, n})
		}
	}
	return nil
}
