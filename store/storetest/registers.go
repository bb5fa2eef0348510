package storetest

import (
	"context"
	"fmt"
	"testing"

	"jinchu/engine"
	"jinchu/register"
)

func registerChanged(t *testing.T, d *Database) {
	a := begin(t, d)
	b := NewWorld(t, d.Open())
	id, other := a.Open(0), a.Open(0)
	alone, group := a.decided(id, "promote"), a.decided(other, "note")
	if p, ok := group.View.Person(personID(0)); !ok || p.Standing != register.Probationary {
		t.Fatalf("the view says %+v", p)
	}
	b.Record(person(0, register.Full)) // another process
	expect(t, a.keep(alone), engine.ErrStale)
	expect(t, a.keep(group), engine.ErrStale)
	_, err := a.Act(id, "promote")
	refused(t, err, "standing-probationary")
	a.Record(person(0, register.Probationary))
	a.Must(id, "promote")
	if _, err = b.Act(other, "promote"); err == nil {
		t.Fatal("promoted twice")
	}
	refused(t, err, "standing-probationary")

	// The same within one process.
	group = a.decided(other, "note")
	group.View.Person(personID(0))
	a.Record(person(0, register.Removed))
	expect(t, a.keep(group), engine.ErrStale)
	a.clean()
}

// groupFresh keeps many acts at once after another process has changed what
// half of them rest on.
func groupFresh(t *testing.T, d *Database) {
	a := begin(t, d)
	b := NewWorld(t, d.Open())
	// Not a member of the branch, whose members all of the acts rest on.
	far := &register.Person{ID: "p-far", Name: "王示例", Org: register.OrgID(County)}
	run := make([]func() error, 40)
	for i := range run {
		c := a.decided(a.Open(0), "note")
		if i%2 == 0 {
			c.View.Person(far.ID)
		}
		run[i] = func() error { return a.keep(c) }
	}
	b.Record(far)
	for i, err := range together(run...) {
		expect(t, err, []error{engine.ErrStale, nil}[i%2])
	}
	a.clean()
}

func refusalFresh(t *testing.T, d *Database) {
	a := begin(t, d)
	b := NewWorld(t, d.Open())
	a.Record(person(0, register.Applicant))
	id := a.Open(0)
	_, err := a.Act(id, "promote") // memory now knows an applicant
	refused(t, err, "standing-probationary")
	b.Record(person(0, register.Probationary))
	a.Must(id, "promote")

	// A case that another process has moved is not refused as it was.
	b.Must(id, "issue")
	a.Must(id, "spoil")
	b.Must(id, "issue")
	a.Must(id, "give-up")

	var kept int
	if err := d.Raw.Get(&kept, `SELECT COUNT(*) FROM refusals`); err != nil || kept != 1 {
		t.Fatalf("%d refusals are kept, %v", kept, err)
	}
	var codes, articles string
	if err := d.Raw.QueryRowx(`SELECT codes, articles FROM refusals`).Scan(&codes, &articles); err != nil {
		t.Fatal(err)
	}
	if codes != `["standing-probationary"]` || articles != `["7"]` {
		t.Errorf("the refusal says %s %s", codes, articles)
	}
}

