package storetest

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"

	"github.com/jmoiron/sqlx"

	"jinchu/calendar"
	"jinchu/engine"
	"jinchu/register"
	"jinchu/store"
)

// Database is a fresh database under test.
type Database struct {
	T testing.TB
	// Open opens one more handle on it, closed with the test.
	Open func() *store.Store
	// Raw is a connection past the store.
	Raw *sqlx.DB
	// Unlock takes away what forbids changing the log.
	Unlock []string
}

// Run runs the contract. Each part gets a database of its own.
func Run(t *testing.T, fresh func(t testing.TB) *Database) {
	for _, part := range []struct {
		name string
		run  func(t *testing.T, d *Database)
	}{
		{"a stale act is not kept", staleAct},
		{"two handles act on one case", twoHandles},
		{"a group has an outcome for each act", groupOutcomes},
		{"a key answers once", keyOnce},
		{"a key used twice at once keeps one act", keyRace},
		{"two acts of a group share a key", keyCollision},
		{"claims are held once", claimsOnce},
		{"a serial is given out once", serialsOnce},
		{"a person has one live serial", oneLiveSerial},
		{"an act rests on the register as it is", registerChanged},
		{"a group rests on the register as it is", groupFresh},
		{"a refusal rests on the register as it is", refusalFresh},
		{"a list of the register that grew is noticed", listChanged},
		{"unrelated changes of the register do not disturb", unrelatedChange},
		{"a handle that is far behind starts afresh", farBehind},
		{"dependent cases are asked again", childrenChanged},
		{"records are all or nothing", recordWhole},
		{"rows are listed in order", rowsInOrder},
		{"rows are selected", rowsSelected},
		{"deeds are listed in order", deedsInOrder},
		{"a page of deeds looks at a bounded number of events", deedsBounded},
		{"deeds within a path are in no other", deedsWithin},
		{"a page of deeds within a path looks at a bounded number of cases", deedsWithinBounded},
		{"counties are apart", countiesApart},
		{"the log cannot be changed", logLocked},
		{"verification holds, concurrency included", verifyHolds},
		{"verification finds any change", verifyFinds},
		{"verification finds missing and additional rows", verifyMissing},
		{"slots of jobs are begun as they were seen", jobSlots},
		{"cursors of jobs move from where they were seen", jobCursors},
		{"one run of a county is under way", jobRace},
		{"runs of jobs are listed", jobList},
		{"two servers run every slot once", jobsOfTwoServers},
		{"a dead server's slot is taken over once", jobTakenOver},
		{"a closed store answers unavailable", closedStore},
	} {
		t.Run(part.name, func(t *testing.T) { part.run(t, fresh(t)) })
	}
}

// begin is a world with its register on a fresh database.
func begin(t *testing.T, d *Database) *World {
	w := NewWorld(t, d.Open())
	w.Seed()
	return w
}

// decided is an act decided on a case as it stands, not kept yet.
func (w *World) decided(id engine.CaseID, action string) *engine.Commit {
	w.T.Helper()
	view := w.Store.View(context.Background(), County)
	c, err := w.Engine.Refold(context.Background(), County, id)
	if err != nil {
		w.T.Fatal(err)
	}
	workflow, _ := w.Engine.Workflow("loan")
	office, _ := view.Office(Clerk.Office)
	org, _ := view.Org(office.Org)
	s := &engine.Situation{Case: c, Action: action, On: Day, Today: Day, Now: Now, Given: map[string]any{},
		Office: office, Org: org, View: view, Cal: calendar.National(), Workflow: workflow}
	decision, err := engine.Decide(s)
	if err != nil {
		w.T.Fatal(err)
	}
	entry, err := decision.Event.Seal(c.Head, salt())
	if err != nil {
		w.T.Fatal(err)
	}
	after, err := engine.Apply(workflow, c, decision.Event, entry.Hash)
	if err != nil {
		w.T.Fatal(err)
	}
	commit := &engine.Commit{County: County, Case: after, Entry: entry, Event: decision.Event,
		Effects: decision.Effects, View: view, Office: office.ID}
	for range decision.Effects {
		commit.Salts = append(commit.Salts, salt())
	}
	return commit
}

