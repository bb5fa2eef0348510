package supervise_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"jinchu/calendar"
	"jinchu/engine"
	"jinchu/engine/inmem"
	"jinchu/register"
	"jinchu/store"
	"jinchu/supervise"
	"jinchu/workflows"
)

const county = "990000"

// server is an engine over a store.
func server(t *testing.T, s engine.Store, cal *calendar.Calendar) *engine.Engine {
	t.Helper()
	profile, err := workflows.LoadProfile("zaoyang")
	if err != nil {
		t.Fatal(err)
	}
	e, err := engine.NewEngine(s, profile, cal, rand.NewChaCha8([32]byte{byte(rand.IntN(256)), byte(rand.IntN(256))}), workflows.All()...)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func at(day string, clock time.Duration) time.Time { return calendar.MustParse(day).Start().Add(clock) }

// applications opens n cases in a branch on 2026-01-31: the talk is due on the
// last of February.
func applications(t *testing.T, e *engine.Engine, n int) (ids []engine.CaseID) {
	t.Helper()
	day := calendar.MustParse("2015-01-01")
	entities := []register.Entity{
		&register.Org{ID: county, Kind: register.County, Name: "示例县委组织部", Path: county},
		&register.Org{ID: "990001", Kind: register.Committee, Name: "示例镇党委", Parent: county, Path: "990000/990001", Approves: true},
		&register.Org{ID: "990001001", Kind: register.Branch, Name: "示例村党支部", Parent: "990001", Path: "990000/990001/990001001", Committee: true},
		&register.Person{ID: "wu", Name: "吴示例", Org: "990001001", Standing: register.Full, Since: day},
		&register.Office{ID: "secretary", Person: "wu", Post: register.BranchSecretary, Org: "990001001", From: day},
	}
	for i := range n {
		entities = append(entities, &register.Person{ID: register.PersonID(fmt.Sprintf("lin-%03d", i)), Name: "林示例", Org: "990001001",
			Standing: register.Outside, Birth: calendar.MustParse("1999-03-02")})
	}
	now := at("2026-01-31", 9*time.Hour)
	if err := e.Change(t.Context(), engine.Actor{County: county, Office: engine.ClockOffice}, entities, calendar.DateOf(now), "test", now); err != nil {
		t.Fatal(err)
	}
	for i := range n {
		ids = append(ids, apply(t, e, fmt.Sprintf("lin-%03d", i), calendar.Date{}, now))
	}
	return ids
}

func apply(t *testing.T, e *engine.Engine, person string, on calendar.Date, now time.Time) engine.CaseID {
	t.Helper()
	m := engine.Move{Workflow: "admission", Action: "submit-application", Person: register.PersonID(person), Org: "990001001", On: on}
	if !on.IsZero() {
		m.Reason = "补录"
	}
	a, err := e.Act(t.Context(), engine.Actor{County: county, Office: "secretary"}, m, now)
	if err != nil {
		t.Fatal(err)
	}
	return a.Case
}

// orders are the orders about a case, each with its events.
func orders(t *testing.T, e *engine.Engine, s engine.Store, about engine.CaseID) map[engine.CaseID][]*engine.Event {
	t.Helper()
	rows, err := s.Rows(t.Context(), &engine.Query{County: county, Workflow: workflows.SupervisionOrder, Parent: about})
	if err != nil {
		t.Fatal(err)
	}
	out := map[engine.CaseID][]*engine.Event{}
	for _, r := range rows {
		if out[r.ID], err = e.Events(t.Context(), engine.Actor{County: county, Office: engine.ClockOffice}, r.ID, 0, at("2027-01-01", 0)); err != nil {
			t.Fatal(err)
		}
	}
	return out
}

// trail says what was done in the one order about a case, and of which day.
func trail(t *testing.T, e *engine.Engine, s engine.Store, about engine.CaseID) string {
	t.Helper()
	all := orders(t, e, s, about)
	if len(all) != 1 {
		t.Errorf("%d orders about case %s, not one", len(all), about)
	}
	var out []string
	for _, events := range all {
		for _, ev := range events {
			out = append(out, ev.Action+" "+ev.On.String())
		}
	}
	return strings.Join(out, ", ")
}

func sweep(t *testing.T, e *engine.Engine, day string) int {
	t.Helper()
	acts, err := supervise.Sweep(t.Context(), e, county, at(day, time.Hour/2), at(day, time.Hour), nil)
	if err != nil {
		t.Fatal(err)
	}
	return acts
}

// TestTwoServersRaiseOnce runs sweeps of two servers at once, over memory and
// over a file with two handles, after a week in which none ran.
func TestTwoServersRaiseOnce(t *testing.T) {
	const n = 12
	file := filepath.Join(t.TempDir(), "jinchu.db")
	opened := func() engine.Store {
		s, err := store.Open(t.Context(), store.Config{SQLite: file})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = s.Close() })
		return s
	}
	memory := inmem.New()
	for name, stores := range map[string][2]engine.Store{"memory": {memory, memory}, "sqlite": {opened(), opened()}} {
		t.Run(name, func(t *testing.T) {
			one, two := server(t, stores[0], calendar.National()), server(t, stores[1], calendar.National())
			ids := applications(t, one, n)
			var servers sync.WaitGroup
			var acts [2]int
			for i, e := range []*engine.Engine{one, two} {
				servers.Go(func() { acts[i] = sweep(t, e, "2026-03-08") })
			}
			servers.Wait()
			if acts[0]+acts[1] != 2*n {
				t.Errorf("%v acts, want %d in all", acts, 2*n)
			}
			for _, id := range ids {
				if got := trail(t, two, stores[1], id); got != "issue-order 2026-03-01, escalate 2026-03-05" {
					t.Errorf("case %s: %s", id, got)
				}
			}
			if more := sweep(t, one, "2026-03-08"); more != 0 {
				t.Errorf("a repeated sweep did %d acts", more)
			}
		})
	}
}

