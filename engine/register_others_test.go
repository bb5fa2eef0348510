package engine_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"

	"jinchu/engine"
	"jinchu/register"
)

// racing lets others be first: before a change is kept, somebody else acts.
type racing struct {
	engine.Store
	before func()
}

func (r *racing) Record(ctx context.Context, rec *engine.Record) error {
	r.before()
	return r.Store.Record(ctx, rec)
}

// Two people with one ID number cannot be registered side by side: the one
// who comes second is judged anew.
func TestChangeIsJudgedAnewWhenOthersWereFirst(t *testing.T) {
	hash := strings.Repeat("a", 64)
	with := func(id register.PersonID) *register.Person {
		p := person(id, "b1", register.Outside)
		p.IDSealed, p.IDHash, p.IDTail = []byte{1}, hash, "0013"
		return p
	}
	var once sync.Once
	race := &racing{}
	d := open(t, func(s engine.Store) engine.Store { race.Store = s; return race })
	other := d.over(d.store)
	race.before = func() {
		once.Do(func() {
			if err := other.Change(context.Background(), actor("b1-commissioner"), []register.Entity{with("p4")}, today, "", registerNow); err != nil {
				t.Error(err)
			}
		})
	}
	if got := code(d.change("b1-secretary", with("p3"))); got != "id-taken" {
		t.Errorf("the second: %q", got)
	}
	if p, ok := d.view().Lookup(hash); !ok || p.ID != "p4" {
		t.Errorf("found %v", p)
	}
	if _, ok := d.view().Person("p3"); ok {
		t.Error("both were kept")
	}
}

func TestChangeGivesUpWhenOthersAreAlwaysFirst(t *testing.T) {
	n, race := 0, &racing{}
	d := open(t, func(s engine.Store) engine.Store { race.Store = s; return race })
	other := d.over(d.store)
	race.before = func() {
		n++
		o := branch("b1", "t1", "420683/t1/b1")
		o.Name = "改名支部" + strings.Repeat("x", n)
		if err := other.Change(context.Background(), actor("admin"), []register.Entity{o}, today, "", registerNow); err != nil {
			t.Error(err)
		}
	}
	if got := code(d.change("b1-secretary", person("p3", "b1", register.Outside))); got != "stale" || n != 10 {
		t.Errorf("got %q after %d tries", got, n)
	}
}

// A register that fails in between is not one without the person: nothing is
// judged on its answers.
func TestChangeReportsAFailingStore(t *testing.T) {
	d := open(t, func(s engine.Store) engine.Store { return failing{s} })
	for _, org := range []register.OrgID{"b1", "b2"} {
		err := d.change("b1-secretary", person("p3", org, register.Outside))
		var unavailable *engine.Unavailable
		if !errors.As(err, &unavailable) {
			t.Errorf("in %s: %v", org, err)
		}
	}
}

type failing struct{ engine.Store }

func (f failing) View(ctx context.Context, c register.CountyID) engine.View {
	return &failingView{View: f.Store.View(ctx, c)}
}

// failingView fails from the first question about a person on.
type failingView struct {
	engine.View
	err error
}

func (v *failingView) Person(register.PersonID) (*register.Person, bool) {
	v.err = &engine.Unavailable{Err: errors.New("disk gone")}
	return nil, false
}

func (v *failingView) Err() error { return v.err }
