package supervise_test

import (
	"slices"
	"testing"

	"jinchu/supervise"
	"jinchu/workflows"
)

// TestEveryDeadlineHasOneJob wants every deadline of the regulation to be
// raised by exactly one job, and every job to raise some.
func TestEveryDeadlineHasOneJob(t *testing.T) {
	raises := map[string]int{}
	for _, w := range workflows.All() {
		for _, d := range w.Dues {
			for _, st := range d.Stages {
				owners := slices.DeleteFunc(slices.Clone(supervise.Jobs), func(j supervise.Job) bool { return !j.Owns(w.Key, st.Key, d.Action.Key) })
				if len(owners) != 1 {
					t.Errorf("%s of %s in %s: %d jobs raise it", d.Action.Key, w.Key, st.Key, len(owners))
					continue
				}
				raises[owners[0].Key]++
			}
		}
	}
	for _, j := range supervise.Jobs {
		if raises[j.Key] == 0 {
			t.Errorf("%s raises nothing", j.Key)
		}
	}
	for _, tc := range []struct{ workflow, stage, action, job string }{
		{"admission", "filed", "record-meeting", "prereview-expiry"},
		{"admission", "conversion-filed", "record-meeting", "probation-expiry"},
		{"admission", "cancellation-filed", "record-meeting", supervise.Ladder},
		{"admission", "submitted", "lapse-approval", "approval-limits"},
		{"admission", "applied", "record-talk", supervise.Ladder},
		{workflows.SupervisionOrder, "issued", "escalate", supervise.Ladder},
		{"another", "filed", "record-meeting", supervise.Ladder},
	} {
		if got := supervise.Owner(tc.workflow, tc.stage, tc.action); got != tc.job {
			t.Errorf("%s of %s in %s: %s, want %s", tc.action, tc.workflow, tc.stage, got, tc.job)
		}
	}
}
