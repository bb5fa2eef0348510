package workflows

import (
	"testing"

	"jinchu/calendar"
	"jinchu/engine"
)

func TestFiguresAreCanonical(t *testing.T) {
	const text = "filed=10 checked=3 passed=2 failed=1 overdue=4 returned=1 rectified=1 open=2"
	f, ok := ParseFigures(text)
	if want := (Figures{10, 3, 2, 1, 4, 1, 1, 2}); !ok || f != want {
		t.Fatalf("got %+v %v", f, ok)
	}
	for _, wrong := range []string{"", text + " ", text + "0x", " " + text,
		"filed=010 checked=3 passed=2 failed=1 overdue=4 returned=1 rectified=1 open=2",
		"filed=2 checked=3 passed=2 failed=1 overdue=4 returned=1 rectified=1 open=2",
		"filed=10 checked=3 passed=2 failed=2 overdue=4 returned=1 rectified=1 open=2",
		"filed=10 checked=3 passed=4 failed=-1 overdue=4 returned=1 rectified=1 open=2",
		"filed=10 checked=3 passed=2 failed=1 overdue=-4 returned=1 rectified=1 open=2"} {
		if _, ok := ParseFigures(wrong); ok {
			t.Errorf("%q is taken", wrong)
		}
	}
}

func TestShortfallsAreCanonical(t *testing.T) {
	for text, want := range map[string]Shortfall{
		"filed=11 checked=3 need=4":                                      {Filed: 11, Checked: 3, Need: 4},
		"filed=11 checked=4 need=4 branches=8 covered=2 need_branches=3": {11, 4, 4, 8, 2, 3},
	} {
		if s, ok := ParseShortfall(text); !ok || s != want {
			t.Errorf("%s: got %+v %v", text, s, ok)
		}
	}
	for _, wrong := range []string{"filed=11 checked=4 need=4", "filed=3 checked=3 need=4", "filed=11 checked=-1 need=4", "filed=11 checked=3 need=4!",
		"filed=11 checked=4 need=4 branches=8 covered=3 need_branches=3", "filed=11 checked=4 need=4 branches=2 covered=1 need_branches=3",
		"filed=11 checked=3 need=4 branches=8 covered=2", "filed=11 checked=3 need=4 branches=0 covered=0 need_branches=0"} {
		if _, ok := ParseShortfall(wrong); ok {
			t.Errorf("%q is taken", wrong)
		}
	}
}

func TestOrderListsAreCanonical(t *testing.T) {
	const text = "hint/-/1 urge/2026-11-05/2"
	l, ok := ParseOrderList(text)
	if !ok || len(l) != 2 || l[1] != (OpenOrders{"urge", calendar.MustParse("2026-11-05"), 2}) {
		t.Errorf("got %+v %v", l, ok)
	}
	for _, wrong := range []string{"", "urge/2026-11-05/2 hint/-/1", "urge/2026-11-05/0", "urge/2026-13-05/1", "urge", "/-/1", "urge/-/01", text + " "} {
		if _, ok := ParseOrderList(wrong); ok {
			t.Errorf("%q is taken", wrong)
		}
	}
}

// The digest of a circular is what anybody gets from its canonical lines with
// sha256sum.
func TestDigestOfACircular(t *testing.T) {
	c := CircularText{Kind: QuarterlyCircular, Period: "2026Q3", Version: 1,
		Figures:    []engine.Item{{Key: "beicheng", Text: Figures{Filed: 11, Checked: 3, Passed: 3}.String()}},
		Shortfalls: []engine.Item{{Key: "beicheng", Text: Shortfall{Filed: 11, Checked: 3, Need: 4}.String()}}, Remarks: "一\n二"}
	const lines = `jinchu circular 1
kind quarterly
period 2026Q3
version 1
corrects -
correction ""
figures "beicheng" "filed=11 checked=3 passed=3 failed=0 overdue=0 returned=0 rectified=0 open=0"
shortfall "beicheng" "filed=11 checked=3 need=4"
remarks "一\n二"
`
	if c.Canonical() != lines {
		t.Errorf("got %s", c.Canonical())
	}
	if got := c.Digest(); got != "cae7029b557903255aef90aa23a4e37abc6a6196a5ccbf5671c4492b1675497b" {
		t.Errorf("digest %s", got)
	}
	other := c
	other.Remarks = ""
	if other.Digest() == c.Digest() {
		t.Error("the remarks are not covered")
	}
}

// Every finding that can be traced back names an article of the statute.
func TestEveryFindingHasItsArticle(t *testing.T) {
	statute := Statute()
	for _, o := range Trigger.Options {
		if _, ok := statute[triggerBasis[o.Key]]; !ok {
			t.Errorf("%s rests on %q, which is not in the statute", o.Key, triggerBasis[o.Key])
		}
	}
	if len(Trigger.Options) != len(triggerBasis) {
		t.Error("an article without a finding")
	}
}
