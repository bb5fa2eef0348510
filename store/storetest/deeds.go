package storetest

import (
	"context"
	"slices"
	"strings"
	"testing"

	"jinchu/engine"
	"jinchu/ledger"
	"jinchu/register"
)

// deeds are all pages of a query, and how many there were.
func (w *World) deeds(q engine.DeedQuery) (out []engine.Deed, pages int) {
	w.T.Helper()
	q.County = County
	for {
		page, next, err := w.Store.Deeds(context.Background(), &q)
		if err != nil || pages > 1000 {
			w.T.Fatalf("%d pages, %v", pages, err)
		}
		out, pages = append(out, page...), pages+1
		if next == nil {
			return out, pages
		}
		q.After = *next
	}
}

func (w *World) actAs(office register.OfficeID, id engine.CaseID, action string) {
	w.T.Helper()
	_, err := w.Engine.Act(context.Background(), engine.Actor{County: County, Office: office}, engine.Move{Case: id, Action: action}, Now)
	expect(w.T, err, nil)
}

// colleagues are more offices of the branch; the names of some end as those of
// others do.
func (w *World) colleagues() {
	w.T.Helper()
	var entities []register.Entity
	for office, holder := range map[register.OfficeID]register.PersonID{"k-1": personID(1), "erk-1": personID(1), "ck-1": personID(2)} {
		entities = append(entities, &register.Office{ID: office, Person: holder, Post: register.BranchSecretary, Org: "branch", From: Day.AddYears(-1)})
	}
	w.Record(entities...)
}

// What an office signed in cases is listed in order and by pages, with its
// entries as the log has them; the register and others' acts are not in it.
func deedsInOrder(t *testing.T, d *Database) {
	w := begin(t, d)
	w.colleagues()
	expect(t, w.Store.Record(context.Background(), &engine.Record{County: County, Entities: []register.Entity{person(3, register.Full)},
		Salts: [][32]byte{salt()}, By: engine.Signer{Office: Clerk.Office}, At: Now, On: Day}), nil)
	want := map[register.OfficeID][]engine.DeedCursor{}
	for i := range 7 {
		id := w.Open(i)
		want[Clerk.Office] = append(want[Clerk.Office], engine.DeedCursor{Case: id, Seq: 1})
		for n, office := range []register.OfficeID{"k-1", Clerk.Office, "erk-1", "k-1"} {
			w.actAs(office, id, "note")
			want[office] = append(want[office], engine.DeedCursor{Case: id, Seq: int64(n + 2)})
		}
	}
	want["person"] = append(slices.Clone(want["k-1"]), want["erk-1"]...)
	for office, places := range want {
		slices.SortFunc(places, compareDeeds)
		for _, limit := range []int{1, 2, 7, 100} {
			q := engine.DeedQuery{Office: office, Limit: limit}
			if office == "person" {
				q = engine.DeedQuery{Person: personID(1), Limit: limit}
			}
			got, pages := w.deeds(q)
			if !slices.EqualFunc(got, places, func(a engine.Deed, b engine.DeedCursor) bool { return a.DeedCursor == b }) {
				t.Fatalf("of %s by pages of %d: %v, want %v", office, limit, got, places)
			}
			if most := (len(places) + limit - 1) / limit; pages != most {
				t.Errorf("of %s: %d pages of %d, not %d", office, pages, limit, most)
			}
			for _, deed := range got {
				entries, err := w.Store.Log(context.Background(), County, string(deed.Case), deed.Seq-1)
				expect(t, err, nil)
				if !sameEntry(deed.Entry, entries[0]) {
					t.Fatalf("the entry of %v is not that of the log", deed.DeedCursor)
				}
			}
		}
	}
	for _, q := range []engine.DeedQuery{{Office: "ck-1"}, {Office: "nobody"}, {Office: `"}`}, {Person: personID(2)}, {Person: "nobody"}} {
		if got, pages := w.deeds(q); len(got) != 0 || pages != 1 {
			t.Errorf("%+v: %v on %d pages", q, got, pages)
		}
	}
	elsewhere, _, err := w.Store.Deeds(context.Background(), &engine.DeedQuery{County: "990002", Office: Clerk.Office})
	if err != nil || len(elsewhere) != 0 {
		t.Errorf("another county has %d deeds, %v", len(elsewhere), err)
	}
}

