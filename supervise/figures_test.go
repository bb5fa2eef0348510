package supervise

import (
	"encoding/json"
	"fmt"
	"testing"

	"jinchu/engine"
	"jinchu/register"
	"jinchu/workflows"
)

// filled is a town after a quarter: eleven meetings in the north, of which
// three were checked, and two in the south about one case, a third withdrawn.
func filled(t *testing.T) (*town, *register.Quarter) {
	w := newTown(t)
	q := w.quarter("2026-06-01", "2026Q3")
	for i := range 11 {
		person := register.PersonID(fmt.Sprintf("a-%02d", i))
		id := w.apply("2026-06-10", person, "n1", "wu")
		f := w.file("2026-06-20", i+1, fmt.Sprintf("2026-07-%02d", i+10), "n1", "north", id)
		switch i {
		case 0:
			w.check("2026-07-12", f, person, "passed")
		case 1:
			w.check("2026-07-12", f, person, "failed")
		case 2:
			w.check("2026-07-12", f, person, "cleared")
		case 3:
			w.check("2026-07-12", f, person) // under way
		case 4:
			w.check("2026-07-12", f, person, "not-held")
		case 5:
			earlier := *f // of the same case
			earlier.ID = "2026Q2-000001"
			w.check("2026-06-15", &earlier, person, "failed")
		}
	}
	south := w.apply("2026-09-01", "b", "s1", "zhou")
	w.file("2026-09-05", 12, "2026-09-20", "s1", "south", south)
	again := w.file("2026-09-05", 13, "2026-09-21", "s1", "south", south)
	w.keep("2026-09-06", &register.Filing{ID: "2026Q3-000014", Quarter: "2026Q3", N: 14, Branch: "s1", Committee: "south", Stratum: "south",
		At: "2026-09-22T09:00", Cases: again.Cases, FiledOn: day("2026-09-06"), Point: 1, Withdrawn: 14, WithdrawnOn: day("2026-09-21")})
	w.check("2026-09-25", again, "b", "passed")
	w.order("2026-07-20", "n1", "hint")
	w.order("2026-07-21", "north", "urge")
	closed := w.order("2026-07-21", "s1", "urge")
	w.act("2026-07-22", engine.ClockOffice, engine.Move{Case: closed, Action: "answer"})
	w.order("2026-10-01", "s1", "hint") // after the quarter
	return w, q
}

func TestFigures(t *testing.T) {
	w, _ := filled(t)
	got, err := Figures(ctx, w.engine, county, day("2026-07-01"), day("2026-09-30"))
	if err != nil {
		t.Fatal(err)
	}
	// The talk is due a month after the application: in the north it has passed
	// by the quarter's end, in the south not yet.
	want := []CommitteeFigures{
		{"north", "北镇党委", workflows.Figures{Filed: 11, Checked: 3, Passed: 1, Failed: 2, Overdue: 11, Rectified: 1, Open: 2}},
		{"south", "南镇党委", workflows.Figures{Filed: 2, Checked: 1, Passed: 1}},
	}
	same(t, got, want)
}

// Only meetings of the span count.
func TestFiguresOfAMonth(t *testing.T) {
	w, _ := filled(t)
	got, err := Figures(ctx, w.engine, county, day("2026-07-01"), day("2026-07-11"))
	if err != nil {
		t.Fatal(err)
	}
	if got[0].Filed != 2 || got[0].Checked != 2 || got[0].Open != 0 || got[1].Filed != 0 {
		t.Errorf("got %+v", got)
	}
}

