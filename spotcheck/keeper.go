package spotcheck

import (
	"context"
	"errors"
	"fmt"
	"slices"
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
	// FewerParties lets a quarter be opened with fewer parties than the one
	// before it was. Otherwise a server that was started without its second
	// holder would leave the draw to one key.
	FewerParties bool
}

func (k *Keeper) clock() engine.Actor {
	return engine.Actor{County: k.County, Office: engine.ClockOffice}
}

// Open opens the running quarter if it is not open, and the next one from the
// first day of the last month before it on. Nothing happens before every
// party has committed. A refusal is an error; one quarter that cannot be
// opened does not keep the other from it.
func (k *Keeper) Open(ctx context.Context, now time.Time) (acts int, err error) {
	today := calendar.DateOf(now)
	running := register.QuarterOf(today)
	quarters := []register.QuarterID{running}
	if !today.Before(running.Next().First().AddMonths(-1)) {
		quarters = append(quarters, running.Next())
	}
	view := k.Engine.View(ctx, k.County)
	if _, set := view.Org(register.OrgID(k.County)); !set {
		return 0, view.Err() // nobody has set up the county yet
	}
	var errs []error
	for _, q := range quarters {
		if _, known := view.Quarter(q); known || view.Err() != nil {
			continue
		}
		n, err := k.open(ctx, q, now)
		if acts += n; err != nil {
			errs = append(errs, fmt.Errorf("quarter %s: %w", q, err))
		}
	}
	return acts, errors.Join(append(errs, view.Err())...)
}

func (k *Keeper) open(ctx context.Context, q register.QuarterID, now time.Time) (int, error) {
	if err := k.enoughParties(ctx, q); err != nil {
		return 0, err
	}
	var commitments []engine.Item
	for _, h := range k.Holders {
		c, err := h.Commit(ctx, workflows.DrawQuarter(k.County, q))
		if err != nil {
			return 0, fmt.Errorf("the commitment of %s: %w", h.Party(), err)
		}
		commitments = append(commitments, engine.Item{Key: h.Party(), Text: c.String()})
	}
	m := engine.Move{Case: engine.CaseID("quarter-" + string(q)), Workflow: workflows.QuarterlyDraw, Org: register.OrgID(k.County), Action: workflows.OpenQuarter.Key,
		Fields: map[string]any{workflows.QuarterName.Key: string(q), workflows.Commitments.Key: commitments}}
	return k.must(ctx, m, now, recorded(q, func(*register.Quarter) bool { return true }))
}

// enoughParties wants as many holders as the last quarter had that was drawn
// from before q.
func (k *Keeper) enoughParties(ctx context.Context, q register.QuarterID) error {
	earlier, err := k.Quarters(ctx, q.Before().Before().First())
	if err != nil || len(earlier) == 0 || k.FewerParties {
		return err
	}
	if last := earlier[0]; len(k.Holders) < len(last.Parties) {
		return fmt.Errorf("%s was opened by %d parties, and here are the holders of %d: name the others, or say that they are to be fewer",
			last.ID, len(last.Parties), len(k.Holders))
	}
	return nil
}

// must does an act that was found to be due: a refusal is an error, unless the
// county's record says by now that it is done. Then another server came first.
func (k *Keeper) must(ctx context.Context, m engine.Move, now time.Time, done func(engine.View) bool) (int, error) {
	_, err := k.Engine.Act(ctx, k.clock(), m, now)
	var refused *engine.Refused
	var first *engine.Conflict
	switch {
	case err == nil:
		return 1, nil
	case errors.As(err, &first), errors.As(err, &refused):
		view := k.Engine.View(ctx, k.County)
		if done(view) || view.Err() != nil {
			return 0, view.Err()
		}
		return 0, fmt.Errorf("%s is refused: %w", m.Action, err)
	}
	return 0, err
}

// recorded reports of a quarter whether its record says that something is
// done.
func recorded(id register.QuarterID, done func(*register.Quarter) bool) func(engine.View) bool {
	return func(v engine.View) bool {
		q, ok := v.Quarter(id)
		return ok && done(q)
	}
}

// running hands over every quarter that is drawn from and not closed, oldest
// first. What fails in one quarter is told after the others have had their turn.
func (k *Keeper) running(ctx context.Context, now time.Time, visit func(*register.Quarter) error) error {
	quarters, err := k.Quarters(ctx, calendar.DateOf(now))
	if err != nil {
		return err
	}
	var errs []error
	for _, q := range slices.Backward(quarters) {
		if !q.ClosedOn.IsZero() {
			continue
		}
		if err := visit(q); err != nil {
			errs = append(errs, fmt.Errorf("quarter %s: %w", q.ID, err))
		}
	}
	return errors.Join(errs...)
}