func listChanged(t *testing.T, d *Database) {
	a := begin(t, d)
	b := NewWorld(t, d.Open())
	id := a.Open(0)
	second := &register.Org{ID: "second", Kind: register.Branch, Name: "示例二支部", Parent: register.OrgID(County), Path: string(County) + "/second"}
	moved := person(3, register.Full)
	moved.Org = "second"
	clerk := &register.Office{ID: "clerk-2", Post: register.BranchSecretary, Org: "branch", From: Day}
	hashed := person(8, register.Full)
	hashed.IDHash = "h8"
	for name, step := range map[string]struct {
		ask    func(engine.View) int
		change []register.Entity
		grows  int
	}{
		"members":   {func(v engine.View) int { return len(v.Members("branch")) }, []register.Entity{second, moved}, -1},
		"officers":  {func(v engine.View) int { return len(v.Officers("branch")) }, []register.Entity{clerk}, 1},
		"kin":       {func(v engine.View) int { return len(v.Kin(personID(5))) }, []register.Entity{register.NewKin(personID(5), personID(4), register.Spouse)}, 1},
		"pools":     {func(v engine.View) int { return len(v.Pools()) }, []register.Entity{&register.Pool{ID: "z", Prefix: "Z", Digits: 2, Last: 9}}, 1},
		"plan":      {func(v engine.View) int { return count(v.Plan("branch", 2026)) }, []register.Entity{&register.Plan{Org: "branch", Year: 2026, Quota: 1}}, 1},
		"below":     {func(v engine.View) int { return len(v.Below("branch")) }, []register.Entity{&register.Org{ID: "sub", Kind: register.Branch, Name: "示例分部", Parent: "branch", Path: string(County) + "/branch/sub"}}, 1},
		"lookup":    {func(v engine.View) int { return count(v.Lookup("h8")) }, []register.Entity{hashed}, 1},
		"newcomers": {func(v engine.View) int { return count(v.Person("p-new")) }, []register.Entity{&register.Person{ID: "p-new", Name: "李示例"}}, 1},
	} {
		c := a.decided(id, "note")
		before := step.ask(c.View)
		b.Record(step.change...)
		if err := a.keep(c); err != engine.ErrStale {
			t.Errorf("%s: got %v, want stale", name, err)
		}
		view := a.Store.View(context.Background(), County)
		if after := step.ask(view); after != before+step.grows || view.Err() != nil {
			t.Errorf("%s: %d before and %d after, %v", name, before, after, view.Err())
		}
	}
	a.clean()
}

// count is 1 for what is found.
func count[T any](_ T, ok bool) int {
	if ok {
		return 1
	}
	return 0
}

func unrelatedChange(t *testing.T, d *Database) {
	a := begin(t, d)
	b := NewWorld(t, d.Open())
	id := a.Open(0)
	elsewhere := &register.Person{ID: "p-far", Name: "王示例", Org: register.OrgID(County)}
	for _, action := range []string{"note", "promote"} { // in a group, and alone
		c := a.decided(id, action)
		b.Record(elsewhere)
		expect(t, a.keep(c), nil)
	}
	a.clean()
}

func farBehind(t *testing.T, d *Database) {
	if testing.Short() {
		t.Skip("skipped: many changes")
	}
	a := begin(t, d)
	b := NewWorld(t, d.Open())
	id := a.Open(0)
	c := a.decided(id, "note")
	var entities []register.Entity
	for i := range 4000 { // with the lists they stand in, more than is read at once
		entities = append(entities, &register.Kin{A: register.PersonID(fmt.Sprint("a", i)), B: register.PersonID(fmt.Sprint("b", i)), Degree: register.OtherKin})
	}
	b.Record(entities...)
	expect(t, a.keep(c), engine.ErrStale)
	a.Must(id, "note")
}

func childrenChanged(t *testing.T, d *Database) {
	a := begin(t, d)
	b := NewWorld(t, d.Open())
	parent := a.Open(0)
	c := a.decided(parent, "finish")
	child := b.openUnder(1, parent)
	expect(t, a.keep(c), engine.ErrStale)
	_, err := a.Act(parent, "finish")
	refused(t, err, "children")
	b.Must(child, "finish")
	a.Must(parent, "finish")
	a.clean()
}

func recordWhole(t *testing.T, d *Database) {
	w := begin(t, d)
	// The last one has no place in the log: its identifier holds a space.
	err := w.record(nil, person(1, register.Full), &register.Org{ID: "not plain", Name: "示例"})
	if err == nil {
		t.Fatal("an entity without a place in the log was recorded")
	}
	view := w.Store.View(context.Background(), County)
	if p, _ := view.Person(personID(1)); p.Standing != register.Probationary {
		t.Errorf("half of it was recorded: %+v", p)
	}
	b := NewWorld(t, d.Open())
	view.Person(personID(2))
	b.Record(person(2, register.Full))
	expect(t, w.record(view, person(3, register.Full)), engine.ErrStale)
	w.clean()
}