func (w *World) keep(c *engine.Commit) error { return w.Store.Commit(context.Background(), c) }

// expect fails the test where an error is not the expected one; nil expects
// none.
func expect(t testing.TB, got, want error) {
	t.Helper()
	if want == nil && got != nil || !errors.Is(got, want) {
		t.Fatalf("got %v, want %v", got, want)
	}
}

// refused fails the test where an act was not refused on this ground alone.
func refused(t testing.TB, err error, code string) {
	t.Helper()
	var r *engine.Refused
	if !errors.As(err, &r) || len(r.Grounds) != 1 || r.Grounds[0].Code != code {
		t.Fatalf("got %v, want a refusal on %q", err, code)
	}
}

func (w *World) seq(id engine.CaseID) int64 {
	w.T.Helper()
	entries, err := w.Store.Log(context.Background(), County, string(id), 0)
	if err != nil {
		w.T.Fatal(err)
	}
	return int64(len(entries))
}

// clean fails the test where verification finds anything.
func (w *World) clean() store.Report {
	w.T.Helper()
	report, err := w.Store.Verify(context.Background(), w.Engine, nil)
	if err != nil {
		w.T.Fatal(err)
	}
	for _, f := range report.Findings {
		w.T.Errorf("verify: %s", f)
	}
	return report
}

// together runs functions at once and gives their errors.
func together(run ...func() error) []error {
	out := make([]error, len(run))
	var group sync.WaitGroup
	for i, f := range run {
		group.Go(func() { out[i] = f() })
	}
	group.Wait()
	return out
}

func staleAct(t *testing.T, d *Database) {
	w := begin(t, d)
	id := w.Open(0)
	for _, action := range []string{"note", "issue"} { // in a group, and alone
		first, second := w.decided(id, action), w.decided(id, action)
		expect(t, w.keep(first), nil)
		expect(t, w.keep(second), engine.ErrStale)
	}
	if n := w.seq(id); n != 3 {
		t.Fatalf("the case has %d events, not 3", n)
	}
	w.clean()
}

func twoHandles(t *testing.T, d *Database) {
	a := begin(t, d)
	b := NewWorld(t, d.Open())
	id, other := a.Open(0), a.Open(1)
	var acts []func() error
	for i := range 40 {
		w := []*World{a, b}[i%2]
		acts = append(acts, func() error { _, err := w.Act(id, "note"); return err },
			func() error { _, err := w.Act(other, "note"); return err })
	}
	for _, err := range together(acts...) {
		expect(t, err, nil)
	}
	if n, m := a.seq(id), b.seq(other); n != 41 || m != 41 {
		t.Fatalf("the cases have %d and %d events, not 41", n, m)
	}
	a.clean()
}

func groupOutcomes(t *testing.T, d *Database) {
	w := begin(t, d)
	const n = 60
	commits := make([]*engine.Commit, n)
	for i := range commits {
		id := w.Open(i % 10)
		commits[i] = w.decided(id, "note")
		switch i % 3 {
		case 1: // somebody else is first
			w.Must(id, "note")
		case 2: // the key was used
			commits[i].Key, commits[i].Answer = fmt.Sprint("key-", i), []byte(`{}`)
			first := w.decided(id, "note")
			first.Key, first.Answer = commits[i].Key, []byte(`{"first":true}`)
			expect(t, w.keep(first), nil)
			again := w.decided(id, "note")
			again.Key, again.Answer, commits[i] = commits[i].Key, []byte(`{}`), again
		}
	}
	run := make([]func() error, n)
	for i, c := range commits {
		run[i] = func() error { return w.keep(c) }
	}
	for i, err := range together(run...) {
		expect(t, err, []error{nil, engine.ErrStale, engine.ErrKeyUsed}[i%3])
		if seq, want := w.seq(commits[i].Case.ID), []int64{2, 2, 2}[i%3]; seq != want {
			t.Fatalf("case %d has %d events, not %d", i, seq, want)
		}
	}
	w.clean()
}

