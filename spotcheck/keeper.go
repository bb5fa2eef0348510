package spotcheck

import (
	"context"
	"errors"
	"fmt"
	"time"

	"jinchu/calendar"
	"jinchu/engine"
	"jinchu/register"
	"jinchu/sampling"
	"jinchu/workflows"
)

// Holder is a party of the draw: it holds a key for every quarter.
type Holder interface {
	// Party is its name, as in the opening record.
	Party() string
	// Commit is what it publishes of its key before the quarter.
	Commit(ctx context.Context, q sampling.Quarter) (sampling.Hash, error)
	// Share is what it adds to the ticket of a draw id.
	Share(ctx context.Context, q sampling.Quarter, draw int) (sampling.Hash, error)
	// Reveal is its key, once the quarter is over.
	Reveal(ctx context.Context, q sampling.Quarter) (sampling.Key, error)
}

// Keeper runs the draws of a county. Its fields are set once.
type Keeper struct {
	Engine  *engine.Engine
	County  register.CountyID
	Holders []Holder // one or two
	Seal    *Seal    // of the shares
}

func (k *Keeper) clock() engine.Actor {
	return engine.Actor{County: k.County, Office: engine.ClockOffice}
}

// Open opens the running quarter if it is not open, and the next one from the
// first day of the last month before it on. Nothing happens before every
// party has committed.
func (k *Keeper) Open(ctx context.Context, now time.Time) (acts int, err error) {
	today := calendar.DateOf(now)
	running := register.QuarterOf(today)
	quarters := []register.QuarterID{running}
	if !today.Before(running.Next().First().AddMonths(-1)) {
		quarters = append(quarters, running.Next())
	}
	view := k.Engine.View(ctx, k.County)
	for _, q := range quarters {
		if _, known := view.Quarter(q); known || view.Err() != nil {
			continue
		}
		var commitments []engine.Item
		for _, h := range k.Holders {
			c, err := h.Commit(ctx, workflows.DrawQuarter(k.County, q))
			if err != nil {
				return acts, fmt.Errorf("the commitment of %s for %s: %w", h.Party(), q, err)
			}
			commitments = append(commitments, engine.Item{Key: h.Party(), Text: c.String()})
		}
		done, err := k.act(ctx, engine.Move{Case: engine.CaseID("quarter-" + string(q)), Workflow: workflows.QuarterlyDraw, Org: register.OrgID(k.County), Action: workflows.OpenQuarter.Key,
			Fields: map[string]any{workflows.QuarterName.Key: string(q), workflows.Commitments.Key: commitments}}, now)
		if acts += done; err != nil {
			return acts, err
		}
	}
	return acts, view.Err()
}

// act does an act of the calendar and counts it. A refusal is no fault, nor is
// coming second: what was to be done was done already, or is not due any more.
func (k *Keeper) act(ctx context.Context, m engine.Move, now time.Time) (int, error) {
	_, err := k.Engine.Act(ctx, k.clock(), m, now)
	var refused *engine.Refused
	var first *engine.Conflict
	switch {
	case err == nil:
		return 1, nil
	case errors.As(err, &refused), errors.As(err, &first):
		return 0, nil
	}
	return 0, err
}

// running hands over every quarter that is drawn from and not closed, oldest
// first, with the case in which it is kept.
func (k *Keeper) running(ctx context.Context, visit func(*engine.Case, *register.Quarter) error) error {
	view := k.Engine.View(ctx, k.County)
	type open struct {
		c *engine.Case
		q *register.Quarter
	}
	var all []open
	err := k.Engine.Each(ctx, engine.Query{County: k.County, Workflow: workflows.QuarterlyDraw, Open: true}, func(c *engine.Case) error {
		name, _ := workflows.QuarterName.Held(c)
		if q, ok := view.Quarter(register.QuarterID(name)); ok {
			all = append(all, open{c, q})
		}
		return view.Err()
	})
	if err != nil {
		return err
	}
	sortBy(all, func(o open) string { return string(o.q.ID) })
	for _, o := range all {
		if err := visit(o.c, o.q); err != nil {
			return fmt.Errorf("quarter %s: %w", o.q.ID, err)
		}
	}
	return nil
}
