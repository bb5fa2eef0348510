package engine_test

import (
	"context"
	"errors"
	"slices"
	"testing"

	"jinchu/calendar"
	"jinchu/engine"
	"jinchu/ledger"
	"jinchu/register"
)

// lapsing is a procedure whose cases the calendar ends after ten days; it
// cannot tell for the case of p2 whether it may.
func lapsing() *engine.Workflow {
	decidable := engine.Cond("decidable", "可判定", "can be decided").Cite("1").Holds(func(s *engine.Situation) bool {
		if s.Case.Person == "p2" {
			s.Fail(errors.New("no calendar for it"))
		}
		return true
	})
	return &engine.Workflow{Key: "main", Words: engine.Words{Zh: "程序", En: "main"}, Rules: []engine.Rule{
		engine.Art("1", ofBranch.May(begin).In(engine.New).To(begun)),
		engine.Art("9", engine.Clock.May(lapse).In(begun).To(lapsed)).If(decidable),
	}, Dues: []engine.DueRule{engine.Due(lapse).Within(engine.Days(10)).Of(engine.Entry).In(begun).Cite("9")}}
}

// faulty is a store in which the log of one case was tampered with, and from
// which the log of another cannot be had.
type faulty struct {
	engine.Store
	tampered, gone engine.CaseID
}

func (f *faulty) Log(ctx context.Context, county register.CountyID, chain string, after int64) ([]ledger.Entry, error) {
	entries, err := f.Store.Log(ctx, county, chain, after)
	switch {
	case chain == string(f.gone):
		return nil, &engine.Unavailable{Err: errors.New("gone")}
	case chain == string(f.tampered):
		entries = slices.Clone(entries)
		for i := range entries {
			entries[i].Payload = []byte("{}")
		}
	}
	return entries, err
}

// TestOneFaultyCaseEndsNoRun wants the calendar to do its acts in every case
// but those that are faulty, and to name these; a store that is gone ends it.
func TestOneFaultyCaseEndsNoRun(t *testing.T) {
	p := newPlay(t)
	p.engine = engineOver(t, p.store, lapsing())
	var ids []engine.CaseID
	for _, one := range []register.PersonID{"p1", "p2", "p3", "p4"} {
		if _, known := p.engine.View(t.Context(), "420683").Person(one); !known {
			if err := p.engine.Change(t.Context(), actor(string(engine.ClockOffice)), []register.Entity{person(one, "b1", register.Outside)}, calendar.Date{}, "", p.now); err != nil {
				t.Fatal(err)
			}
		}
		ids = append(ids, p.act("b1-secretary", engine.Move{Workflow: "main", Action: begin.Key, Person: one, Org: "b1"}))
	}
	slices.Sort(ids) // the order of the run, for all are due on one day
	broken := &faulty{Store: p.store, tampered: ids[0]}
	later := p.now.AddDate(0, 0, 30)

	broken.gone = ids[1]
	var down *engine.Unavailable
	if _, err := engineOver(t, broken, lapsing()).Tick(t.Context(), "420683", later); !errors.As(err, &down) {
		t.Errorf("a store that is gone: %v", err)
	}
	broken.gone = ""
	acts, err := engineOver(t, broken, lapsing()).Tick(t.Context(), "420683", later)
	var faults *engine.CaseFaults
	if !errors.As(err, &faults) {
		t.Fatalf("%d acts, %v", acts, err)
	}
	want := 2 // the tampered one may be that of p2
	if acts+faults.Count != 4 || acts < want || faults.Kept[0].Case != ids[0] {
		t.Errorf("%d acts of %d cases, and %v", acts, len(ids), err)
	}
	again, err := engineOver(t, p.store, lapsing()).Tick(t.Context(), "420683", later)
	if again+acts != 3 || !errors.As(err, &faults) || faults.Count != 1 || faults.Kept[0].Err.Error() != "no calendar for it" {
		t.Errorf("%d acts when the log is whole again, and %v", again, err)
	}
}