func keyOnce(t *testing.T, d *Database) {
	w := begin(t, d)
	id := w.Open(0)
	move := engine.Move{Case: id, Action: "note", Key: "k", Digest: "one"}
	first, err := w.Engine.Act(context.Background(), Clerk, move, Now)
	expect(t, err, nil)
	again, err := w.Engine.Act(context.Background(), Clerk, move, Now)
	expect(t, err, nil)
	if !again.Repeat || again.Seq != first.Seq || again.Head != first.Head {
		t.Fatalf("the repeat was answered %+v, first %+v", again, first)
	}
	move.Digest = "two"
	_, err = w.Engine.Act(context.Background(), Clerk, move, Now)
	var conflict *engine.Conflict
	if !errors.As(err, &conflict) || conflict.Code != "key-reused" {
		t.Fatalf("got %v, want a conflict: key-reused", err)
	}
	move = engine.Move{Case: id, Action: "issue", Key: "alone", Digest: "one"}
	if first, err = w.Engine.Act(context.Background(), Clerk, move, Now); err != nil {
		t.Fatal(err)
	}
	if again, err = w.Engine.Act(context.Background(), Clerk, move, Now); err != nil || again.Head != first.Head {
		t.Fatalf("the repeat was answered %+v, %v, first %+v", again, err, first)
	}
	if n := w.seq(id); n != 3 {
		t.Fatalf("the case has %d events, not 3", n)
	}
}

func keyRace(t *testing.T, d *Database) {
	a := begin(t, d)
	b := NewWorld(t, d.Open())
	id := a.Open(0)
	var acts []func() error
	for i := range 16 {
		w := []*World{a, b}[i%2]
		acts = append(acts, func() error {
			answer, err := w.Engine.Act(context.Background(), Clerk, engine.Move{Case: id, Action: "note", Key: "k", Digest: "d"}, Now)
			if err == nil && answer.Seq != 2 {
				err = fmt.Errorf("answered seq %d", answer.Seq)
			}
			return err
		})
	}
	for _, err := range together(acts...) {
		expect(t, err, nil)
	}
	if n := a.seq(id); n != 2 {
		t.Fatalf("the case has %d events, not 2", n)
	}
}

func keyCollision(t *testing.T, d *Database) {
	w := begin(t, d)
	for round := range 5 {
		commits := make([]*engine.Commit, 12)
		run := make([]func() error, len(commits))
		for i := range commits {
			c := w.decided(w.Open(i%10), "note")
			c.Key, c.Answer = fmt.Sprint("shared-", round, "-", i/2), []byte(`{}`)
			run[i] = func() error { return w.keep(c) }
		}
		outcomes := together(run...)
		for i := 0; i < len(outcomes); i += 2 {
			one, other := outcomes[i], outcomes[i+1]
			if one != nil {
				one, other = other, one
			}
			expect(t, one, nil)
			expect(t, other, engine.ErrKeyUsed)
		}
	}
	w.clean()
}

func closedStore(t *testing.T, d *Database) {
	w := begin(t, d)
	c := w.decided(w.Open(0), "note")
	if err := w.Store.Close(); err != nil {
		t.Fatal(err)
	}
	var unavailable *engine.Unavailable
	if err := w.keep(c); !errors.As(err, &unavailable) {
		t.Fatalf("got %v, want unavailable", err)
	}
	if err := w.Store.Close(); err != nil { // again does no harm
		t.Fatal(err)
	}
}

func countiesApart(t *testing.T, d *Database) {
	w := begin(t, d)
	id := w.Open(0)
	const other = register.CountyID("990002")
	view := w.Store.View(context.Background(), other)
	if _, ok := view.Org("branch"); ok {
		t.Error("another county sees the organization")
	}
	if _, ok := view.Holder("slot", "s1"); ok {
		t.Error("another county sees the claim")
	}
	entries, err := w.Store.Log(context.Background(), other, string(id), 0)
	if err != nil || len(entries) > 0 {
		t.Errorf("another county sees %d events, %v", len(entries), err)
	}
	rows, err := w.Store.Rows(context.Background(), &engine.Query{County: other})
	if err != nil || len(rows) > 0 {
		t.Errorf("another county sees %d rows, %v", len(rows), err)
	}
}