// failing is a store that is gone after some commits.
type failing struct {
	engine.Store
	left int
}

func (f *failing) Commit(ctx context.Context, c *engine.Commit) error {
	if f.left--; f.left < 0 {
		return &engine.Unavailable{Err: errors.New("gone")}
	}
	return f.Store.Commit(ctx, c)
}

// TestInterruptedSweep wants a sweep whose store goes to say so, and the next
// one to do the rest.
func TestInterruptedSweep(t *testing.T) {
	s := inmem.New()
	e := server(t, s, calendar.National())
	ids := applications(t, e, 5)
	broken := server(t, &failing{s, 5}, calendar.National())
	var down *engine.Unavailable
	if acts, err := supervise.Sweep(t.Context(), broken, county, at("2026-03-08", 0), at("2026-03-08", 0), nil); !errors.As(err, &down) || acts != 5 {
		t.Fatalf("%d acts and %v", acts, err)
	}
	if acts := sweep(t, e, "2026-03-08"); acts != 5 {
		t.Errorf("the next sweep did %d acts, want the 5 that are left", acts)
	}
	for _, id := range ids {
		if got := trail(t, e, s, id); got != "issue-order 2026-03-01, escalate 2026-03-05" {
			t.Errorf("case %s: %s", id, got)
		}
	}
}

// TestSlotIsNotNow replays a slot that was missed: only what had passed by
// then is raised, though the acts are recorded later.
func TestSlotIsNotNow(t *testing.T) {
	s := inmem.New()
	e := server(t, s, calendar.National())
	id := applications(t, e, 1)[0]
	for _, tc := range []struct {
		slot string
		want int
	}{{"2026-02-28", 0}, {"2026-03-02", 1}, {"2026-03-04", 0}, {"2026-03-05", 1}} {
		acts, err := supervise.Sweep(t.Context(), e, county, at(tc.slot, 0), at("2026-03-08", 0), nil)
		if err != nil || acts != tc.want {
			t.Errorf("slot %s: %d acts (%v), want %d", tc.slot, acts, err, tc.want)
		}
	}
	for _, events := range orders(t, e, s, id) {
		for _, ev := range events {
			if !strings.Contains(ev.Reason, "系统停机补记") || calendar.DateOf(ev.At) != calendar.MustParse("2026-03-08") {
				t.Errorf("%s of %s, recorded %s, reason %q", ev.Action, ev.On, ev.At, ev.Reason)
			}
		}
	}
}