// As long as the checks of the quarter are not closed, a committee's figures
// are the same whatever was drawn.
func TestACommitteeLearnsNothingOfAQuarterThatIsOpen(t *testing.T) {
	w, q := filled(t)
	own := func() workflows.Figures {
		t.Helper()
		got, err := FiguresOf(ctx, w.engine, county, "north", day("2026-07-01"), day("2026-09-30"))
		if err != nil || len(got) != 1 || got[0].Committee != "north" {
			t.Fatalf("got %+v, %v", got, err)
		}
		return got[0].Figures
	}
	if got, want := own(), (workflows.Figures{Filed: 11, Overdue: 11, Open: 2}); got != want {
		t.Errorf("before the close: %+v, want %+v", got, want)
	}
	w.closes("2026-10-20", q, []engine.Item{}, []engine.Item{})
	if got := own(); got.Checked != 3 || got.Rectified != 1 {
		t.Errorf("after the close: %+v", got)
	}
	if got, err := FiguresOf(ctx, w.engine, county, "n1", day("2026-07-01"), day("2026-09-30")); err != nil || len(got) > 0 {
		t.Errorf("a branch has no figures of its own: %+v %v", got, err)
	}
}

// What was returned is told of the office that had passed it on, a meeting
// whose check failed of the one that recorded it.
func TestWhoPassedOnWhatWasReturned(t *testing.T) {
	w := newTownWith(t, short())
	id := w.apply("2026-07-01", "lin", "n1", "wu")
	for _, step := range []struct {
		on     string
		office register.OfficeID
		action string
	}{
		{"2026-07-02", "wu", "screen"}, {"2026-07-03", "qian", "return"}, {"2026-07-04", "wu", "rectify"},
		{"2026-07-05", "wu", "screen"}, {"2026-07-06", "qian", "pass-review"}, {"2026-07-07", "han", "return"}, {"2026-07-08", "wu", "rectify"},
		{"2026-07-20", "wu", "record-meeting"},
	} {
		w.act(step.on, step.office, engine.Move{Case: id, Action: step.action})
	}
	w.check("2026-07-19", w.file("2026-07-10", 1, "2026-07-20", "n1", "north", id), "lin", "rejected")
	g := newGathering(ctx, w.engine, county, day("2026-07-03"), day("2026-09-30"))
	if err := g.gather(); err != nil {
		t.Fatal(err)
	}
	same(t, g.at("n1"), workflows.Figures{Filed: 1, Checked: 1, Failed: 1, Returned: 2, Rectified: 2})
	same(t, g.at("south"), workflows.Figures{})
	same(t, g.office("wu"), workflows.OfficeFigures{Acts: 4, Returned: 1, Failed: 1})
	same(t, g.office("qian"), workflows.OfficeFigures{Acts: 2, Returned: 1})
	same(t, g.office("han"), workflows.OfficeFigures{Acts: 1})
}

// Whoever owes a step is late with it: a committee neither with what the county
// owes nor a branch with what the committee does.
func TestWhoIsLate(t *testing.T) {
	regulation := short()
	regulation.Dues = []engine.DueRule{
		engine.Due(workflows.PassReview).Within(engine.Days(5)).Of(engine.Entry).In(workflows.Screened).Cite("三级预审"),
		engine.Due(workflows.Return).Within(engine.Days(5)).Of(engine.Entry).In(workflows.Reviewed).Cite("三级预审"),
		engine.Due(workflows.Screen).Within(engine.Days(5)).Of(engine.Entry).In(workflows.DevelopmentTarget).Cite("三级预审"),
	}
	w := newTownWith(t, regulation)
	for person, steps := range map[register.PersonID][]string{"lin": nil, "lu": {"screen"}, "luo": {"screen", "pass-review"}} {
		id := w.apply("2026-07-01", person, "n1", "wu")
		for i, step := range steps {
			w.act("2026-07-02", []register.OfficeID{"wu", "qian"}[i], engine.Move{Case: id, Action: step})
		}
	}
	g := newGathering(ctx, w.engine, county, day("2026-07-01"), day("2026-09-30"))
	if err := g.gather(); err != nil {
		t.Fatal(err)
	}
	if branch, committee := g.at("n1").Overdue, g.at("north").Overdue; branch != 1 || committee != 2 {
		t.Errorf("the branch is late with %d of three, the committee with %d", branch, committee)
	}
}

func same(t *testing.T, got, want any) {
	t.Helper()
	a, _ := json.Marshal(got)
	b, _ := json.Marshal(want)
	if string(a) != string(b) {
		t.Errorf("got  %s\nwant %s", a, b)
	}
}
