package workflows_test

import (
	"strings"
	"testing"

	"jinchu/workflows"
)

// The report of a quarter is read as it was written, number by number, or not
// at all.
func TestStratumFiguresAreCanonical(t *testing.T) {
	f := workflows.StratumFigures{Filed: 1, Withdrawn: 2, Held: 3, Need: 4, Branches: 5, NeedBranch: 6, Drawn: 7, Forced: 8, Checked: 9,
		Covered: 10, Passed: 11, Failed: 12, Attend: 13, Visit: 14, Phone: 15, Overridden: 16}
	if got, ok := workflows.ParseStratumFigures(f.String()); !ok || got != f {
		t.Errorf("%s is read as %+v", f, got)
	}
	if want := (workflows.Shortfall{Filed: 3, Checked: 9, Need: 4, Branches: 5, Covered: 10, NeedBranches: 6}); f.Shortfall() != want {
		t.Errorf("the shortfall of %s is %s", f, f.Shortfall())
	}
	if got, ok := workflows.ParseStratumFigures("filed=3 held=2 need=1 checked=1"); !ok || got != (workflows.StratumFigures{Filed: 3, Held: 2, Need: 1, Checked: 1}) {
		t.Errorf("an older report is read as %+v", got)
	}
	for _, wrong := range []string{"", "filed", "filed=-1", "held=2 filed=3", "filed=3  held=2", "filed=3 filed=3", f.String() + " ", f.String() + " more=1", strings.Replace(f.String(), "need=4", "need=04", 1),
		strings.Replace(f.String(), "need=4", "need=x", 1), strings.Replace(f.String(), "held", "kept", 1)} {
		if _, ok := workflows.ParseStratumFigures(wrong); ok {
			t.Errorf("%q is taken", wrong)
		}
	}
}
