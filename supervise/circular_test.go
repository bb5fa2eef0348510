package supervise

import (
	"slices"
	"strings"
	"sync"
	"testing"

	"jinchu/engine"
	"jinchu/register"
	"jinchu/workflows"
)

// S51: a quarter closed with three of eleven checked gives a circular that says
// so; not before the close, once however often it is tried, and it stays.
func TestTheQuartersCircular(t *testing.T) {
	w, q := filled(t)
	issue := func(slot, now string) int {
		t.Helper()
		n, err := IssueQuarterly(ctx, w.engine, county, nine(slot), nine(now))
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	if n := issue("2026-10-15", "2026-10-15"); n != 0 {
		t.Fatal("issued before the quarter was closed")
	}
	w.closes("2026-10-20", q, []engine.Item{
		{Key: "merged", Text: "filed=3 withdrawn=1 held=2 need=1 drawn=1 forced=0 checked=1 passed=1 failed=0"},
		{Key: "north", Text: "filed=11 withdrawn=0 held=11 need=4 drawn=4 forced=0 checked=3 passed=1 failed=2"}},
		[]engine.Item{{Key: "north", Text: "3 of 11"}})
	if n := issue("2026-10-21", "2026-10-23"); n != 1 {
		t.Fatalf("%d acts, want 1", n)
	}
	w.apply("2026-10-24", "c", "n1", "wu")
	if n := issue("2026-10-22", "2026-10-24"); n != 0 {
		t.Errorf("issued again")
	}
	got, err := Circulars(ctx, w.engine, county, "quarterly", "2026Q3")
	if err != nil || len(got) != 1 {
		t.Fatalf("got %+v, %v", got, err)
	}
	same(t, got[0].Shortfalls, []engine.Item{{Key: "north", Text: "filed=11 checked=3 need=4"}})
	same(t, got[0].Figures, []engine.Item{
		{Key: "north", Text: "filed=11 checked=3 passed=1 failed=2 overdue=11 returned=0 rectified=1 open=2"},
		{Key: "south", Text: "filed=2 checked=1 passed=1 failed=0 overdue=0 returned=0 rectified=0 open=0"}})
	if !strings.Contains(got[0].Remarks, "北镇党委 召开 11 次,应抽查 4 次,实抽查 3 次") {
		t.Errorf("remarks: %s", got[0].Remarks)
	}
	if got[0].Digest != got[0].CircularText.Digest() || got[0].IssuedOn != day("2026-10-23") {
		t.Errorf("the digest is not that of what was issued: %+v", got[0])
	}
}

// A quarter that was closed while nobody issued its circular gets it later,
// though another was closed since; one that is not closed keeps it waiting no
// longer.
func TestCircularsOfEarlierQuarters(t *testing.T) {
	w, q3 := filled(t)
	q2 := w.quarter("2026-06-02", "2026Q2")
	q4 := w.quarter("2026-09-01", "2026Q4")
	issued := func(slot string, want ...string) {
		t.Helper()
		if _, err := IssueQuarterly(ctx, w.engine, county, nine(slot), nine(slot)); err != nil {
			t.Fatal(err)
		}
		all, err := Circulars(ctx, w.engine, county, "quarterly", "")
		if err != nil {
			t.Fatal(err)
		}
		got := []string{}
		for _, c := range all {
			got = append(got, c.Period)
		}
		slices.Sort(got)
		same(t, got, want)
	}
	w.closes("2027-01-20", q4, []engine.Item{}, []engine.Item{})
	issued("2027-01-21", "2026Q4")
	w.closes("2027-02-03", q3, []engine.Item{}, []engine.Item{})
	issued("2027-02-04", "2026Q3", "2026Q4")
	w.closes("2027-05-20", q2, []engine.Item{}, []engine.Item{})
	issued("2027-06-04", "2026Q2", "2026Q3", "2026Q4", "2027Q1")
}

// The month's list, by two servers at the same moment: once.
func TestTheMonthsList(t *testing.T) {
	w, _ := filled(t)
	w.order("2026-07-21", "north", "urge")
	// What came after the month does not count, however late the list is.
	w.act("2026-08-05", engine.ClockOffice, engine.Move{Case: w.order("2026-07-31", "s1", "hint"), Action: "answer"})
	w.act("2026-08-06", engine.ClockOffice, engine.Move{Case: w.order("2026-07-31", "south", "hint"), Action: "raise", Fields: map[string]any{"level": "urge"}})
	w.order("2026-08-01", "s1", "hint")
	var wg sync.WaitGroup
	acts := make([]int, 4)
	for i := range acts {
		wg.Go(func() {
			n, err := IssueMonthly(ctx, w.engine, county, nine("2026-08-01"), nine("2026-10-01"))
			if err != nil {
				t.Error(err)
			}
			acts[i] = n
		})
	}
	wg.Wait()
	if n := acts[0] + acts[1] + acts[2] + acts[3]; n != 1 {
		t.Errorf("issued %d times", n)
	}
	got, err := Circulars(ctx, w.engine, county, "", "")
	if err != nil || len(got) != 1 || got[0].Kind != "monthly" || got[0].Period != "2026-07" {
		t.Fatalf("got %+v, %v", got, err)
	}
	same(t, got[0].Orders, []engine.Item{{Key: "n1", Text: "hint/2026-07-25/1"}, {Key: "north", Text: "urge/2026-07-26/2"},
		{Key: "s1", Text: "hint/2026-08-05/1"}, {Key: "south", Text: "hint/2026-08-05/1"}})
}

// A year later the assessments are opened, once, and follow each other.
func TestAssessmentsAreOpened(t *testing.T) {
	w, q := filled(t)
	w.closes("2026-10-20", q, []engine.Item{}, []engine.Item{})
	open := func(slot string) int {
		t.Helper()
		n, err := OpenAssessments(ctx, w.engine, county, nine(slot), nine(slot))
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	if n := open("2027-01-05"); n != 4 {
		t.Fatalf("%d assessments, want those of two committees and two branches", n)
	}
	if n := open("2027-01-06"); n != 0 {
		t.Errorf("%d opened again", n)
	}
	c := w.assessment("n1", 2026)
	figures, _ := workflows.FigureItems.Held(c)
	same(t, figures, []engine.Item{{Key: "n1", Text: "filed=11 checked=3 passed=1 failed=2 overdue=11 returned=0 rectified=1 open=1"}})
	offices, _ := workflows.OfficeItems.Held(c) // one that ended before the year is not among them
	same(t, offices, []engine.Item{{Key: "wu", Text: "acts=11 returned=0 failed=0"}})

	w.act("2027-02-01", "han", engine.Move{Case: c.ID, Action: "grade-duty", Fields: map[string]any{"duty_grade": "good"}})
	w.act("2027-02-01", "han", engine.Move{Case: c.ID, Action: "grade-year", Fields: map[string]any{"year_grade": "good"}})
	w.act("2027-02-01", "han", engine.Move{Case: c.ID, Action: "name-problems", Fields: map[string]any{"named": []engine.Item{{Key: "a", Text: "一"}, {Key: "b", Text: "二"}, {Key: "c", Text: "三"}}}})
	w.act("2027-02-02", "han", engine.Move{Case: c.ID, Action: "close-assessment"})
	open("2028-01-05")
	next := w.assessment("n1", 2027)
	carried, _ := workflows.Carried.Held(next)
	same(t, carried, []engine.Item{{Key: "2026-a", Text: "一"}, {Key: "2026-b", Text: "二"}, {Key: "2026-c", Text: "三"}})
	if next.Parent != c.ID {
		t.Errorf("it follows %s, want %s", next.Parent, c.ID)
	}
}

// A year that was closed while nobody opened its assessments has them opened
// later, each after that of the year before; an unclosed year waits.
func TestAssessmentsOfEarlierYears(t *testing.T) {
	w, q3 := filled(t)
	w.closes("2026-10-20", q3, []engine.Item{}, []engine.Item{})
	q4 := w.quarter("2026-09-01", "2026Q4")
	open := func(slot string, want int) {
		t.Helper()
		if n, err := OpenAssessments(ctx, w.engine, county, nine(slot), nine(slot)); n != want || err != nil {
			t.Fatalf("slot %s: %d assessments, %v", slot, n, err)
		}
	}
	open("2027-01-05", 0)
	open("2028-01-05", 4) // of 2027
	w.closes("2028-01-06", q4, []engine.Item{}, []engine.Item{})
	open("2028-01-07", 4) // of 2026
	w.assessment("s1", 2026)
	open("2030-01-05", 8) // of 2028 and 2029
	if before, after := w.assessment("n1", 2028), w.assessment("n1", 2029); after.Parent != before.ID {
		t.Errorf("that of 2029 follows %q", after.Parent)
	}
}

func (w *town) assessment(org register.OrgID, year int) *engine.Case {
	w.t.Helper()
	id, ok := w.engine.View(ctx, county).Holder(workflows.AssessmentKey, workflows.AssessmentClaim(org, year))
	if !ok {
		w.t.Fatalf("no assessment %d of %s", year, org)
	}
	c, err := w.engine.Refold(ctx, county, id)
	if err != nil {
		w.t.Fatal(err)
	}
	return c
}
