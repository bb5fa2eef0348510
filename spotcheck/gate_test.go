package spotcheck_test

import (
	"context"
	"errors"
	"slices"
	"testing"

	"jinchu/engine"
	"jinchu/register"
	"jinchu/workflows"
)

// grounds are the codes of a refusal; none for what is no refusal.
func grounds(err error) (codes []string) {
	var refused *engine.Refused
	if errors.As(err, &refused) {
		for _, g := range refused.Grounds {
			codes = append(codes, g.Code)
		}
	}
	return codes
}

// committee does an act as the committee's secretary.
func (c *county) committee(id engine.CaseID, action, moment string, fields map[string]any) error {
	c.t.Helper()
	var secretary register.OfficeID
	view := c.engine.View(c.t.Context(), c.id)
	for _, org := range view.Below(register.OrgID(c.id)) {
		for _, o := range view.Officers(org.ID) {
			if o.Post == register.CommitteeSecretary {
				secretary = o.ID
			}
		}
	}
	_, err := c.engine.Act(c.t.Context(), engine.Actor{County: c.id, Office: secretary}, engine.Move{Case: id, Action: action, Fields: fields}, at(moment))
	return err
}

// untilPointHolds runs the point with one commit at a time and asks after each
// whether a case could be approved, until the point was recorded whole.
func (c *county) untilPointHolds(moment string, look func()) {
	c.t.Helper()
	for range 60 {
		mortal := &dying{Store: c.store, left: 1}
		_, err := c.keeper(c.door(mortal)).Points(c.t.Context(), at(moment))
		look()
		if err == nil && mortal.left == 1 {
			return
		}
	}
	c.t.Fatal("the point never came to its end")
}

// However far a server comes at a point before it dies, the gate stays shut on
// the point itself until every check that is drawn can shut it.
func TestNoApprovalBetweenAPointAndItsChecks(t *testing.T) {
	c := newCounty(t, 11)
	do(t, c.keeper(c.engine).Open, "2026-06-26T00:30")
	c.fileAll("2026-06-26T09:00", "2026-07-06T09:00")
	c.holdAll("2026-07-06T10:00")
	cases := c.rows("admission")
	for _, row := range cases {
		c.act(row, "submit-dossier", "2026-07-07T09:00", nil)
		if err := c.committee(row.ID, "committee-talk", "2026-07-08T09:00", map[string]any{"talk_opinion": "同意"}); err != nil {
			t.Fatal(err)
		}
	}
	between := 0
	c.untilPointHolds("2026-08-01T00:30", func() {
		view := c.engine.View(t.Context(), c.id)
		q := must(view.Quarter("2026Q3"))
		whole := workflows.PointsOpened(view, q.ID) == 1
		if len(q.Drawn) == 1 && !whole {
			between++
		}
		for _, row := range cases {
			err := c.committee(row.ID, "approve", "2026-08-01T00:40", map[string]any{"committee_members": int64(9), "committee_yes": int64(9)})
			if shut := slices.Contains(grounds(err), workflows.PointPassed.Key); shut == whole {
				t.Errorf("%d points on record, opened: %t; the gate of %s is shut: %t (%v)", len(q.Drawn), whole, row.ID, shut, err)
			}
		}
	})
	approved := 0
	for _, row := range c.rows("admission") {
		if row.Stage == workflows.Probationary.Key {
			approved++
		}
	}
	if checks := len(c.rows(workflows.SpotCheck)); approved != len(cases)-checks {
		t.Errorf("%d of %d are approved, and %d are checked", approved, len(cases), checks)
	}
	if checks := len(c.rows(workflows.SpotCheck)); between < checks || checks < 4 {
		t.Errorf("%d looks between the record and the last of %d checks", between, checks)
	}
}

// without is another server over the store, under a regulation that draws no
// check of some cases.
func (c *county) without(drawn func(engine.CaseID) bool) *engine.Engine {
	c.t.Helper()
	refusing := engine.Cond("not-this-one", "本案不抽", "not of this case").Cite("抽查监督").Holds(func(s *engine.Situation) bool { return drawn(s.Case.Parent) })
	all := workflows.All()
	for _, w := range all {
		for i, r := range w.Rules {
			if r.Action.Key == workflows.DrawCheck.Key {
				w.Rules[i] = r.If(refusing)
			}
		}
	}
	return c.doorOf(c.store, all)
}

// A check that is refused is told, keeps the others from nothing, and keeps
// the point from passing. Once its case has ended there is nothing to check.
func TestARefusedCheckIsTold(t *testing.T) {
	c := newCounty(t, 11)
	do(t, c.keeper(c.engine).Open, "2026-06-26T00:30")
	c.fileAll("2026-06-26T09:00", "2026-07-06T09:00")
	c.holdAll("2026-07-06T10:00")
	refused := map[engine.CaseID]bool{}
	k := c.keeper(c.without(func(id engine.CaseID) bool {
		if len(refused) == 0 {
			refused[id] = true
		}
		return !refused[id]
	}))
	for _, moment := range []string{"2026-08-01T00:30", "2026-08-02T00:30"} {
		fails(t, func(ctx context.Context) (int, error) { return k.Points(ctx, at(moment)) }, "2026Q3", "draw-check is refused", "本案不抽", "filing 2026Q3-")
		if n, view := len(c.rows(workflows.SpotCheck)), c.engine.View(t.Context(), c.id); n < 3 || workflows.PointsOpened(view, "2026Q3") != 0 {
			t.Errorf("%d checks of 11 filings; points opened: %d", n, workflows.PointsOpened(view, "2026Q3"))
		}
	}
	for _, row := range c.rows("admission") {
		if refused[row.ID] {
			c.act(row, workflows.WithdrawApplication.Key, "2026-08-02T09:00", nil)
		}
	}
	do(t, k.Points, "2026-08-03T00:30")
	if n := workflows.PointsOpened(c.engine.View(t.Context(), c.id), "2026Q3"); n != 1 {
		t.Errorf("%d points are opened", n)
	}
}
