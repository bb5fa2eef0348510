package storetest

import (
	"context"
	"slices"
	"strings"
	"testing"

	"jinchu/engine"
	"jinchu/register"
)

func (w *World) rows(q engine.Query) []engine.Row {
	w.T.Helper()
	q.County = County
	rows, err := w.Store.Rows(context.Background(), &q)
	if err != nil {
		w.T.Fatal(err)
	}
	return rows
}

func rowsInOrder(t *testing.T, d *Database) {
	w := begin(t, d)
	const n = 23
	for i := range n {
		id := w.Open(i % 10)
		if i%3 == 0 {
			w.Must(id, "finish") // nothing is due any more: last in the list
		}
		if i%3 == 1 { // another due date
			a, err := w.Engine.Act(context.Background(), Clerk, engine.Move{Workflow: "loan", Person: personID(0), Org: "branch", Action: "ask",
				On: Day.AddDays(-i), Reason: "late"}, Now)
			expect(t, err, nil)
			w.Must(a.Case, "note")
		}
	}
	all := w.rows(engine.Query{Limit: 1000})
	if len(all) != n+8 || !slices.IsSortedFunc(all, byDue) {
		t.Fatalf("%d rows, sorted %v", len(all), slices.IsSortedFunc(all, byDue))
	}
	var paged []engine.Row
	for q := (engine.Query{Limit: 4}); ; {
		page := w.rows(q)
		paged = append(paged, page...)
		if len(page) < 4 {
			break
		}
		last := page[len(page)-1]
		q.After = engine.Cursor{DueOn: last.DueOn, ID: last.ID}
	}
	if !slices.Equal(all, paged) {
		t.Fatal("the pages are not the list")
	}
	for _, r := range all {
		c, err := w.Engine.Refold(context.Background(), County, r.ID)
		if err != nil || engine.RowOf(c) != r {
			t.Fatalf("row %+v, case %+v, %v", r, engine.RowOf(c), err)
		}
	}
}

// byDue is the order of lists.
func byDue(a, b engine.Row) int {
	switch {
	case a.DueOn.IsZero() != b.DueOn.IsZero():
		if a.DueOn.IsZero() {
			return 1
		}
		return -1
	case a.DueOn != b.DueOn:
		return a.DueOn.Compare(b.DueOn)
	}
	return strings.Compare(string(a.ID), string(b.ID))
}

func rowsSelected(t *testing.T, d *Database) {
	w := begin(t, d)
	second := &register.Org{ID: "branch2", Kind: register.Branch, Name: "示例二支部", Parent: register.OrgID(County), Path: string(County) + "/branch2"}
	w.Record(second, &register.Office{ID: "clerk-2", Post: register.BranchSecretary, Org: "branch2", From: Day})
	there, err := w.Engine.Act(context.Background(), engine.Actor{County: County, Office: "clerk-2"},
		engine.Move{Workflow: "loan", Person: personID(9), Org: "branch2", Action: "ask"}, Now)
	expect(t, err, nil)
	open, gone := w.Open(1), w.Open(2)
	child := w.openUnder(3, open)
	w.Must(child, "issue")
	w.Must(gone, "finish")
	for _, c := range []struct {
		name  string
		query engine.Query
		want  []engine.CaseID
	}{
		{"all", engine.Query{}, []engine.CaseID{there.Case, open, gone, child}},
		{"open", engine.Query{Open: true}, []engine.CaseID{there.Case, open, child}},
		{"branch", engine.Query{Path: string(County) + "/branch"}, []engine.CaseID{open, gone, child}},
		{"county", engine.Query{Path: string(County), Open: true}, []engine.CaseID{there.Case, open, child}},
		{"stages", engine.Query{Stages: []string{"issued", "finished"}}, []engine.CaseID{gone, child}},
		{"person", engine.Query{Person: personID(2)}, []engine.CaseID{gone}},
		{"parent", engine.Query{Parent: open}, []engine.CaseID{child}},
		{"workflow", engine.Query{Workflow: "other"}, nil},
		{"due", engine.Query{DueBy: Day.AddMonths(1), Open: true}, []engine.CaseID{there.Case, open}},
		{"not due yet", engine.Query{DueBy: Day.AddMonths(1).AddDays(-1)}, nil},
	} {
		var got []engine.CaseID
		for _, r := range w.rows(c.query) {
			got = append(got, r.ID)
		}
		slices.Sort(got)
		slices.Sort(c.want)
		if !slices.Equal(got, c.want) {
			t.Errorf("%s: got %v, want %v", c.name, got, c.want)
		}
	}
}
