package workflows

import (
	"testing"

	"jinchu/engine"
)

// Whoever acts in a withdrawal or a suspension answers for it in the capacity
// that the act has: only what is voted on is voted, and only what is approved
// is approved.
func TestWhoAnswersForLeaving(t *testing.T) {
	for _, one := range []struct {
		workflow *engine.Workflow
		action   engine.Action
		want     engine.Capacity
	}{
		{Withdrawal(), RequestWithdrawal, engine.AsHandled},
		{Withdrawal(), AnnounceWithdrawal, engine.AsHandled},
		{Withdrawal(), RecordWithdrawal, engine.AsHandled},
		{Suspension(), RecordAttempt, engine.AsHandled},
		{Suspension(), MemberMeeting, engine.AsVoted},
		{Suspension(), ApproveSuspension, engine.AsApproved},
		{Suspension(), ApproveRestoration, engine.AsApproved},
		{Suspension(), RefuseRemoval, engine.AsRefused},
		{Suspension(), ApproveRemoval, engine.AsApproved},
	} {
		w := compiled(t, one.workflow, "zaoyang")
		if got := w.Capacity(one.action.Key); got != one.want {
			t.Errorf("%s in %s: %s, want %s", one.action.Key, w.Key, got, one.want)
		}
	}
}

// A withdrawal is nobody's to approve, and no vote can refuse it.
func TestNobodyApprovesAWithdrawal(t *testing.T) {
	w := compiled(t, Withdrawal(), "zaoyang")
	for _, a := range w.Actions() {
		switch w.Capacity(a.Key) {
		case engine.AsApproved, engine.AsRefused, engine.AsReturned, engine.AsVoted:
			t.Errorf("%s decides on a withdrawal as one who %s", a.Key, w.Capacity(a.Key))
		}
	}
	for _, r := range w.RulesOf(AnnounceWithdrawal.Key) {
		for _, f := range append(r.Required, r.Optional...) {
			if f.Key == Yes.Key || f.Key == No.Key {
				t.Errorf("the announcement takes votes: %s", f.Key)
			}
		}
	}
}
