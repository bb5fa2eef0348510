package spotcheck

import (
	"context"
	"errors"
	"time"

	"jinchu/calendar"
	"jinchu/engine"
	"jinchu/register"
	"jinchu/workflows"
)

// tellAt is the instant from which the inspectors may know of a filing.
func (k *Keeper) tellAt(f *register.Filing) time.Time { return workflows.TellAt(k.Engine.Profile(), f) }

// Tell opens the checks of the meetings that were drawn when they were filed
// and are about to be held, and drops those of meetings that were put off. One
// that cannot be opened keeps no other from it.
func (k *Keeper) Tell(ctx context.Context, now time.Time) (acts int, err error) {
	err = k.running(ctx, now, func(q *register.Quarter) error {
		b, err := k.book(ctx, q)
		if err != nil {
			return err
		}
		var errs []error
		for _, f := range b.filings {
			if !f.Standing() || now.Before(k.tellAt(f)) {
				continue
			}
			why, method, chosen := b.chosen(f)
			if !chosen {
				continue
			}
			n, err := k.check(ctx, f, why, method, now)
			if acts += n; err != nil {
				errs = append(errs, err)
			}
		}
		return errors.Join(errs...)
	})
	n, missed := k.drop(ctx, now)
	return acts + n, errors.Join(err, missed)
}

// drop ends the checks whose meeting was put off before its day. What was
// withdrawn later is left to its inspectors.
func (k *Keeper) drop(ctx context.Context, now time.Time) (acts int, err error) {
	view := k.Engine.View(ctx, k.County)
	for _, key := range view.Held(workflows.CheckOpen.Kind, "") {
		id, _ := view.Holder(workflows.CheckOpen.Kind, key)
		if view.Err() != nil {
			break
		}
		c, err := k.Engine.Refold(ctx, k.County, id)
		if err != nil {
			return acts, err
		}
		if !toCome(c) {
			continue
		}
		f := k.filing(ctx, c)
		if f == nil || !f.PutOff() {
			continue
		}
		n, err := k.must(ctx, engine.Move{Case: c.ID, Action: workflows.DropCheck.Key}, now, func(engine.View) bool {
			c, err := k.Engine.Refold(ctx, k.County, id)
			return err == nil && !toCome(c)
		})
		if acts += n; err != nil {
			return acts, err
		}
	}
	return acts, view.Err()
}

// toCome reports whether a check has no result yet.
func toCome(c *engine.Case) bool {
	return c.Stage == workflows.CheckSelected.Key || c.Stage == workflows.CheckAssigned.Key
}

// filing is the filing for which a check was drawn.
func (k *Keeper) filing(ctx context.Context, check *engine.Case) *register.Filing {
	id, _ := workflows.CheckFiling.Held(check)
	branch, _ := workflows.CheckBranch.Held(check)
	for _, f := range k.Engine.View(ctx, k.County).Filings(branch) {
		if string(f.ID) == id {
			return f
		}
	}
	return nil
}

// errFrameChanged tells that filings are not what they were when a point was
// recorded. Nothing in the program does that; it is for the operator to find
// out who did.
var errFrameChanged = errors.New("the filings are not those on record at the point")

// Points records every point whose day is over, opens the checks that it
// draws, and then puts on record that they are open: until then nothing that
// waits for the point can be approved. After a death in between, the next run
// does what is missing. A point that is refused is an error: at the last one
// no filing is left standing, since the engine's Tick, which comes before, has
// let lapse what nobody recorded.
func (k *Keeper) Points(ctx context.Context, now time.Time) (acts int, err error) {
	silent := map[string]bool{}
	err = k.running(ctx, now, func(q *register.Quarter) error {
		// Nothing is drawn without its shares, or the mark that they are missing.
		n, err := k.askQuarter(ctx, q, silent, now)
		if acts += n; err != nil {
			return err
		}
		for {
			n, err = k.point(ctx, q, now)
			if acts += n; err != nil || n == 0 {
				break
			}
			view := k.Engine.View(ctx, k.County)
			q, _ = view.Quarter(q.ID)
			if err := view.Err(); err != nil {
				return err
			}
		}
		if len(q.Drawn) == 0 || errors.Is(err, errFrameChanged) {
			return err
		}
		n, missed := k.drawn(ctx, q, now)
		if acts += n; missed == nil {
			n, missed = k.opened(ctx, q, now)
			acts += n
		}
		return errors.Join(err, missed)
	})
	return acts, err
}

// unchanged reads a quarter whose filings are those on record at its points.
func (k *Keeper) unchanged(ctx context.Context, q *register.Quarter) (*book, error) {
	b, err := k.book(ctx, q)
	if err != nil {
		return nil, err
	}
	for i, d := range q.Drawn {
		if b.frame.Digest(i+1).String() != d.Frame {
			return nil, errFrameChanged
		}
	}
	return b, nil
}

// point records the next point if its day is over.
func (k *Keeper) point(ctx context.Context, q *register.Quarter, now time.Time) (int, error) {
	n := len(q.Drawn) + 1
	if n > len(q.Points) || !calendar.DateOf(now).After(q.Points[n-1]) {
		return 0, nil
	}
	b, err := k.unchanged(ctx, q)
	if err != nil {
		return 0, err
	}
	selection, err := b.frame.Draw(n, b.lots)
	if err != nil {
		return 0, err
	}
	return k.must(ctx, engine.Move{Case: engine.CaseID(q.Case), Action: workflows.RecordPoint.Key, Fields: map[string]any{
		workflows.PointNumber.Key: int64(n), workflows.FrameDigest.Key: b.frame.Digest(n).String(),
		workflows.SelectionDigest.Key: selection.Digest().String(),
	}}, now, recorded(q.ID, func(q *register.Quarter) bool { return len(q.Drawn) >= n }))
}

// drawn opens the checks of everything drawn up to the last point on record
// that have not been opened. One that cannot be opened keeps no other from it.
func (k *Keeper) drawn(ctx context.Context, q *register.Quarter, now time.Time) (acts int, err error) {
	b, err := k.unchanged(ctx, q)
	if err != nil {
		return 0, err
	}
	last := len(q.Drawn)
	selection, err := b.frame.Draw(last, b.lots)
	if err != nil {
		return 0, err
	}
	if selection.Digest().String() != q.Drawn[last-1].Selection {
		return 0, errFrameChanged
	}
	var errs []error
	for _, line := range selection.Lines {
		n, err := k.check(ctx, b.filings[line.N-1], line.Reason, line.Method, now)
		if acts += n; err != nil {
			errs = append(errs, err)
		}
	}
	return acts, errors.Join(errs...)
}

// opened puts on record of every point drawn that its checks are open. It is
// called when they all are.
func (k *Keeper) opened(ctx context.Context, q *register.Quarter, now time.Time) (acts int, err error) {
	view := k.Engine.View(ctx, k.County)
	for n := workflows.PointsOpened(view, q.ID) + 1; n <= len(q.Drawn) && view.Err() == nil; n++ {
		one, err := k.must(ctx, engine.Move{Case: engine.CaseID(q.Case), Action: workflows.PointOpened.Key,
			Fields: map[string]any{workflows.PointNumber.Key: int64(n)}}, now, func(v engine.View) bool { return workflows.PointsOpened(v, q.ID) >= n })
		if acts += one; err != nil {
			return acts, err
		}
	}
	return acts, view.Err()
}
