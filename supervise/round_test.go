package supervise_test

import (
	"context"
	"errors"
	"testing"

	"jinchu/calendar"
	"jinchu/engine"
	"jinchu/engine/inmem"
	"jinchu/ledger"
	"jinchu/register"
	"jinchu/supervise"
)

// counting is a store that counts how often the cases that are due are listed,
// and cannot give the log of one case.
type counting struct {
	engine.Store
	lists  int
	faulty engine.CaseID
}

func (c *counting) Rows(ctx context.Context, q *engine.Query) ([]engine.Row, error) {
	if !q.DueBy.IsZero() {
		c.lists++
	}
	return c.Store.Rows(ctx, q)
}

func (c *counting) Log(ctx context.Context, county register.CountyID, chain string, after int64) ([]ledger.Entry, error) {
	if chain == string(c.faulty) {
		return nil, errors.New("not to be read")
	}
	return c.Store.Log(ctx, county, chain, after)
}

// round runs all jobs of a slot, and wants the job that has all the others to
// do so many acts, and the others none.
func round(t *testing.T, r *supervise.Round, e *engine.Engine, day string, want int) (failed error) {
	t.Helper()
	for _, j := range supervise.Jobs {
		acts, err := r.Run(t.Context(), e, county, j, at(day, 0), at(day, 0))
		if j.Key != supervise.Ladder && (acts != 0 || err != nil) {
			t.Errorf("%s %s: %d acts, %v", day, j.Key, acts, err)
		}
		if j.Key == supervise.Ladder {
			if failed = err; acts != want {
				t.Errorf("%s %s: %d acts, want %d", day, j.Key, acts, want)
			}
		}
	}
	return failed
}

// TestJobsShareOneSweep wants the cases that are due to be gone through once
// for all jobs of a slot, each to be told what is its own, and one that asks
// again to sweep again.
func TestJobsShareOneSweep(t *testing.T) {
	s := &counting{Store: inmem.New()}
	e := server(t, s, calendar.National())
	ids := applications(t, e, 3)
	r := new(supervise.Round)
	if err := round(t, r, e, "2026-03-01", 3); err != nil || s.lists != 1 {
		t.Errorf("listed %d times for one slot: %v", s.lists, err)
	}
	if err := round(t, r, e, "2026-03-05", 3); err != nil || s.lists != 2 {
		t.Errorf("listed %d times for two slots: %v", s.lists, err)
	}
	if err := round(t, r, e, "2026-03-05", 0); err != nil || s.lists != 2+len(supervise.Jobs) {
		t.Errorf("listed %d times when all ask again: %v", s.lists, err)
	}
	if err := round(t, nil, e, "2026-03-05", 0); err != nil || s.lists != 2+2*len(supervise.Jobs) {
		t.Errorf("listed %d times without a round: %v", s.lists, err)
	}
	s.faulty = ids[1]
	var faults *engine.CaseFaults
	err := round(t, r, server(t, s, calendar.National()), "2026-03-06", 0)
	if !errors.As(err, &faults) || faults.Count != 1 || faults.Kept[0].Case != ids[1] {
		t.Errorf("a case that cannot be read: %v", err)
	}
}

// TestARoundThatIsEnded wants a store that goes to end the run of the job that
// asked, and the next job to begin anew.
func TestARoundThatIsEnded(t *testing.T) {
	s := inmem.New()
	applications(t, server(t, s, calendar.National()), 5)
	broken := &failing{s, 3}
	e, r := server(t, broken, calendar.National()), new(supervise.Round)
	var down *engine.Unavailable
	if acts, err := r.Run(t.Context(), e, county, supervise.Jobs[0], at("2026-03-01", 0), at("2026-03-01", 0)); acts != 3 || !errors.As(err, &down) {
		t.Fatalf("%d acts and %v", acts, err)
	}
	broken.left = 100
	if err := round(t, r, e, "2026-03-01", 2); err != nil {
		t.Error(err)
	}
}