// TestBornPast wants an order about a deadline that was past when the act that
// set it was recorded to be of the day it is raised.
func TestBornPast(t *testing.T) {
	s := inmem.New()
	e := server(t, s, calendar.National())
	applications(t, e, 0)
	lin := &register.Person{ID: "lin", Name: "林示例", Org: "990001001", Standing: register.Outside, Birth: calendar.MustParse("1999-03-02")}
	now := at("2026-03-08", 9*time.Hour)
	if err := e.Change(t.Context(), engine.Actor{County: county, Office: engine.ClockOffice}, []register.Entity{lin}, calendar.DateOf(now), "test", now); err != nil {
		t.Fatal(err)
	}
	id := apply(t, e, "lin", calendar.MustParse("2025-10-01"), now)
	sweep(t, e, "2026-03-10")
	if got := trail(t, e, s, id); got != "issue-order 2026-03-10" {
		t.Errorf("the order was dated before it could be known: %s", got)
	}
}

// TestLimitOnceTheCalendarIsPublished raises an order while no working day is
// known, and wants its limit, and the next level, once they are.
func TestLimitOnceTheCalendarIsPublished(t *testing.T) {
	s := inmem.New()
	blind := server(t, s, &calendar.Calendar{})
	id := applications(t, blind, 1)[0]
	if acts := sweep(t, blind, "2026-03-01"); acts != 1 {
		t.Fatalf("%d acts: what cannot be counted keeps it from being raised", acts)
	}
	if acts, err := blind.Tick(t.Context(), county, at("2026-03-04", 0)); acts != 0 || err != nil {
		t.Errorf("%d acts, %v, while no working day is known", acts, err)
	}
	e := server(t, s, calendar.National())
	if acts, err := e.Tick(t.Context(), county, at("2026-03-04", 0)); acts != 1 || err != nil {
		t.Fatalf("the limit was not set: %d acts, %v", acts, err)
	}
	sweep(t, e, "2026-03-05")
	if got := trail(t, e, s, id); got != "issue-order 2026-03-01, set-limit 2026-03-04, escalate 2026-03-05" {
		t.Error(got)
	}
}

// TestTickLeavesTheLevels wants the calendar's other work not to raise levels:
// only the sweep sees whether the step is still owed.
func TestTickLeavesTheLevels(t *testing.T) {
	s := inmem.New()
	e := server(t, s, calendar.National())
	applications(t, e, 1)
	sweep(t, e, "2026-03-01")
	if acts, err := e.Tick(t.Context(), county, at("2026-03-30", 0)); acts != 0 || err != nil {
		t.Errorf("%d acts, %v", acts, err)
	}
	if n := len(s.Refusals(county)); n != 0 {
		t.Errorf("it tried, and left %d refusals", n)
	}
}

// TestOnlyWhatTheJobOwns filters a sweep.
func TestOnlyWhatTheJobOwns(t *testing.T) {
	e := server(t, inmem.New(), calendar.National())
	applications(t, e, 2)
	for _, j := range supervise.Jobs {
		want := 0
		if j.Key == supervise.Ladder {
			want = 2
		}
		acts, err := supervise.Sweep(t.Context(), e, county, at("2026-03-01", 0), at("2026-03-01", 0), j.Owns)
		if err != nil || acts != want {
			t.Errorf("%s: %d acts, %v", j.Key, acts, err)
		}
	}
}

// TestNumbersFollowEachOther gives more numbers than are looked through at once.
func TestNumbersFollowEachOther(t *testing.T) {
	const n = 215
	s := inmem.New()
	e := server(t, s, calendar.National())
	applications(t, e, n)
	sweep(t, e, "2026-03-01")
	next := 1
	for _, cl := range s.Claims(county) {
		if cl.Kind != workflows.OrderNumber.Kind {
			continue
		}
		if want := fmt.Sprintf("990001001/2026-%06d", next); cl.Key != want {
			t.Fatalf("number %s follows, want %s", cl.Key, want)
		}
		next++
	}
	if next != n+1 {
		t.Errorf("%d numbers were given to %d orders", next-1, n)
	}
}

// TestOrdersNameNobody wants no name and no identifier of a person in an order.
func TestOrdersNameNobody(t *testing.T) {
	s := inmem.New()
	e := server(t, s, calendar.National())
	id := applications(t, e, 1)[0]
	sweep(t, e, "2026-03-08")
	for _, events := range orders(t, e, s, id) {
		for _, ev := range events {
			text := fmt.Sprintf("%s %s", ev.Fields, ev.Reason)
			if strings.Contains(text, "林") || strings.Contains(text, "lin-000") || ev.Person != "" {
				t.Errorf("%s names a person: %s", ev.Action, text)
			}
		}
	}
}