// A page looks at a bounded number of events: with many of others' between
// two, it comes back early and says where to go on.
func deedsBounded(t *testing.T, d *Database) {
	w := begin(t, d)
	first := w.Open(0)
	filler := ledger.Leaf{County: string(County), Case: "filler", Kind: "case.step", N: 1, At: Now, Who: "somebody"}.Bytes()
	const many = 55_000
	// Two series of rows, before and after every other case.
	for _, chain := range []string{"-", "~"} {
		_, err := d.Raw.Exec(d.Raw.Rebind(`INSERT INTO events (county, chain, seq, leaf, hash)
			WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?)
			SELECT CAST(? AS TEXT), CAST(? AS TEXT), i, CAST(? AS `+bytesType(d)+`), CAST(? AS `+bytesType(d)+`) FROM n`),
			many, string(County), chain, filler, make([]byte, 32))
		expect(t, err, nil)
	}
	got, pages := w.deeds(engine.DeedQuery{Office: Clerk.Office})
	if len(got) != 1 || got[0].Case != first || pages != 3 {
		t.Errorf("%d deeds on %d pages", len(got), pages)
	}
	if _, pages = w.deeds(engine.DeedQuery{Office: Clerk.Office, After: engine.DeedCursor{Case: "~", Seq: many - 10}}); pages != 1 {
		t.Errorf("%d pages at the end", pages)
	}
}

// Within a path there are the deeds in cases kept there, whoever signed more
// elsewhere, and no cursor names a case of another path.
func deedsWithin(t *testing.T, d *Database) {
	w := begin(t, d)
	w.Record(
		&register.Org{ID: "branches", Kind: register.Branch, Name: "另一支部", Parent: register.OrgID(County), Path: string(County) + "/branches"},
		&register.Office{ID: "here", Person: personID(1), Post: register.BranchSecretary, Org: "branch", From: Day.AddYears(-1)},
		&register.Office{ID: "there", Person: personID(1), Post: register.BranchSecretary, Org: "branches", From: Day.AddYears(-1)})
	kept := map[string][]engine.DeedCursor{}
	open := func(office register.OfficeID, org register.OrgID) {
		m := engine.Move{Workflow: "loan", Person: personID(2), Org: org, Action: "ask"}
		a, err := w.Engine.Act(context.Background(), engine.Actor{County: County, Office: office}, m, Now)
		expect(t, err, nil)
		path := string(County) + "/" + string(org)
		for _, p := range []string{path, string(County), ""} {
			kept[p] = append(kept[p], engine.DeedCursor{Case: a.Case, Seq: 1})
		}
	}
	for range 6 {
		open("here", "branch")
		open("there", "branches")
	}
	for path, places := range kept {
		slices.SortFunc(places, compareDeeds)
		for _, limit := range []int{1, 4, 100} {
			q := engine.DeedQuery{Path: path, Person: personID(1), Limit: limit}
			got, pages := w.deeds(q)
			if !slices.EqualFunc(got, places, func(a engine.Deed, b engine.DeedCursor) bool { return a.DeedCursor == b }) {
				t.Errorf("within %q by pages of %d: %v, want %v", path, limit, got, places)
			}
			if most := (len(places) + limit - 1) / limit; pages != most {
				t.Errorf("within %q: %d pages of %d, not %d", path, pages, limit, most)
			}
		}
	}
}

// A page within a path looks at a bounded number of its cases, and says where
// to go on with the name of one of them.
func deedsWithinBounded(t *testing.T, d *Database) {
	w := begin(t, d)
	last := w.Open(0)
	const many = 5100
	// Idle cases before every other one, every second of them another's.
	for _, c := range []struct{ name, path string }{{"!a", "/branch"}, {"!b", "/branches"}} {
		_, err := d.Raw.Exec(d.Raw.Rebind(`INSERT INTO cases (county, id, workflow, parent, person, org, path, stage, stage_on, opened_on, seq, ended, due_on, due_action, head)
			WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?)
			SELECT county, '!' || (10000 + i) || CAST(? AS TEXT), workflow, parent, person, org, CAST(? AS TEXT), stage, stage_on, opened_on, seq, ended, due_on, due_action, head
			FROM n, cases WHERE id = ?`), many, c.name, string(County)+c.path, string(last))
		expect(t, err, nil)
	}
	q := engine.DeedQuery{County: County, Path: string(County) + "/branch", Office: Clerk.Office}
	got, next, err := w.Store.Deeds(context.Background(), &q)
	expect(t, err, nil)
	if len(got) != 0 || next == nil || !strings.HasSuffix(string(next.Case), "!a") {
		t.Fatalf("%v, next %v", got, next)
	}
	q.After = *next
	got, next, err = w.Store.Deeds(context.Background(), &q)
	if expect(t, err, nil); len(got) != 1 || got[0].Case != last || next != nil {
		t.Errorf("%v, next %v", got, next)
	}
}

func bytesType(d *Database) string {
	if d.Raw.DriverName() == "postgres" {
		return "BYTEA"
	}
	return "BLOB"
}

func sameEntry(a, b ledger.Entry) bool {
	return string(a.Leaf) == string(b.Leaf) && a.Hash == b.Hash && string(a.Payload) == string(b.Payload) && a.Salt == b.Salt
}

func compareDeeds(a, b engine.DeedCursor) int {
	if a.Case != b.Case {
		return map[bool]int{true: -1, false: 1}[a.Case < b.Case]
	}
	return int(a.Seq - b.Seq)
}
