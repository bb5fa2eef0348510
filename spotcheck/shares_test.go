package spotcheck_test

import (
	"context"
	"testing"

	"jinchu/engine"
	"jinchu/register"
	"jinchu/spotcheck"
	"jinchu/workflows"
)

// racing is a store on which somebody else is first with one change of a
// filing.
type racing struct {
	engine.Store
	first func(*register.Filing) bool // acts and tells that it did
	done  bool
}

func (r *racing) Record(ctx context.Context, c *engine.Record) error {
	if f, ok := c.Entities[0].(*register.Filing); ok && !r.done {
		r.done = r.first(f)
	}
	return r.Store.Record(ctx, c)
}

// A server that comes late with a silent party leaves the shares that another
// one settled, and counts nothing.
func TestALateServerLeavesTheSharesSettled(t *testing.T) {
	c := newCounty(t, 2)
	first := c.keeper(c.engine)
	do(t, first.Open, "2026-06-26T00:30")
	c.fileAll("2026-06-26T09:00", "2026-07-06T09:00")
	raced := false
	c.holders = []spotcheck.Holder{party{name: "dic", silent: func() bool {
		if !raced {
			raced = true
			if n := do(t, first.Ask, "2026-06-28T00:30"); n != 2 {
				t.Errorf("the first server settled %d filings", n)
			}
		}
		return true
	}}, c.holders[1]}
	if n := do(t, c.keeper(c.door(c.store)).Ask, "2026-06-28T00:30"); !raced || n != 0 {
		t.Errorf("raced: %t; the late server counts %d acts", raced, n)
	}
	for _, f := range c.filings("2026Q3") {
		if f.Forced != "" || len(f.Shares) != 2 {
			t.Errorf("%s: forced %q with %d shares", f.ID, f.Forced, len(f.Shares))
		}
	}
}

// A server that comes late with a carry-over puts it on no filing that is
// withdrawn by now.
func TestALateServerForcesWhatIsStillThere(t *testing.T) {
	c := newCounty(t, 12)
	k := c.keeper(c.engine)
	do(t, k.Open, "2026-06-26T00:30")
	c.fileAll("2026-06-26T09:00", "2026-07-06T09:00")
	do(t, k.Ask, "2026-06-26T10:00")
	for _, row := range c.rows("admission") {
		c.act(row, "withdraw-filing", "2026-06-27T09:00", map[string]any{"why": "农忙"})
	}
	do(t, k.Open, "2026-09-01T00:30")
	c.fileAll("2026-09-22T09:00", "2026-10-09T09:00")
	var gone register.FilingID
	store := &racing{Store: c.store, first: func(f *register.Filing) bool {
		if f.Forced != "carry" {
			return false
		}
		gone = f.ID
		for _, row := range c.rows("admission") {
			if f.Has(string(row.ID)) {
				c.act(row, "withdraw-filing", "2026-09-22T09:30", map[string]any{"why": "秋收"})
			}
		}
		return true
	}}
	acts := do(t, c.keeper(c.door(store)).Ask, "2026-09-22T10:00")
	carried := 0
	for _, f := range c.filings("2026Q4") {
		if f.Forced == "carry" {
			carried++
		}
		if f.ID == gone && (f.Forced != "" || f.Withdrawn == 0) {
			t.Errorf("%s is forced as %q, withdrawn at %d", f.ID, f.Forced, f.Withdrawn)
		}
	}
	if gone == "" || acts != 12+carried {
		t.Errorf("withdrawn %q, %d carried over, %d acts", gone, carried, acts)
	}
}

// A meeting whose draw has no shares can be held before any server comes to
// say that it is checked for that; its point is drawn all the same.
func TestHeldBeforeItIsForced(t *testing.T) {
	c := newCounty(t, 1)
	silent := true
	c.holders[0] = party{name: "dic", silent: func() bool { return silent }}
	k := c.keeper(c.engine)
	do(t, k.Open, "2026-06-26T00:30")
	c.fileAll("2026-06-26T09:00", "2026-07-06T09:00")
	do(t, k.Ask, "2026-06-28T00:30")
	c.act(c.rows("admission")[0], "withdraw-filing", "2026-06-28T09:00", map[string]any{"why": "农忙"})
	c.fileAll("2026-06-29T09:00", "2026-07-06T09:00")
	c.holdAll("2026-07-06T10:00")
	silent = false
	do(t, k.Points, "2026-08-01T00:30")
	if f := c.filings("2026Q3")[1]; f.Forced != "failsafe" || len(c.rows(workflows.SpotCheck)) != 1 {
		t.Errorf("%s is forced as %q; %d checks", f.ID, f.Forced, len(c.rows(workflows.SpotCheck)))
	}
}
