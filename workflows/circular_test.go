package workflows

import (
	"errors"
	"slices"
	"testing"

	"jinchu/calendar"
	"jinchu/engine"
	"jinchu/register"
)

// As long as the checks of a quarter are under way, no figure of it comes out:
// neither by the calendar nor by hand.
func TestNoCircularBeforeTheQuarterIsClosed(t *testing.T) {
	w := newTown(t, 9)
	issue := func() error {
		_, err := w.engine.Act(ctx, actor(engine.ClockOffice), engine.Move{Workflow: CircularKey, Action: IssueCircular.Key, Org: register.OrgID(testCounty),
			Fields: fields{"kind": "quarterly", "period": "2026Q3", "figures": []engine.Item{}, "shortfalls": []engine.Item{}}}, on("2026-10-20").Start())
		return err
	}
	quarter := &register.Quarter{ID: "2026Q3", Parties: []register.Party{{Name: "org", Commitment: (&CircularText{}).Digest()}},
		Quota: register.Ratio{Num: 3, Den: 10}, Online: register.Ratio{Num: 3, Den: 10}, Points: []calendar.Date{on("2026-09-30")}}
	keep := func() {
		t.Helper()
		if err := w.engine.Change(ctx, actor(engine.ClockOffice), []register.Entity{quarter}, on("2026-10-20"), "", on("2026-10-20").Start()); err != nil {
			t.Fatal(err)
		}
	}
	keep()
	var refused *engine.Refused
	if err := issue(); !errors.As(err, &refused) || !slices.ContainsFunc(refused.Grounds, func(g engine.Ground) bool { return g.Code == "quarter-is-closed" }) {
		t.Fatalf("got %v, want a refusal until the quarter is closed", err)
	}
	closed := *quarter
	closed.ClosedOn = on("2026-10-19")
	quarter = &closed
	keep()
	if err := issue(); err != nil {
		t.Fatalf("after the close: %v", err)
	}
}
